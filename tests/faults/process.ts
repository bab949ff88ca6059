/** The process in which calls fail. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { directoriesOf, type ScenarioName } from "./scenarios.ts";
import type { Outcome } from "./session.ts";
import { type Fault, Injection } from "./strace.ts";

/** It is taken to hang, and is killed, when it needs longer for a part. */
const DEADLINE = 20_000;

/** A fault that is not for one directory of a test. */
export interface ScenarioFault extends Omit<Fault, "on"> {
  /**
   * Only calls on the directories of the scenario count, where Deno makes the
   * same ones, or only those on a descriptor of this kind.
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
   * Plays a scenario with a fault, and also returns how often that struck: in
   * the main thread, and in others.
   */
  async play(
    scenario: ScenarioName,
    { on, ...fault }: ScenarioFault,
  ): Promise<Outcome & { struck: number; beside: number }> {
    using directory = new TestDirectory();
    assertEquals(await this.#ask(`${scenario} ${directory.path}`), "prepared");
    await using injection = await Injection.begin(this.#child.pid, {
      ...fault,
      on: on === "directories" ? directoriesOf(directory.path) : on ? [on] : [],
    });
    let injected: string[] = [];
    try {
      assertEquals(await this.#ask(""), "acted");
    } finally {
      injected = await injection.end();
    }
    const isMain = (line: string) => line.startsWith(`${this.#child.pid} `);
    const struck = injected.filter(isMain).length;
    const beside = injected.length - struck;
    return { ...JSON.parse(await this.#ask("")), struck, beside };
  }

  /** Writes a line, and reads the one that answers it. */
  async #ask(line: string): Promise<string> {
    const deadline = setTimeout(() => this.#child.kill("SIGKILL"), DEADLINE);
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
