/** A program that is measured, in a process of its own. */

import { undoLater } from "./undo.ts";
import { cpuOfChildren, usageOfThreads } from "./usage.ts";

/** The line that says that it watches, in each one's own words. */
const READY = /^ready|^Watches established|^Watching \d/;

/** How long it has to do nothing to have come to its end, in milliseconds. */
const QUIET = 300;

/** What it may do meanwhile, in milliseconds of processor time. */
const NEGLIGIBLE = 1;

/** One that is busy for longer than this, in milliseconds, is waited for no more. */
const PATIENCE = 120_000;

/** What is known of a program when it has ended. */
export interface Outcome {
  /** The line that it printed last. */
  last: string;
  /** Its processor time from its start to its end, in milliseconds. */
  cpu: number;
}

/** A program at work; it is stopped when it is disposed of. */
export class Child implements AsyncDisposable {
  /** What it printed when it was ready. */
  readonly ready: string;
  /** How long that took from its start, in milliseconds. */
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

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error("The program ended too early");
    return value;
  }

  /** Lets it do something, and returns the line that it answers with. */
  async ask(line = ""): Promise<string> {
    await this.#stdin.write(new TextEncoder().encode(`${line}\n`));
    return await this.line();
  }

  /** Resolves once it has done nothing for a while; says so if it never does. */
  async settled(): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    let { cpu } = usageOfThreads(this.pid);
    while (performance.now() < deadline) {
      await sleep(QUIET);
      const before = cpu;
      ({ cpu } = usageOfThreads(this.pid));
      if (cpu - before < NEGLIGIBLE) return;
    }
    console.error(
      `Counted only ${PATIENCE / 1000} s of '${this.#command.join(" ")}'`,
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
  /** Has it end when it is disposed of, or when the program is interrupted. */
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
    // It has ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void> {
  let rest = "";
  // The stream stays open for the next call when a line is all that is wanted.
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
