/** A terminal that is drawn on, and left as it was. */

import { UsageError } from "../arguments/tokens.ts";
import { print, streams } from "../stdio.ts";
import { onSignal, stopJob } from "../signals.ts";
import type { Size } from "./layout.ts";

// Beside the screen with its scrollback lies another, which is cleared here;
// no cursor on it, and no line that goes on in the next one.
const ENTER = "\x1b[?1049h\x1b[2J\x1b[?25l\x1b[?7l";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";

/** How long the kernel may take to stop the process, in milliseconds. */
const STOP_MS = 50;

/** What a terminal sends for keys such as the arrows: ECMA-48, 5.4. */
// deno-lint-ignore no-control-regex -- the sequence begins with that one
const CONTROL_SEQUENCE = /\x1b[[O][\d;]*[ -/]*[@-~]/g;

const encoder = new TextEncoder();

/** What is done about what the user does. */
export interface ScreenEvents {
  /** A key was pressed; Ctrl-C is one. */
  readonly onKey: (key: string) => void;
  /** The size has changed. */
  readonly onResize: () => void;
  /** The keys cannot be read. */
  readonly onError: (error: Error) => void;
}

/** The terminal at standard input and output, until it is disposed of. */
export class Screen implements Disposable {
  readonly #resources = new DisposableStack();
  readonly #onResume: () => void;
  #resuming: ReturnType<typeof setTimeout> | undefined;

  constructor({ onKey, onResize, onError }: ScreenEvents) {
    using resources = new DisposableStack();
    const keys = streams.stdin.readable.getReader();
    resources.defer(() => void keys.cancel().catch(() => {}));
    resources.use(onSignal("SIGWINCH", onResize));
    resources.defer(() => this.#leave());
    this.#onResume = onResize;
    this.#enter();
    forEachKey(keys, onKey).catch(onError);
    this.#resources = resources.move();
  }

  /** Stops the job until its shell continues it: what Ctrl-Z is for. */
  suspend(): void {
    this.#leave();
    stopJob();
    // No timer fires while the process is stopped.
    this.#resuming = setTimeout(() => {
      this.#enter();
      this.#onResume();
    }, STOP_MS);
  }

  #enter(): void {
    // Otherwise keys come by the line, and Ctrl-Z leaves the terminal as it is
    // here.
    streams.stdin.setRaw(true);
    writeNow(ENTER);
  }

  #leave(): void {
    clearTimeout(this.#resuming);
    writeNow(LEAVE);
    streams.stdin.setRaw(false);
  }

  get size(): Size {
    return streams.consoleSize();
  }

  /** Shows the lines in place of those before. */
  async show(lines: readonly string[]): Promise<void> {
    const { rows } = this.size;
    // A line is cleared before it is written: behind a full one, the cursor
    // stands on its last character.
    const screen = Array.from(
      { length: rows },
      (_, i) => CLEAR_LINE + (lines[i] ?? ""),
    );
    await print(HOME + screen.join("\r\n"));
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

/**
 * Refuses to go on without a terminal.
 *
 * @throws {UsageError} It says which stream is none.
 */
export function requireTerminal(): void {
  const { stdin, stdout } = streams;
  for (
    const [stream, name] of [[stdout, "output"], [stdin, "input"]] as const
  ) {
    if (stream.isTerminal()) continue;
    throw new UsageError(
      `Cannot use --top: standard ${name} is not a terminal`,
    );
  }
}

async function forEachKey(
  keys: ReadableStreamDefaultReader<Uint8Array>,
  onKey: (key: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await keys.read();
    if (done) return;
    const text = decoder.decode(value, { stream: true });
    for (const key of text.replace(CONTROL_SEQUENCE, "")) onKey(key);
  }
}

/** Writes what must not wait for its turn, and is short. */
function writeNow(text: string): void {
  streams.stdout.writeSync(encoder.encode(text));
}

/** How long a picture stays at least, in milliseconds. */
const INTERVAL = 250;

/**
 * Paints a few times a second while there is something new to see. If there is
 * not, no timer runs.
 */
export class Painter implements AsyncDisposable {
  readonly #paint: () => Promise<boolean>;
  readonly #fail: (error: Error) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #painted = Promise.resolve();
  #isDue = false;
  #earliest = 0;

  /**
   * `paint` resolves to whether the next picture will be another one even if
   * nothing happens; `fail` takes its error, after which it is not called any
   * more.
   */
  constructor(
    paint: () => Promise<boolean>,
    { fail }: { fail: (error: Error) => void },
  ) {
    this.#paint = paint;
    this.#fail = fail;
  }

  /** There is something new. */
  refresh(): void {
    this.#isDue = true;
    this.#timer ??= setTimeout(() => {
      this.#painted = this.#run().catch(this.#fail);
    }, Math.max(0, this.#earliest - performance.now()));
  }

  /** Paints no more; resolves when nothing is being painted. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#painted;
    clearTimeout(this.#timer);
  }

  // The timer counts as set until the picture is out: there is one at a time.
  async #run(): Promise<void> {
    this.#isDue = false;
    this.#earliest = performance.now() + INTERVAL;
    const isMoving = await this.#paint();
    this.#timer = undefined;
    if (isMoving || this.#isDue) this.refresh();
  }
}
