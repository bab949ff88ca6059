/** The streams that the command writes to. */

import { readLink } from "../kernel/procfs.ts";
import { isRegularFile } from "../kernel/stat.ts";
import { Libc } from "../kernel/libc.ts";
import { encodeText } from "../kernel/byte_path.ts";
import { Poller } from "../kernel/epoll.ts";
import type { Priority } from "./syslog.ts";
import { escape } from "./print/escape.ts";

const STDOUT = 1;

const encoder = new TextEncoder();

/** The standard streams, as far as the command uses them. */
export interface StandardStreams extends Pick<typeof Deno, "consoleSize"> {
  readonly stdin: Pick<typeof Deno.stdin, "isTerminal" | "readable" | "setRaw">;
  readonly stdout: Pick<
    typeof Deno.stdout,
    "isTerminal" | "write" | "writeSync"
  >;
  readonly stderr: Pick<typeof Deno.stderr, "isTerminal" | "writeSync">;
}

/** The streams of the command that runs. */
export let streams: StandardStreams = Deno;

/** From now on, the command reads from and writes to these streams. */
export function useStreams(others: StandardStreams): void {
  streams = others;
}

/** Writes all of `text` to standard output, names with the bytes they have. */
export function print(text: string): Promise<void> {
  // A reader may make it wait for ever, and signals are to be heard all the same.
  return printAll(text, (bytes) => streams.stdout.write(bytes));
}

/** The same where standard output is a file: that makes nobody wait. */
export function printToFile(text: string): Promise<void> {
  return printAll(text, (bytes) => streams.stdout.writeSync(bytes));
}

async function printAll(
  text: string,
  write: (bytes: Uint8Array) => number | Promise<number>,
): Promise<void> {
  try {
    let bytes: Uint8Array = encodeText(text);
    while (bytes.length > 0) bytes = bytes.subarray(await write(bytes));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw error;
    throw new Error(
      `Cannot write to standard output: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Whether standard output is a file. */
export function isToFile(libc: Libc): boolean {
  return hasDescriptor() && isRegularFile(STDOUT, libc);
}

/** Takes a note that matters so much. */
type Log = (text: string, priority: Priority) => void;

let log: Log = (text) => writeToStderr(`inotify: ${escape(text)}\n`);

/** From now on, notes go to `to` rather than to standard error. */
export function noteTo(to: Log): void {
  log = to;
}

/**
 * Writes `text` to standard error, as one line whatever is in it. If nobody
 * takes it, that is no reason to end.
 */
export function note(text: string, priority: Priority = "notice"): void {
  try {
    log(text, priority);
  } catch {
    // There is nowhere else to say it.
  }
}

/** Writes `text` over the last line of the terminal at standard error. */
export function noteBriefly(text: string): void {
  try {
    writeToStderr(`\r\x1b[K${text && `inotify: ${text}`}`);
  } catch {
    // As with a note.
  }
}

function writeToStderr(text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) {
    bytes = bytes.subarray(streams.stderr.writeSync(bytes));
  }
}

/**
 * Calls `gone` once nobody reads the pipe or socket any more that standard
 * output is, if it is one.
 */
export function onReaderGone(gone: () => void): AsyncDisposable {
  const listening = new AsyncDisposableStack();
  if (!isStream()) return listening;
  const poller = Poller.acquire(STDOUT);
  listening.defer(() => poller.release(STDOUT));
  poller.hangup(STDOUT).then(() => {
    if (!listening.disposed) gone();
  });
  return listening;
}

/** Not for a FIFO with a name: a reader may come back to that. */
function isStream(): boolean {
  if (!hasDescriptor()) return false;
  using libc = Libc.acquire();
  try {
    return /^(pipe|socket):/.test(readLink(`/proc/self/fd/${STDOUT}`, libc));
  } catch {
    // Without a /proc, the next write has to tell.
    return false;
  }
}

/** Whether standard output is the one of the process. */
function hasDescriptor(): boolean {
  return streams === Deno;
}
