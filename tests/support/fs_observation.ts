import { settle } from "./until.ts";

/** The events of a `Deno.FsWatcher`, each as a line. */
export class FsObservation implements AsyncDisposable {
  readonly #watcher: Deno.FsWatcher;
  readonly #base: string;
  readonly #listening: Promise<void>;
  #lines: string[] = [];
  #marks = 0;

  /**
   * Listens to `watcher`. The lines have paths relative to `base`, which has a
   * directory "marks" that the watcher also watches.
   */
  constructor(watcher: Deno.FsWatcher, base: string) {
    this.#watcher = watcher;
    this.#base = base;
    this.#listening = this.#listen();
  }

  /**
   * Returns the events of all changes so far that were not taken before: `count`
   * events, or more.
   */
  async take(count: number): Promise<string[]> {
    await settle(() => this.#lines.length >= count);
    const mark = `marks/${this.#marks++}`;
    Deno.mkdirSync(`${this.#base}/${mark}`);
    await settle(() => this.#lines.includes(`create ${mark}`));
    return this.#lines.splice(0).filter((line) => line !== `create ${mark}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watcher.close();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    for await (const { kind, paths } of this.#watcher) {
      const names = paths.map((path) => path.slice(this.#base.length + 1));
      this.#lines.push([kind, ...names].join(" "));
    }
  }
}
