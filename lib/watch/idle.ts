/** Waits until a watcher has something to do. */

import type { InotifySource } from "../kernel/inotify.ts";
import type { TreeWatcher } from "../tree/tree_watcher.ts";

/** Options of {@linkcode Idle}. */
interface IdleOptions {
  readonly inotify: Pick<InotifySource, "wait">;
  readonly treeWatcher: Pick<TreeWatcher, "idleTime" | "progress">;
}

/** Waits for events, for scans on other threads, and for a call. */
export class Idle {
  readonly #options: IdleOptions;
  /** The pending wait for events, and its end in milliseconds of `performance.now()`. */
  #waiting: { promise: Promise<void>; until: number } | undefined;
  #isWoken = false;
  #end: (() => void) | undefined;

  constructor(options: IdleOptions) {
    this.#options = options;
  }

  /** Resolves when there may be something to do. */
  async wait(): Promise<void> {
    const { inotify, treeWatcher } = this.#options;
    const { progress } = treeWatcher;
    const idleTime = Math.max(treeWatcher.idleTime, 0);
    const until = performance.now() + idleTime;
    // After a scan on another thread the last wait may still be pending.
    if (!this.#waiting || until < this.#waiting.until) {
      const waiting = this.#waiting = {
        promise: inotify.wait(idleTime).then(() => {
          if (this.#waiting === waiting) this.#waiting = undefined;
        }),
        until,
      };
    }
    const { promise } = this.#waiting;
    if (!this.#isWoken) {
      await new Promise<void>((resolve, reject) => {
        this.#end = resolve;
        promise.then(resolve, reject);
        progress?.then(resolve);
      });
    }
    this.#isWoken = false;
  }

  /** Ends the wait, or the next one. */
  wake(): void {
    this.#isWoken = true;
    this.#end?.();
  }
}
