/** Traces a running process with strace(1). */

/** A trace of a process. */
export class Trace implements AsyncDisposable {
  readonly #log = Deno.makeTempFileSync({ prefix: "inotify-test-" });
  readonly #child: Deno.ChildProcess;
  readonly #attached = Promise.withResolvers<void>();
  readonly #reading: Promise<void>;

  private constructor(pid: number, args: readonly string[]) {
    this.#child = new Deno.Command("strace", {
      args: ["-f", "-o", this.#log, "-p", `${pid}`, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#reading = this.#read();
  }

  /** Traces all threads of the process `pid`, with these arguments. */
  static async begin(pid: number, args: readonly string[]): Promise<Trace> {
    const trace = new Trace(pid, args);
    try {
      await trace.#attached.promise;
    } catch (error) {
      await trace[Symbol.asyncDispose]();
      throw error;
    }
    return trace;
  }

  /** Ends the trace, and returns the lines of the calls. */
  async end(): Promise<string[]> {
    try {
      this.#child.kill("SIGINT");
    } catch (error) {
      // strace ends by itself when the traced process ends.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    return (await Deno.readTextFile(this.#log)).split("\n").slice(0, -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading;
    await this.#child.status;
    await Deno.remove(this.#log);
  }

  /** Reads the messages of strace, which say when it traces all threads. */
  async #read(): Promise<void> {
    let text = "";
    for await (
      const chunk of this.#child.stderr.pipeThrough(new TextDecoderStream())
    ) {
      text += chunk;
      if (text.includes(" attached")) this.#attached.resolve();
    }
    this.#attached.reject(new Error(`strace failed: ${text}`));
  }
}

/** Whether strace is installed, and may trace a process that it did not start. */
export const hasStrace = await canTrace();

if (!hasStrace) {
  console.warn("Ignoring the tests that need strace: it is missing or refused");
}

async function canTrace(): Promise<boolean> {
  try {
    await using trace = await Trace.begin(Deno.pid, ["-e", "trace=none"]);
    await trace.end();
    return true;
  } catch {
    return false;
  }
}
