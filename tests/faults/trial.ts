/** Tests a watcher while calls fail. */

import {
  type SystemError,
  watch,
  type Watcher,
  type WatchEvent,
  type WatchEventType,
} from "../../mod.ts";
import { difference, Model, readTree } from "../storm/model.ts";
import {
  countWatches,
  descriptorTargets,
  isWaiting,
} from "../support/process.ts";
import { turn } from "../support/until.ts";

/** The consequences of a fault. */
export interface Outcome {
  /** The lines that would not have been reported without it. */
  readonly observed: string[];
  /** What is wrong; empty if the watcher is right. */
  readonly wrongs: string[];
}

/** A watcher, a model of the tree made from its events, and its errors. */
export class Trial {
  readonly path: string;
  readonly #before: string[];
  readonly #observed: string[] = [];
  readonly #unwatched = new Set<string>();
  #model: Model;
  #watcher: Watcher<WatchEventType> | undefined;
  #consuming: Promise<void> | undefined;
  #hasEnded = false;
  #news = Promise.withResolvers<void>();

  constructor(path: string) {
    this.path = path;
    this.#before = this.#descriptors();
    this.#model = new Model(new Map([[path, true]]));
  }

  /** The watcher while it is open. */
  get watcher(): Watcher<WatchEventType> | undefined {
    return this.#hasEnded ? undefined : this.#watcher;
  }

  /** Watches the whole tree, with the existing entries. */
  async open(): Promise<void> {
    this.#model = new Model(new Map([[this.path, true]]));
    this.#hasEnded = false;
    await this.attempt(async () => {
      this.#watcher = await watch(this.path, {
        recursive: true,
        initial: true,
      });
      this.#consuming = this.#consume(this.#watcher);
    });
  }

  /** Calls a function that may fail, and records its error. */
  async attempt(what: () => unknown): Promise<void> {
    try {
      await what();
    } catch (error) {
      this.#fail("rejects", error);
    }
  }

  /** Resolves when the watcher has reported `path`, or has ended. */
  async untilReported(path: string): Promise<void> {
    while (!this.#hasEnded && !this.#model.entries.has(path)) {
      await this.#news.promise;
    }
  }

  /** Resolves when the watcher is idle. */
  async untilWaiting(): Promise<void> {
    while (!this.#hasEnded && !isWaiting("self")) await turn();
  }

  /** Resolves when no file counts as recently modified any more. */
  async untilStale(): Promise<void> {
    const start = Date.now();
    do await this.#watcher!.sync(); while (Date.now() < start + 100);
  }

  /** Repairs what failed, and compares the reported events with the disk. */
  async end(): Promise<Outcome> {
    const wrongs: string[] = [];
    if (!this.watcher) await this.open();
    // A change of its mode makes the watcher look at a directory again.
    for (const path of this.#unwatched) Deno.chmodSync(path, 0o755);
    Deno.mkdirSync(`${this.path}/last`);
    await this.untilReported(`${this.path}/last`);
    await this.watcher?.sync();
    await turn();
    const disk = readTree(this.path);
    const { entries, anomalies } = this.#model;
    wrongs.push(
      ...difference(disk, entries).map((path) => `missing: ${path}`),
      ...difference(entries, disk).map((path) => `superfluous: ${path}`),
      ...anomalies,
    );
    await this.#watcher?.close();
    await this.#consuming;
    for (const target of this.#descriptors()) {
      const i = this.#before.indexOf(target);
      if (i < 0) wrongs.push(`left open: ${target}`);
      else this.#before.splice(i, 1);
    }
    if (countWatches() > 0) wrongs.push(`${countWatches()} watches left`);
    return { observed: this.#observed, wrongs };
  }

  async #consume(watcher: Watcher<WatchEventType>): Promise<void> {
    try {
      for await (const event of watcher) this.#take(event);
    } catch (error) {
      this.#fail("ends", error);
    }
    this.#hasEnded = true;
    this.#news.resolve();
  }

  /** Returns the open descriptors of the kinds that the library opens. */
  #descriptors(): string[] {
    return descriptorTargets().filter((target) =>
      target.startsWith("anon_inode:") || target.startsWith(this.path)
    );
  }

  #take(event: WatchEvent): void {
    if (event.type === "unwatched") {
      this.#unwatched.add(event.path);
      this.#fail("unwatched", event.error);
    } else if (event.type === "modify" && event.synthetic) {
      this.#observed.push("modify");
    }
    this.#model.apply(event);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #fail(who: string, error: unknown): void {
    const isTyped = error instanceof Error && "syscall" in error;
    const { code = error } = isTyped ? error as SystemError : {};
    this.#observed.push(`${who} ${code}`);
  }
}
