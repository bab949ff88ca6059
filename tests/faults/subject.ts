/**
 * The process in which calls fail. Each line of its input has the name of a
 * scenario and a path. It writes three lines: after the preparation, after the
 * scenario, and with the outcome. After each of the first two it blocks until it
 * reads another line.
 */

import { type Scenario, type ScenarioName, SCENARIOS } from "./scenarios.ts";
import { Trial } from "./trial.ts";

const buffer = new Uint8Array(4096);

/** Reads a line, and blocks meanwhile. */
function readLine(): string | undefined {
  const length = Deno.stdin.readSync(buffer);
  if (length === null) return undefined;
  return new TextDecoder().decode(buffer.subarray(0, length)).trimEnd();
}

for (let line = readLine(); line !== undefined; line = readLine()) {
  const [name, path] = line.split(" ") as [ScenarioName, string];
  const scenario: Scenario = SCENARIOS[name];
  const trial = new Trial(path);
  await scenario.prepare?.(trial);
  console.log("prepared");
  readLine();
  await scenario.act(trial);
  console.log("acted");
  readLine();
  console.log(JSON.stringify(await trial.end()));
}
