/** Draws on a terminal, and restores it at the end. */

import { UsageError } from "../arguments/tokens.ts";
import { print, streams } from "../stdio.ts";
import { onSignal, stopJob } from "../signals.ts";
import type { Size } from "./layout.ts";

// Switches to the alternate screen and clears it; hides the cursor and disables
// line wrapping.
const ENTER = "\x1b[?1049h\x1b[2J\x1b[?25l\x1b[?7l";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";

/** How long the kernel may take to stop the process, in milliseconds. */
const STOP_MS = 50;

/** The bytes that a terminal sends for keys such as the arrows: ECMA-48, 5.4. */
// deno-lint-ignore no-control-regex -- the sequence begins with ESC
const CONTROL_SEQUENCE = /\x1b[[O][\d;]*[ -/]*[@-~]/g;

const encoder = new TextEncoder();

/** The callbacks of a {@linkcode Screen}. */
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

  /** Stops the job until its shell continues it, as Ctrl-Z does. */
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
    // Without raw mode, keys arrive line by line, and Ctrl-Z would not restore the
    // terminal.
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

  /** Replaces the lines on the screen. */
  async show(lines: readonly string[]): Promise<void> {
    const { rows } = this.size;
    // A line is cleared before it is written. After a full line, the cursor is on
    // its last character.
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
 * Makes sure that there is a terminal.
 *
 * @throws {UsageError} If standard input or output is not a terminal.
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

/** Writes a short text at once. */
function writeNow(text: string): void {
  streams.stdout.writeSync(encoder.encode(text));
}

/** The shortest time between two drawings, in milliseconds. */
const INTERVAL = 250;

/**
 * Paints a few times a second while there is something new. Otherwise no timer
 * runs.
 */
export class Painter implements AsyncDisposable {
  readonly #paint: () => Promise<boolean>;
  readonly #fail: (error: Error) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #painted = Promise.resolve();
  #isDue = false;
  #earliest = 0;

  /**
   * `paint` resolves to whether the next drawing differs even without an event.
   * If it rejects, `fail` is called with the error, and `paint` is not called
   * again.
   */
  constructor(
    paint: () => Promise<boolean>,
    { fail }: { fail: (error: Error) => void },
  ) {
    this.#paint = paint;
    this.#fail = fail;
  }

  /** Paints soon, because there is something new. */
  refresh(): void {
    this.#isDue = true;
    this.#timer ??= setTimeout(() => {
      this.#painted = this.#run().catch(this.#fail);
    }, Math.max(0, this.#earliest - performance.now()));
  }

  /** Stops painting; resolves when the last drawing is complete. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#painted;
    clearTimeout(this.#timer);
  }

  // The timer counts as set until the drawing is complete, so only one runs.
  async #run(): Promise<void> {
    this.#isDue = false;
    this.#earliest = performance.now() + INTERVAL;
    const isMoving = await this.#paint();
    this.#timer = undefined;
    if (isMoving || this.#isDue) this.refresh();
  }
}
