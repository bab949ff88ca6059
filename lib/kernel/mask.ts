/** Converts between the bits of an inotify mask and their names. */

/**
 * The constants of inotify(7), without their `IN_` prefix.
 *
 * Pass the constants from `ACCESS` to `MOVE_SELF` to
 * {@linkcode Inotify.addWatch}; events report them in
 * {@linkcode InotifyEvent.mask}. Each other constant says whether it is passed or
 * reported.
 *
 * @see inotify(7), "inotify events", "Further notes on addWatch()"
 *
 * @example Combining and testing bits
 * ```ts
 * import { IN } from "@x/inotify";
 *
 * const changes = IN.CREATE | IN.DELETE | IN.MOVE;
 * const isDirectory = (mask: number) => (mask & IN.ISDIR) !== 0;
 * ```
 */
export const IN = {
  /** The file was read or executed. */
  ACCESS: 0x0000_0001,
  /** The file was written or truncated. */
  MODIFY: 0x0000_0002,
  /** Permissions, owner, times, link count or extended attributes changed. */
  ATTRIB: 0x0000_0004,
  /** A file that was open for writing was closed. */
  CLOSE_WRITE: 0x0000_0008,
  /** A file or directory that was not open for writing was closed. */
  CLOSE_NOWRITE: 0x0000_0010,
  /** A file or directory was opened. */
  OPEN: 0x0000_0020,
  /** An entry of the watched directory was moved away. */
  MOVED_FROM: 0x0000_0040,
  /** An entry was moved into the watched directory. */
  MOVED_TO: 0x0000_0080,
  /** An entry was created in the watched directory. */
  CREATE: 0x0000_0100,
  /** An entry of the watched directory was deleted. */
  DELETE: 0x0000_0200,
  /** The watched file or directory itself was deleted; `IGNORED` follows. */
  DELETE_SELF: 0x0000_0400,
  /** The watched file or directory itself was moved. */
  MOVE_SELF: 0x0000_0800,

  /** Passed: both kinds of close, `CLOSE_WRITE | CLOSE_NOWRITE`. */
  CLOSE: 0x0000_0018,
  /** Passed: both halves of a move, `MOVED_FROM | MOVED_TO`. */
  MOVE: 0x0000_00c0,
  /** Passed: every event from `ACCESS` to `MOVE_SELF`. */
  ALL_EVENTS: 0x0000_0fff,

  /** Reported: the file system of the watched path was unmounted. */
  UNMOUNT: 0x0000_2000,
  /** Reported with `wd` -1: the queue was full and events were dropped. */
  Q_OVERFLOW: 0x0000_4000,
  /** Reported: the watch was removed by `rmWatch()`, deletion or unmount. */
  IGNORED: 0x0000_8000,

  /** Passed: watch the path only if it is a directory. */
  ONLYDIR: 0x0100_0000,
  /** Passed: watch a symbolic link itself, not its target. */
  DONT_FOLLOW: 0x0200_0000,
  /** Passed: report no events of an entry after it was unlinked. */
  EXCL_UNLINK: 0x0400_0000,
  /** Passed: fail with `AlreadyExists` if the inode is watched already. */
  MASK_CREATE: 0x1000_0000,
  /** Passed: add these bits to the mask of the watch instead of replacing it. */
  MASK_ADD: 0x2000_0000,
  /** Reported together with another bit: the event is about a directory. */
  ISDIR: 0x4000_0000,
  /** Passed: remove the watch after its first event. */
  ONESHOT: 0x8000_0000,
} as const;

const PREFIX = "IN_";

/** The single bits are in order, from the lowest to the highest. */
const CONSTANTS = Object.entries(IN);

/** The events that change the names in a watched directory. */
export const NAMES = IN.CREATE | IN.DELETE | IN.MOVE;

/** The mask of every directory in a watched tree: the events that change it. */
export const STRUCTURE = NAMES | IN.ATTRIB | IN.DELETE_SELF | IN.MOVE_SELF |
  IN.EXCL_UNLINK | IN.MASK_ADD;

/** The events that change nothing. A walk causes many of them. */
export const READING = IN.OPEN | IN.ACCESS | IN.CLOSE_NOWRITE;

/** The events of a watched inode itself that may change what is at its path. */
export const SELF = IN.DELETE_SELF | IN.MOVE_SELF | IN.UNMOUNT | IN.IGNORED;

/**
 * Returns the names of the bits that are set in `mask`, lowest bit first.
 *
 * Bits without a name in inotify(7) come last, as one hexadecimal number, so that
 * no bit is lost.
 *
 * @param mask The bits, such as {@linkcode InotifyEvent.mask}.
 * @returns The names, with their `IN_` prefix.
 *
 * @example Printing a mask
 * ```ts
 * import { maskNames } from "@x/inotify";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(maskNames(0x4000_0100), ["IN_CREATE", "IN_ISDIR"]);
 * assertEquals(maskNames(0x0001_0002), ["IN_MODIFY", "0x10000"]);
 * ```
 */
export function maskNames(mask: number): string[] {
  const names: string[] = [];
  let rest = mask >>> 0;
  for (const [name, bits] of CONSTANTS) {
    const isGroup = (bits & (bits - 1)) !== 0;
    if (isGroup || (mask & bits) === 0) continue;
    names.push(PREFIX + name);
    rest -= bits;
  }
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names;
}

/**
 * Returns the mask that has the bits of `names`: the inverse of
 * {@linkcode maskNames}.
 *
 * It accepts single bits, hexadecimal numbers, and the groups `IN_CLOSE`,
 * `IN_MOVE` and `IN_ALL_EVENTS`.
 *
 * @param names The names, with their `IN_` prefix.
 * @returns The mask.
 *
 * @throws {TypeError} If a name is not a constant of inotify(7); the message
 * lists the constants.
 *
 * @example Reading a mask from its names
 * ```ts
 * import { IN, parseMask } from "@x/inotify";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseMask(["IN_CREATE", "IN_CLOSE"]), IN.CREATE | IN.CLOSE);
 * ```
 */
export function parseMask(names: Iterable<string>): number {
  let mask = 0;
  for (const name of names) mask |= parseMaskName(name);
  return mask >>> 0;
}

function parseMaskName(name: string): number {
  const found = CONSTANTS.find(([known]) => PREFIX + known === name);
  if (found) return found[1];
  if (/^0x[0-9a-f]{1,8}$/i.test(name)) return Number(name);
  throw new TypeError(
    `Cannot find the inotify constant '${name}': expected one of ${
      CONSTANTS.map(([known]) => PREFIX + known).join(", ")
    }`,
  );
}
