/**
 * Writers that attack the watcher; the environment repeats or prolongs them:
 *
 *     deno task test tests/hostile/
 *     HOSTILE_SEED=17 HOSTILE_SECONDS=60 deno task test tests/hostile/
 */

import { assertEquals, assertLess } from "@std/assert";
import { LargeDirectory } from "../support/directory.ts";
import { Output } from "../support/output.ts";
import { projectPath } from "../support/project.ts";
import { runScript } from "../support/script.ts";
import { countOf, isThorough } from "../support/thorough.ts";
import { withDeadline } from "../support/until.ts";
import type { Consumer, Report } from "./subject.ts";

const SEED = Deno.env.get("HOSTILE_SEED") ?? "1";
const SECONDS = Deno.env.get("HOSTILE_SECONDS") ?? `${countOf(1, 10)}`;

/**
 * The bound for a turn, in milliseconds of processor time. Defects take seconds, but
 * on a busy machine all work takes longer.
 */
const MAX_TURN_MS = 200;

/** The bound for the memory of 65,536 queued events and their data. */
const MAX_GROWN_MB = 400;

const CONSUMERS: readonly Consumer[] = isThorough
  ? ["fast", "slow", "none"]
  : ["fast"];

for (const consumer of CONSUMERS) {
  Deno.test(`\`watch()\` withstands a hostile writer: ${consumer} consumer, seed ${SEED}`, async () => {
    const report = await attack(consumer);
    const { anomalies, missing, superfluous, ...rest } = report;
    console.log(JSON.stringify(rest));
    assertEquals({ anomalies, missing, superfluous }, {
      anomalies: [],
      missing: [],
      superfluous: [],
    });
    assertLess(report.longestTurn, MAX_TURN_MS);
    assertLess(report.grown, MAX_GROWN_MB);
  });
}

/** Attacks a watcher in a process of its own; returns the report of this process. */
async function attack(consumer: Consumer): Promise<Report> {
  using directory = new LargeDirectory();
  for (const name of ["tree", "outside"]) directory.directory(name);
  const subject = program("subject.ts", [directory.path, consumer]).spawn();
  const output = new Output(subject.stdout);
  assertEquals(await output.line(), "ready");
  const writer = program("writer.ts", [SEED, SECONDS, directory.path]).spawn();
  await writer.stdin.close();
  assertEquals((await writer.output()).success, true);
  await subject.stdin.close();
  const report = await withDeadline(output.rest(), "the report");
  assertEquals((await subject.status).success, true);
  // Deno does not remove trees of any depth.
  runScript("rm -rf tree outside", directory.path);
  return JSON.parse(report);
}

function program(name: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--allow-all",
      projectPath(`tests/hostile/${name}`),
      ...args,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
}
