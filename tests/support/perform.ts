import { watch, type WatchEventType, type WatchOptions } from "../../mod.ts";
import { Observation, type Step } from "./observation.ts";
import { countAbove, countWatches } from "./process.ts";
import { runScript } from "./script.ts";

/** What a watcher is given, and what it makes of that. */
export interface Scenario {
  /** What `watch()` does. */
  does: string;
  /** The script that makes what is there before. */
  given: string;
  /** The names of the paths to watch. */
  watch: string[];
  options?: WatchOptions<WatchEventType>;
  steps: Step[];
  /** Whether an order among events is up to the file system, or to nobody. */
  isUnordered?: boolean;
  /** How many watches are held at the end, without those above the directory. */
  watches: number;
}

/** How a scenario went. */
export interface Outcome {
  steps: Step[];
  watches: number;
  /** The same by the kernel's own count. */
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
  // Those above the names are none of the scenario's, and gone with the last path.
  const [held, counted] = watches.map((count) =>
    count === 0 ? 0 : count - countAbove(`${directory}/name`)
  );
  return { steps, watches: held!, kernelWatches: counted! };
}
