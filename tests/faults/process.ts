/** Runs the process in which calls fail. */

import { assertEquals } from "@std/assert";
import { LargeDirectory } from "../support/directory.ts";
import { Trace } from "../support/strace.ts";
import { DEADLINE_MS } from "../support/until.ts";
import { directoriesOf, type ScenarioName } from "./scenarios.ts";
import type { Outcome } from "./trial.ts";

/** Calls that fail. */
export interface Fault {
  /** The name of the call in strace. */
  readonly call: string;
  /** The name of the errno. */
  readonly errno: string;
  /** Which calls of each thread: `3..4` the third and the fourth, `1+2` every other one. */
  readonly when: string;
  /**
   * Counts only calls on the directories of the scenario, because Deno makes the
   * same calls, or only calls on a descriptor of this kind.
   */
  readonly on?: "directories" | "anon_inode:inotify" | undefined;
}

/** A process that plays scenarios, one after the other. */
export class Process implements AsyncDisposable {
  readonly #child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-all"],
      import.meta.resolve("./subject.ts"),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  readonly #input = this.#child.stdin.getWriter();
  readonly #output = this.#child.stdout
    .pipeThrough(new TextDecoderStream())
    .getReader();

  /**
   * Plays a scenario with a fault. Also returns how many calls failed, in the main
   * thread and in other threads.
   */
  async play(
    scenario: ScenarioName,
    fault: Fault,
  ): Promise<Outcome & { struck: number; beside: number }> {
    using directory = new LargeDirectory();
    assertEquals(await this.#ask(`${scenario} ${directory.path}`), "prepared");
    const args = argumentsFor(fault, directory.path);
    await using trace = await Trace.begin(this.#child.pid, args);
    let lines: string[] = [];
    try {
      assertEquals(await this.#ask(""), "acted");
    } finally {
      lines = await trace.end();
    }
    const injected = lines.filter((line) => line.endsWith("(INJECTED)"));
    const isMain = (line: string) => line.startsWith(`${this.#child.pid} `);
    const struck = injected.filter(isMain).length;
    const beside = injected.length - struck;
    return { ...JSON.parse(await this.#ask("")), struck, beside };
  }

  /** Writes a line, and reads the answer. */
  async #ask(line: string): Promise<string> {
    const deadline = setTimeout(() => this.#child.kill("SIGKILL"), DEADLINE_MS);
    try {
      await this.#input.write(new TextEncoder().encode(`${line}\n`));
      let text = "";
      while (!text.endsWith("\n")) {
        const { value, done } = await this.#output.read();
        if (done) throw new Error(`The process has ended: '${text}'`);
        text += value;
      }
      return text.trimEnd();
    } finally {
      clearTimeout(deadline);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#output.cancel();
    await this.#child.status;
  }
}

/** Returns the arguments of strace for `fault` in a scenario at `path`. */
function argumentsFor({ call, errno, when, on }: Fault, path: string) {
  const paths = on === "directories" ? directoriesOf(path) : on ? [on] : [];
  return [
    ...paths.flatMap((path) => ["-P", path]),
    ...["-e", `trace=${call}`],
    ...["-e", `inject=${call}:error=${errno}:when=${when}`],
  ];
}
