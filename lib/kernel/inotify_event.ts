/** `struct inotify_event` in bytes, and {@linkcode InotifyEvent} in TypeScript. */

import { IN } from "./mask.ts";
import { decodeName } from "./byte_path.ts";

/**
 * One event as the kernel reports it.
 *
 * @see inotify(7), "Reading events from an inotify file descriptor"
 *
 * @example
 * ```ts
 * import { IN, type InotifyEvent } from "@x/inotify";
 *
 * function isNewDirectory({ mask }: InotifyEvent): boolean {
 *   return (mask & IN.CREATE) !== 0 && (mask & IN.ISDIR) !== 0;
 * }
 * ```
 */
export interface InotifyEvent {
  /** The watch that it belongs to; -1 for `IN.Q_OVERFLOW`. */
  readonly wd: number;
  /** What happened: bits of {@linkcode IN}. Bits it does not name are kept. */
  readonly mask: number;
  /** Joins the two halves of a move; 0 for every other event. */
  readonly cookie: number;
  /**
   * The entry of the watched directory that the event is about; `""` where it
   * is about what is watched itself. Bytes that are not UTF-8 stand as lone
   * surrogates U+DC80..U+DCFF, which every function of this module that takes a
   * path maps back.
   */
  readonly name: string;
}

/** Whether it is about a directory, if it is about an entry of one. */
export function isDirectoryEvent({ mask }: InotifyEvent): boolean {
  return (mask & IN.ISDIR) !== 0;
}

// wd, mask, cookie and the length of the padded name: 32 bits each, in the byte
// order of the machine, which is little-endian wherever Deno runs.
const HEADER = 16;
const WORD = 4;

/**
 * The events that `bytes`, as read from an inotify descriptor, hold.
 *
 * @throws {RangeError} If `bytes` end in the middle of an event, which a read
 * from the kernel never does.
 */
export function decodeEvents(bytes: Uint8Array): InotifyEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: InotifyEvent[] = [];
  let name = "";
  /** Where the event begins that had it first. */
  let named: number | undefined;
  for (let start = 0; start < bytes.length;) {
    const end = endOf(view, start);
    // Of a new file there are several events in a row.
    if (named === undefined || !haveSameName(view, named, start)) {
      name = decodeName(bytes, start + HEADER, end);
      named = start;
    }
    events.push({
      wd: view.getInt32(start, true),
      mask: view.getUint32(start + 4, true),
      cookie: view.getUint32(start + 8, true),
      name,
    });
    start = end;
  }
  return events;
}

/** Whether the events that begin at `one` and at `other` are of one name. */
function haveSameName(view: DataView, one: number, other: number): boolean {
  const length = view.getUint32(one + 12, true);
  if (length !== view.getUint32(other + 12, true)) return false;
  // The kernel fills names up with NULs, to so many bytes. At the end they differ
  // most.
  if (length % WORD !== 0) return false;
  for (let i = HEADER + length - WORD; i >= HEADER; i -= WORD) {
    if (view.getInt32(one + i) !== view.getInt32(other + i)) return false;
  }
  return true;
}

/** Where the event that begins at `start` ends. */
function endOf(view: DataView, start: number): number {
  const left = view.byteLength - start;
  const size = left < HEADER
    ? HEADER
    : HEADER + view.getUint32(start + 12, true);
  if (size <= left) return start + size;
  throw new RangeError(
    `Cannot decode the event at byte ${start}: ` +
      `it takes ${size} bytes, ${left} are left`,
  );
}
