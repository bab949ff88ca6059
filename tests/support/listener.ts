/** Reads the output of a process while it runs. */

import { decodePath } from "../../lib/kernel/byte_path.ts";
import { DEADLINE_MS } from "./until.ts";

// One promise for all processes, so that a test can compare two of them.
let printed = Promise.withResolvers<void>();

/**
 * A process that prints. It is killed when it is disposed of, with the processes
 * that it started.
 */
export class Listener implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  #stdout = "";
  #stderr = "";

  constructor(
    command: readonly [string, ...string[]],
    cwd: string,
  ) {
    // A process group of its own.
    this.#child = new Deno.Command("setsid", {
      args: [...command],
      cwd,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = Promise.all([
      this.#read(this.#child.stdout, (text) => this.#stdout += text),
      this.#read(this.#child.stderr, (text) => this.#stderr += text),
    ]);
  }

  /** The output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** The output on standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /**
   * Resolves when `isMet` returns `true`; it is called whenever a process prints.
   * Rejects with the output after the deadline.
   */
  async until(isMet: () => boolean): Promise<void> {
    const missed = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => missed.reject(new Error("Waited for too long")),
      DEADLINE_MS,
    );
    try {
      while (!isMet()) {
        await Promise.race([printed.promise, missed.promise]);
      }
    } catch (cause) {
      const output = `'${this.#stdout}' and '${this.#stderr}'`;
      throw new Error(`Waited in vain after ${output}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves to its exit status when it has ended by itself. */
  async end(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      Deno.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
    await this.end();
  }

  async #read(
    stream: ReadableStream<Uint8Array>,
    add: (text: string) => void,
  ): Promise<void> {
    for await (const chunk of stream) {
      add(decodePath(chunk));
      printed.resolve();
      printed = Promise.withResolvers();
    }
  }
}
