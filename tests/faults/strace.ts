/** strace(1), which makes calls of another process fail. */

/** Calls that fail. */
export interface Fault {
  /** The name of the call, as strace has it. */
  readonly call: string;
  /** The name of the errno. */
  readonly errno: string;
  /** Which call of each thread: `3` is the third, `1+2` every other one. */
  readonly when: string;
  /** Only calls count on these paths or on what is open on them, if any. */
  readonly on: readonly string[];
}

/** A fault, until it is ended. */
export class Injection implements AsyncDisposable {
  readonly #log = Deno.makeTempFileSync({ prefix: "inotify-test-" });
  readonly #child: Deno.ChildProcess;
  readonly #attached = Promise.withResolvers<void>();
  readonly #reading: Promise<void>;

  private constructor(pid: number, { call, errno, when, on }: Fault) {
    this.#child = new Deno.Command("strace", {
      args: [
        ...["-f", "-o", this.#log, "-p", `${pid}`],
        ...on.flatMap((path) => ["-P", path]),
        ...["-e", `trace=${call}`],
        ...["-e", `inject=${call}:error=${errno}:when=${when}`],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#reading = this.#read();
  }

  /** Traces the process `pid`, whose calls are counted from then on. */
  static async begin(pid: number, fault: Fault): Promise<Injection> {
    const injection = new Injection(pid, fault);
    try {
      await injection.#attached.promise;
    } catch (error) {
      await injection[Symbol.asyncDispose]();
      throw error;
    }
    return injection;
  }

  /** Traces no longer, and returns the lines for the calls that failed. */
  async end(): Promise<string[]> {
    try {
      this.#child.kill("SIGINT");
    } catch (error) {
      // It ends by itself with the process that it traces.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    const log = await Deno.readTextFile(this.#log);
    return log.split("\n").filter((line) => line.endsWith("(INJECTED)"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading;
    await this.#child.status;
    await Deno.remove(this.#log);
  }

  /** It says when it has the process and all its threads; not so if refused. */
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

/** Whether strace is there, and may trace a process that it did not start. */
export const hasStrace = await canTrace();

if (!hasStrace) {
  console.warn("Ignoring the tests with faults: strace is missing or refused");
}

async function canTrace(): Promise<boolean> {
  try {
    await using injection = await Injection.begin(Deno.pid, {
      call: "inotify_init1",
      errno: "EMFILE",
      when: "1",
      on: [],
    });
    await injection.end();
    return true;
  } catch {
    return false;
  }
}
