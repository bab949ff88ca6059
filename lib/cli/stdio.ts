/** The standard streams of the command, and its notes. */

import { readLink } from "../kernel/procfs.ts";
import { isRegularFile } from "../kernel/stat.ts";
import { Libc } from "../kernel/libc.ts";
import { encodeText } from "../kernel/byte_path.ts";
import { Poller } from "../kernel/epoll.ts";
import type { Priority } from "./syslog.ts";
import { escape } from "./print/escape.ts";

const STDOUT = 1;

const encoder = new TextEncoder();

/** The members of the standard streams that the command uses. */
export interface StandardStreams extends Pick<typeof Deno, "consoleSize"> {
  readonly stdin: Pick<typeof Deno.stdin, "isTerminal" | "readable" | "setRaw">;
  readonly stdout: Pick<
    typeof Deno.stdout,
    "isTerminal" | "write" | "writeSync"
  >;
  readonly stderr: Pick<typeof Deno.stderr, "isTerminal" | "writeSync">;
}

/** The streams of the running command. */
export let streams: StandardStreams = Deno;

/** Replaces the streams of the command. */
export function useStreams(others: StandardStreams): void {
  streams = others;
}

/** Writes `text` to standard output; names get the bytes that they have on disk. */
export function print(text: string): Promise<void> {
  // A slow reader may block the write, but signals must still be handled.
  return printAll(text, (bytes) => streams.stdout.write(bytes));
}

/** Writes `text` to standard output that is a file, which does not block. */
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

/** Returns whether standard output is a file. */
export function isToFile(libc: Libc): boolean {
  return ownsProcess() && isRegularFile(STDOUT, libc);
}

/** Writes a note of a priority. */
type Log = (text: string, priority: Priority) => void;

let log: Log = (text) => writeToStderr(`inotify: ${escape(text)}\n`);

/** Makes notes go to `to` instead of standard error. */
export function noteTo(to: Log): void {
  log = to;
}

/**
 * Writes a note as one line to standard error. If it cannot be written, the
 * command continues.
 */
export function note(text: string, priority: Priority = "notice"): void {
  try {
    log(text, priority);
  } catch {
    // There is no other place for the note.
  }
}

/** Writes `text` over the last line of the terminal at standard error. */
export function noteBriefly(text: string): void {
  try {
    writeToStderr(`\r\x1b[K${text && `inotify: ${text}`}`);
  } catch {
    // There is no other place for the note.
  }
}

function writeToStderr(text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) {
    bytes = bytes.subarray(streams.stderr.writeSync(bytes));
  }
}

/**
 * Calls `gone` when standard output is a pipe or a socket and nobody reads it any
 * more.
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

/** Calls `closed` when there is nothing more to read from standard input. */
export function onInputClosed(closed: () => void): AsyncDisposable {
  const listening = new AsyncDisposableStack();
  const reader = streams.stdin.readable.getReader();
  listening.defer(() => void reader.cancel().catch(() => {}));
  const readAll = async () => {
    while (!(await reader.read()).done);
    if (!listening.disposed) closed();
  };
  readAll().catch(() => {});
  return listening;
}

/** Returns `false` for a named pipe, because another reader may open it later. */
function isStream(): boolean {
  if (!ownsProcess()) return false;
  using libc = Libc.acquire();
  try {
    return /^(pipe|socket):/.test(readLink(`/proc/self/fd/${STDOUT}`, libc));
  } catch {
    // Without /proc, the next write fails instead.
    return false;
  }
}

/** Returns whether the process is the command's, with its standard streams. */
export function ownsProcess(): boolean {
  return streams === Deno;
}
