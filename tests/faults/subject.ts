/**
 * The process in which calls fail. For each line of its input, the name of a
 * scenario and a path, it writes three: once it is prepared, once it has acted,
 * and the outcome. It goes on when it reads another line: until then it stands
 * still.
 */

import { type Scenario, type ScenarioName, SCENARIOS } from "./scenarios.ts";
import { Trial } from "./trial.ts";

const buffer = new Uint8Array(4096);

/** Reads a line without giving anything else its turn. */
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
