/** Runs a measured program in a process of its own. */

import { undoLater } from "./undo.ts";
import { cpuOfChildren, usageOfThreads } from "./usage.ts";

/** The line with which each program reports that it watches. */
const READY = /^ready|^Watches established|^inotify: Watching \d/;

/** How long a program has to be idle to count as finished, in milliseconds. */
const QUIET = 300;

/** The CPU time that an idle program may use in this time, in milliseconds. */
const NEGLIGIBLE = 1;

/** How long to wait for a busy program, in milliseconds. */
const TIMEOUT_MS = 120_000;

/** The result of a program that has ended. */
export interface Outcome {
  /** The last line that it printed. */
  last: string;
  /** The CPU time of the process from start to end, in milliseconds. */
  cpu: number;
}

/** A running program, until it is disposed of. */
export class Child implements AsyncDisposable {
  /** The line that it printed when it was ready. */
  readonly ready: string;
  /** The time from its start until it was ready, in milliseconds. */
  readonly readyAfter: number;

  readonly #command: readonly string[];
  readonly #process: Deno.ChildProcess;
  readonly #killing: Disposable;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncGenerator<string, void>;
  #stopped: Promise<Outcome> | undefined;

  private constructor(
    running: Running,
    { ready, readyAfter }: { ready: string; readyAfter: number },
  ) {
    this.#command = running.command;
    this.#process = running.process;
    this.#killing = running.killing;
    this.#stdin = running.process.stdin.getWriter();
    this.#lines = running.lines;
    this.ready = ready;
    this.readyAfter = readyAfter;
  }

  /** Starts a program and waits until it is ready. */
  static async start(command: readonly string[]): Promise<Child> {
    const start = performance.now();
    const running = run(command);
    const printed: string[] = [];
    // Without this, a line that is worded anew would have the benchmark hang.
    const timeout = setTimeout(() => {
      printed.push(`It is not ready after ${TIMEOUT_MS / 1000} s`);
      running.killing[Symbol.dispose]();
    }, TIMEOUT_MS);
    using _ = { [Symbol.dispose]: () => clearTimeout(timeout) };
    for (;;) {
      const { value, done } = await running.lines.next();
      const readyAfter = performance.now() - start;
      if (done) {
        running.killing[Symbol.dispose]();
        const reason = printed.join("\n");
        throw new Error(`Cannot start '${command.join(" ")}': ${reason}`);
      }
      if (READY.test(value)) {
        return new Child(running, { ready: value, readyAfter });
      }
      printed.push(value);
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Returns the next line that it prints. */
  async line(): Promise<string> {
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error("The program ended too early");
    return value;
  }

  /** Sends it a line, and returns the line that it prints. */
  async ask(line = ""): Promise<string> {
    await this.#stdin.write(new TextEncoder().encode(`${line}\n`));
    return await this.line();
  }

  /** Resolves when it has been idle for a while; prints a note if it never is. */
  async settled(): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS;
    let { cpu } = usageOfThreads(this.pid);
    while (performance.now() < deadline) {
      await sleep(QUIET);
      const before = cpu;
      ({ cpu } = usageOfThreads(this.pid));
      if (cpu - before < NEGLIGIBLE) return;
    }
    console.error(
      `Counted only ${TIMEOUT_MS / 1000} s of '${this.#command.join(" ")}'`,
    );
  }

  /** Stops it. */
  stop(): Promise<Outcome> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<Outcome> {
    const before = cpuOfChildren();
    this.#killing[Symbol.dispose]();
    let last = "";
    for await (const line of this.#lines) last = line;
    await this.#process.status;
    const cpu = cpuOfChildren() - before;
    await this.#stdin.close().catch(() => {});
    return { last, cpu };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Runs a program to its end, and returns how long it took in milliseconds. */
export async function timeToEnd(command: readonly string[]): Promise<number> {
  const start = performance.now();
  const { process, lines, killing } = run(command);
  for await (const _ of lines);
  await process.status;
  const time = performance.now() - start;
  killing[Symbol.dispose]();
  await process.stdin.close().catch(() => {});
  return time;
}

export function sleep(delay: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delay));
}

interface Running {
  command: readonly string[];
  process: Deno.ChildProcess;
  /** Ends the process when it is disposed of, or when the benchmark is interrupted. */
  killing: Disposable;
  lines: AsyncGenerator<string, void>;
}

function run(command: readonly string[]): Running {
  const [program, ...args] = command;
  const process = new Deno.Command(program!, {
    args,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const killing = undoLater(() => kill(process));
  return { command, process, killing, lines: readLines(process.stdout) };
}

function kill(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGTERM");
  } catch (error) {
    // The process has ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void> {
  let rest = "";
  // The stream stays open for the next call.
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
