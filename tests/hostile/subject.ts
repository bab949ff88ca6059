/**
 * Watches `BASE/tree` while it is attacked, and prints how that went as JSON:
 *
 *     deno run --allow-all tests/hostile/subject.ts BASE CONSUMER
 *
 * It prints "ready" when it watches, and measures until its standard input ends.
 */

import { watch } from "../../mod.ts";
import { libraryNames } from "../../lib/kernel/libc.ts";
import { TreeModel } from "./model.ts";

/** The consumer of the events: one that keeps up, a slow one, or none. */
export type Consumer = "fast" | "slow" | "none";

/** The result of an attack on the watcher. */
export interface Report {
  /** The longest turn of the event loop, in milliseconds of processor time. */
  longestTurn: number;
  /** By how many MB memory grew at most. */
  grown: number;
  /** How many events there were of each kind. */
  counts: Record<string, number>;
  /** The events that contradict earlier events. */
  anomalies: string[];
  /** The paths that only a new watcher finds, and those that only the events have. */
  missing: string[];
  superfluous: string[];
}

const CLOCK_THREAD_CPUTIME_ID = 3;

const { symbols } = Deno.dlopen(libraryNames(Deno.build)[0], {
  /** `int clock_gettime(clockid_t clockid, struct timespec *tp)` */
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});

const time = new BigInt64Array(2);

/** Returns the processor time of this thread in milliseconds. */
function processorTime(): number {
  symbols.clock_gettime(CLOCK_THREAD_CPUTIME_ID, time);
  return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
}

/** Measures what the watcher does between two timers. */
class Turns {
  longest = 0;
  #last = processorTime();
  readonly #timer = setInterval(() => {
    const now = processorTime();
    this.longest = Math.max(this.longest, now - this.#last);
    this.#last = processorTime();
  }, 1);

  /** Runs `work` without counting its time. */
  exclude(work: () => void): void {
    const start = processorTime();
    work();
    this.#last += processorTime() - start;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/**
 * Returns the paths that a new watcher finds, and the directories whose entries it
 * cannot find: the kernel accepts paths of 4,096 bytes, but moves make longer ones,
 * which a watcher follows.
 */
async function lookAgain(root: string): Promise<[Set<string>, string[]]> {
  const watcher = await watch(root, { recursive: true, initial: true });
  await watcher.sync();
  await watcher.close();
  const model = new TreeModel(root);
  const unknown: string[] = [];
  for await (const event of watcher) {
    model.apply(event);
    if (event.type !== "unwatched") continue;
    unknown.push(`${event.path.slice(root.length + 1)}/`);
  }
  return [model.paths(), unknown];
}

if (import.meta.main) {
  const [base, consumer] = Deno.args as [string, Consumer];
  const root = `${base}/tree`;
  const model = new TreeModel(root);
  const turns = new Turns();
  const watcher = await watch(root, { recursive: true, initial: true });
  let isOver = false;
  const consume = async () => {
    let count = 0;
    for await (const event of watcher) {
      turns.exclude(() => model.apply(event));
      if (consumer !== "slow" || isOver || ++count % 100 > 0) continue;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  let consuming = consumer === "none" ? undefined : consume();
  const before = Deno.memoryUsage().rss;
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, Deno.memoryUsage().rss);
  }, 20);
  console.log("ready");
  await Deno.stdin.readable.pipeTo(new WritableStream());
  isOver = true;
  // A consumer that takes thousands of events at once blocks all other tasks.
  if (consumer !== "fast") turns.end();
  consuming ??= consume();
  await watcher.sync();
  turns.end();
  clearInterval(sampling);
  await watcher.close();
  await consuming;
  const [disk, unknown] = await lookAgain(root);
  const known = model.paths();
  const report: Report = {
    longestTurn: turns.longest,
    grown: (most - before) / 1e6,
    counts: model.counts,
    anomalies: model.anomalies,
    missing: [...disk.difference(known)].slice(0, 20),
    superfluous: [...known.difference(disk)].filter((path) =>
      !unknown.some((directory) => path.startsWith(directory))
    ).slice(0, 20),
  };
  console.log(JSON.stringify(report));
}
