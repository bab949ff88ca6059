/** Decodes `struct inotify_event` into {@linkcode InotifyEvent}. */

import { IN } from "./mask.ts";
import { decodeName } from "./byte_path.ts";

/**
 * An event as the kernel reports it.
 *
 * @see inotify(7), "Reading events from an inotify file descriptor"
 *
 * @example Testing the bits of an event
 * ```ts
 * import { IN, type InotifyEvent } from "@x/inotify";
 *
 * function isNewDirectory({ mask }: InotifyEvent): boolean {
 *   return (mask & IN.CREATE) !== 0 && (mask & IN.ISDIR) !== 0;
 * }
 * ```
 */
export interface InotifyEvent {
  /** The watch descriptor of the event; -1 for `IN.Q_OVERFLOW`. */
  readonly wd: number;
  /** What happened: bits of {@linkcode IN}, and any bits without a name there. */
  readonly mask: number;
  /** The number that both halves of a move have; 0 for every other event. */
  readonly cookie: number;
  /**
   * The name of the entry in the watched directory. `""` if the event is about
   * the watched path itself. A byte that is not UTF-8 is a lone surrogate
   * U+DC80..U+DCFF. Every function of this module that accepts a path converts
   * these back to bytes.
   */
  readonly name: string;
}

/** Returns whether the event of an entry is about a directory. */
export function isDirectoryEvent({ mask }: InotifyEvent): boolean {
  return (mask & IN.ISDIR) !== 0;
}

// wd, mask, cookie and the length of the padded name, 32 bits each. Deno runs
// only on little-endian machines.
const HEADER = 16;
const WORD = 4;

/**
 * Decodes the events in `bytes`, which were read from an inotify descriptor: one
 * that the program inherited, or that another library opened.
 *
 * It decodes `struct inotify_event` in the byte order of this machine, as
 * {@linkcode Inotify} does.
 *
 * @param bytes Whole events, as read(2) returns them.
 * @returns The events, in order.
 *
 * @throws {RangeError} If `bytes` end in the middle of an event. The kernel
 * returns only whole events.
 * @throws {TypeError} If `bytes` is not a `Uint8Array`.
 *
 * @see inotify(7), "Reading events from an inotify file descriptor"
 *
 * @example Decoding bytes
 * ```ts
 * import { IN, parseEvents } from "@x/inotify";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array(32);
 * new Uint32Array(bytes.buffer).set([1, IN.CREATE, 0, 16]);
 * new TextEncoder().encodeInto("new.txt", bytes.subarray(16));
 *
 * assertEquals(parseEvents(bytes), [
 *   { wd: 1, mask: IN.CREATE, cookie: 0, name: "new.txt" },
 * ]);
 * ```
 */
export function parseEvents(bytes: Uint8Array): InotifyEvent[] {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot parse ${typeof bytes} as events: expected a Uint8Array`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return decodeEvents(bytes, view, bytes.length);
}

/**
 * Decodes the events in the first `length` bytes. `view` is of the same bytes; a
 * caller that has it already saves the time to make it. Leaves out the events that
 * have no bit but those of `ignored`.
 *
 * @throws {RangeError} As {@linkcode parseEvents} does.
 */
export function decodeEvents(
  bytes: Uint8Array,
  view: DataView,
  length: number,
  ignored = 0,
): InotifyEvent[] {
  const events: InotifyEvent[] = [];
  let name = "";
  /** The start of the first event with this name. */
  let named: number | undefined;
  for (let start = 0; start < length;) {
    const end = endOf(view, start, length);
    const mask = view.getUint32(start + 4, true);
    if (ignored !== 0 && (mask & ~ignored) === 0) {
      start = end;
      continue;
    }
    // A new file has several events in a row: its name is decoded once.
    if (named === undefined || !haveSameName(view, named, start)) {
      name = decodeName(bytes, start + HEADER, end);
      named = start;
    }
    events.push({
      wd: view.getInt32(start, true),
      mask,
      cookie: view.getUint32(start + 8, true),
      name,
    });
    start = end;
  }
  return events;
}

/** Returns whether the events that begin at `one` and `other` have one name. */
function haveSameName(view: DataView, one: number, other: number): boolean {
  const length = view.getUint32(one + 12, true);
  if (length !== view.getUint32(other + 12, true)) return false;
  // The kernel pads names with NULs to a multiple of a word. Names differ most
  // often at the end.
  if (length % WORD !== 0) return false;
  for (let i = HEADER + length - WORD; i >= HEADER; i -= WORD) {
    if (view.getInt32(one + i) !== view.getInt32(other + i)) return false;
  }
  return true;
}

/** Returns the end of the event that begins at `start`. */
function endOf(view: DataView, start: number, length: number): number {
  const left = length - start;
  const size = left < HEADER
    ? HEADER
    : HEADER + view.getUint32(start + 12, true);
  if (size <= left) return start + size;
  throw new RangeError(
    `Cannot decode the event at byte ${start}: ` +
      `it takes ${size} bytes, ${left} are left`,
  );
}
