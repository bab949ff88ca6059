import { assertEquals } from "@std/assert";
import { TestDirectory } from "./directory.ts";
import type { Step } from "./observation.ts";
import { type Outcome, perform, type Scenario } from "./perform.ts";
import { run } from "./program.ts";

export type { Outcome, Scenario };

/** Plays a scenario in a directory of its own. */
export async function play(scenario: Scenario): Promise<void> {
  using directory = new TestDirectory();
  assertOutcome(await perform(scenario, directory.path), scenario);
}

/**
 * Does the same in a process of its own, which `within` runs: a command that runs
 * its arguments as a command. The options are passed as JSON.
 */
export async function playWithin(
  within: readonly string[],
  scenario: Scenario,
): Promise<void> {
  using directory = new TestDirectory();
  const module = import.meta.resolve("./perform.ts");
  const { value, error } = await run(async (_, input) => {
    const { module, scenario, path } = JSON.parse(input);
    return (await import(module)).perform(scenario, path);
  }, {
    within,
    permissions: ["--allow-all"],
    input: JSON.stringify({ module, scenario, path: directory.path }),
  });
  assertEquals(error, undefined);
  assertOutcome(value as Outcome, scenario);
}

/**
 * Plays scenarios, each as a step of `t`. They run in one process, because a process
 * takes longer than all of them.
 */
export async function playAllWithin(
  within: readonly string[],
  scenarios: readonly Scenario[],
  t: Deno.TestContext,
): Promise<void> {
  using directory = new TestDirectory();
  const input = JSON.stringify({
    module: import.meta.resolve("./perform.ts"),
    scenarios,
    paths: scenarios.map((_, i) => directory.directory(`${i}`)),
  });
  const { value, error } = await run(async (_, input) => {
    const { module, scenarios, paths } = JSON.parse(input);
    const { perform } = await import(module);
    const outcomes: unknown[] = [];
    for (const [i, path] of paths.entries()) {
      outcomes.push(await perform(scenarios[i], path));
    }
    return outcomes;
  }, { within, permissions: ["--allow-all"], input });
  assertEquals(error, undefined);
  for (const [i, scenario] of scenarios.entries()) {
    const outcome = (value as Outcome[])[i]!;
    await t.step(scenario.does, () => assertOutcome(outcome, scenario));
  }
}

/** Compares how a scenario went with how it should go. */
export function assertOutcome(actual: Outcome, scenario: Scenario): void {
  const { steps, watches, isUnordered } = scenario;
  const order = isUnordered ? sortLines : (steps: Step[]) => steps;
  assertEquals(order(actual.steps), order(steps));
  assertEquals(actual.watches, watches);
  assertEquals(actual.kernelWatches, watches);
}

function sortLines(steps: Step[]): Step[] {
  return steps.map(([script, lines]) => [script, lines.toSorted()]);
}
