/** Whether a watcher keeps the program running. */

import type { InotifySource } from "../kernel/inotify.ts";

/** Keeps the program running while a watcher has a reference or a pending call. */
export class KeepAlive {
  readonly #inotify: Pick<InotifySource, "ref" | "unref">;
  #isRef = true;
  /** How many calls of the program have not resolved yet. */
  #calls = 0;

  constructor(inotify: Pick<InotifySource, "ref" | "unref">) {
    this.#inotify = inotify;
  }

  /** Whether waiting for events keeps the program running. */
  get isRef(): boolean {
    return this.#isRef;
  }

  set isRef(isRef: boolean) {
    this.#isRef = isRef;
    this.#apply();
  }

  /** Keeps the program running until the result is disposed of. */
  hold(): Disposable {
    this.#calls++;
    this.#apply();
    return {
      [Symbol.dispose]: () => {
        this.#calls--;
        this.#apply();
      },
    };
  }

  /** Lets other tasks of the event loop run. */
  giveWay(): Promise<unknown> {
    if (this.#keepsRunning) {
      return new Promise((resolve) => setImmediate(resolve));
    }
    // An immediate without a reference never runs if nothing else has a reference,
    // even if a top-level `await` keeps the program running.
    return new Promise((resolve) =>
      Deno.unrefTimer(setTimeout(resolve, 0, undefined))
    );
  }

  get #keepsRunning(): boolean {
    return this.#isRef || this.#calls > 0;
  }

  #apply(): void {
    if (this.#keepsRunning) this.#inotify.ref();
    else this.#inotify.unref();
  }
}
