/** The bits of an inotify mask and their names, in both directions. */

/**
 * The constants of inotify(7), without their `IN_` prefix.
 *
 * Those of the first group are asked for with {@linkcode Inotify.addWatch} and
 * reported in {@linkcode InotifyEvent.mask}; the others say for themselves.
 *
 * @see inotify(7), "inotify events", "Further notes on addWatch()"
 *
 * @example
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
  /** A file that had been opened for writing was closed. */
  CLOSE_WRITE: 0x0000_0008,
  /** A file or directory that had not been opened for writing was closed. */
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
  /** What is watched was itself deleted; `IGNORED` follows. */
  DELETE_SELF: 0x0000_0400,
  /** What is watched was itself moved. */
  MOVE_SELF: 0x0000_0800,

  /** Both kinds of close: `CLOSE_WRITE | CLOSE_NOWRITE`. */
  CLOSE: 0x0000_0018,
  /** Both halves of a move: `MOVED_FROM | MOVED_TO`. */
  MOVE: 0x0000_00c0,
  /** Every event that can be asked for. */
  ALL_EVENTS: 0x0000_0fff,

  /** Reported: the file system of what is watched was unmounted. */
  UNMOUNT: 0x0000_2000,
  /** Reported with `wd` -1: the queue was full and events were dropped. */
  Q_OVERFLOW: 0x0000_4000,
  /** Reported: the watch is gone, by `rmWatch()`, deletion or unmount. */
  IGNORED: 0x0000_8000,

  /** Asked for: watch the path only if it is a directory. */
  ONLYDIR: 0x0100_0000,
  /** Asked for: watch a symbolic link itself, not what it points to. */
  DONT_FOLLOW: 0x0200_0000,
  /** Asked for: report nothing more of an entry once it is unlinked. */
  EXCL_UNLINK: 0x0400_0000,
  /** Asked for: fail with `AlreadyExists` if the inode is watched already. */
  MASK_CREATE: 0x1000_0000,
  /** Asked for: add these bits to the watch's mask, do not replace it. */
  MASK_ADD: 0x2000_0000,
  /** Reported together with another bit: its subject is a directory. */
  ISDIR: 0x4000_0000,
  /** Asked for: remove the watch after its first event. */
  ONESHOT: 0x8000_0000,
} as const;

const PREFIX = "IN_";

/** Single bits stand there from the lowest to the highest. */
const CONSTANTS = Object.entries(IN);

/** Of a watched directory: what changes the names in it. */
export const NAMES = IN.CREATE | IN.DELETE | IN.MOVE;

/** What the tree of a watched directory is kept by. */
export const STRUCTURE = NAMES | IN.ATTRIB | IN.DELETE_SELF | IN.MOVE_SELF |
  IN.EXCL_UNLINK | IN.MASK_ADD;

/** Of what is watched itself: it has gone, or the watch has. */
export const SELF = IN.DELETE_SELF | IN.MOVE_SELF | IN.UNMOUNT | IN.IGNORED;

/**
 * The names of the bits that are set in `mask`, lowest bit first.
 *
 * Bits that inotify(7) does not name stand last, as one hexadecimal number, so
 * that nothing of the mask is lost.
 *
 * @example
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
 * The mask that `names` stand for: the inverse of {@linkcode maskNames}.
 *
 * Besides the single bits it takes the groups `IN_CLOSE`, `IN_MOVE` and
 * `IN_ALL_EVENTS`.
 *
 * @throws {TypeError} If a name is none of inotify(7); the message lists those
 * that are.
 *
 * @example
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
    `Cannot find the inotify constant '${name}': the known are ${
      CONSTANTS.map(([known]) => PREFIX + known).join(", ")
    }`,
  );
}
