/** `struct inotify_event` in bytes, and {@linkcode InotifyEvent} in TypeScript. */

import { IN } from "./mask.ts";
import { decodeName } from "./path.ts";

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
export function isOfDirectory({ mask }: InotifyEvent): boolean {
  return (mask & IN.ISDIR) !== 0;
}

// wd, mask, cookie and the length of the padded name: 32 bits each, in the byte
// order of the machine, which is little-endian wherever Deno runs.
const HEADER = 16;

/**
 * The events that `bytes`, as read from an inotify descriptor, hold.
 *
 * @throws {RangeError} If `bytes` end in the middle of an event, which a read
 * from the kernel never does.
 */
export function decodeEvents(bytes: Uint8Array): InotifyEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: InotifyEvent[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = endOf(view, start);
    events.push({
      wd: view.getInt32(start, true),
      mask: view.getUint32(start + 4, true),
      cookie: view.getUint32(start + 8, true),
      name: decodeName(bytes, start + HEADER, end),
    });
    start = end;
  }
  return events;
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
