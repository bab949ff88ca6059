import { watch, type WatchEventType, type WatchOptions } from "../../mod.ts";
import { Observation, type Step } from "./observation.ts";
import { countAbove, countWatches } from "./process.ts";
import { runScript } from "./script.ts";

/** The changes of a scenario, and the expected events. */
export interface Scenario {
  /** The behavior of `watch()`. */
  does: string;
  /** The script that runs before the watcher starts. */
  given: string;
  /** The paths to watch. */
  watch: string[];
  options?: WatchOptions<WatchEventType>;
  steps: Step[];
  /** Whether the order of events may vary, for example with the file system. */
  isUnordered?: boolean;
  /** How many watches there are at the end, without those above the directory. */
  watches: number;
}

/** The result of a scenario. */
export interface Outcome {
  steps: Step[];
  watches: number;
  /** The number of watches by the kernel's own count. */
  kernelWatches: number;
}

/** Performs a scenario in `directory`, which is empty. */
export async function perform(
  { given, watch: names, options = {}, ...scenario }: Scenario,
  directory: string,
): Promise<Outcome> {
  runScript(given, directory);
  const paths = names.map((name) => `${directory}/${name}`);
  const watcher = await watch(paths, options);
  await using observed = new Observation(watcher, directory);
  const steps: Step[] = [];
  for (const [script] of scenario.steps) {
    runScript(script, directory);
    steps.push([script, await observed.take()]);
  }
  const watches = [watcher.watchCount, countWatches()];
  // Watches above the directory do not belong to the scenario. They end with the last
  // path.
  const [held, counted] = watches.map((count) =>
    count === 0 ? 0 : count - countAbove(`${directory}/name`)
  );
  return { steps, watches: held!, kernelWatches: counted! };
}
