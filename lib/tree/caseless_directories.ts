/**
 * Handles directories that ignore case: on FAT, exFAT, NTFS and SMB, or after
 * `chattr +F`. There, an event has a name as a program spelled it, but a listing has
 * the name on disk.
 */

import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { IN } from "../kernel/mask.ts";
import type { Directory } from "./node.ts";

/** The characters that FAT removes from the end of a name. */
const DROPPED_END = /[. ]$/;

// The letters of a name, as bits.
const LOWER = 1;
const UPPER = 2;

/** Knows which directories are caseless, and translates names of events. */
export class CaselessDirectories {
  /** The results by the directory that was probed; they hold for all below it. */
  readonly #isCaseless = new WeakMap<Directory, boolean>();
  /** The letters that their listings have had: some file systems change all. */
  readonly #letters = new WeakMap<Directory, number>();
  /** The directories to probe at their next scan. */
  readonly #suspects = new WeakSet<Directory>();
  #hasAny = false;
  /** The last event of an entry that was moved out. */
  #lastFrom: InotifyEvent | undefined;

  /** Returns whether to probe `directory` at its next scan. */
  isToProbe(directory: Directory): boolean {
    return this.#suspects.has(directory) ||
      directory.parent === undefined && !this.#isCaseless.has(directory);
  }

  /** Probes `directory` at its next scan. */
  suspect(directory: Directory): void {
    this.#suspects.add(directory);
  }

  /** Records the result of probing `directory`. */
  setCaseless(directory: Directory, isCaseless: boolean): void {
    this.#suspects.delete(directory);
    this.#isCaseless.set(directory, isCaseless);
    this.#hasAny ||= isCaseless;
  }

  /** Records which letters `listing` has, if `directory` is caseless. */
  learn(
    directory: Directory,
    listing: Iterable<[name: string, unknown]>,
  ): void {
    const top = this.#hasAny ? this.#topOf(directory) : undefined;
    if (top === undefined || !this.#isCaseless.get(top)) return;
    let letters = this.#letters.get(top) ?? 0;
    for (const [name] of listing) {
      if (letters === (LOWER | UPPER)) break;
      letters |= lettersOf(name);
    }
    this.#letters.set(top, letters);
  }

  /**
   * Returns the event with the name that `directory` has for its entry. Calls
   * `rescan` if only a listing has the name.
   */
  resolve(
    directory: Directory,
    event: InotifyEvent,
    rescan: (directory: Directory) => void,
  ): InotifyEvent {
    const { mask, name } = event;
    const isMove = (mask & IN.MOVED_TO) !== 0;
    let resolved = event;
    if ((this.#hasAny || isMove) && directory.entries.get(name) === undefined) {
      const top = this.#topOf(directory);
      const isCaseless = top && this.#isCaseless.get(top);
      // Without a name that has a letter, the directory cannot be probed.
      if (isCaseless === undefined) {
        this.suspect(directory);
        rescan(directory);
      } else if (isCaseless) {
        const known = this.#knownName(directory, event);
        const isNew = isMove || (mask & IN.CREATE) !== 0;
        // The file system decides which spelling stays.
        const mayChange = known !== name || DROPPED_END.test(name) ||
          (lettersOf(name) & ~(this.#letters.get(top!) ?? 0)) !== 0;
        if (isNew && mayChange) rescan(directory);
        if (known !== name) resolved = { ...event, name: known };
      }
    }
    if (mask & IN.MOVED_FROM) this.#lastFrom = resolved;
    return resolved;
  }

  /** Returns the directory that was probed for `directory`. */
  #topOf(directory: Directory): Directory | undefined {
    let at: Directory | undefined = directory;
    while (at && !this.#isCaseless.has(at)) at = at.parent;
    return at;
  }

  /** Returns the name of the entry of `event`, which is spelled differently. */
  #knownName(directory: Directory, event: InotifyEvent): string {
    const { mask, name, cookie, wd } = event;
    // If another spelling existed, the kernel would have opened that file.
    if (mask & IN.CREATE) return name;
    const known = findName(directory, name);
    if (known === undefined) return name;
    const from = this.#lastFrom;
    // A rename that changes only the case.
    const isOwn = (mask & IN.MOVED_TO) !== 0 && from?.cookie === cookie &&
      from.wd === wd && from.name === known;
    return isOwn ? name : known;
  }
}

/** Returns the other spelling of `name` that `directory` has, if any. */
function findName(directory: Directory, name: string): string | undefined {
  const lower = name.toLowerCase();
  const [folded, normalized] = [fold(name), fold(name.normalize())];
  let [similar, other]: (string | undefined)[] = [];
  for (const [each] of directory.entries) {
    // "I" is also the upper case of the dotless "ı".
    if (each.toLowerCase() === lower) return each;
    if (fold(each) === folded) similar ??= each;
    // Some file systems also ignore the Unicode normalization of a name.
    else if (fold(each.normalize()) === normalized) other ??= each;
  }
  return similar ?? other;
}

/** Returns the same text for all spellings of a name that have the same length. */
function fold(name: string): string {
  const upper = name.toUpperCase();
  if (upper.length === name.length) return upper;
  // No file system treats "ß" and "SS" as the same.
  return [...name].map((letter) => {
    const upper = letter.toUpperCase();
    return upper.length === letter.length ? upper : letter;
  }).join("");
}

function lettersOf(name: string): number {
  return (name !== name.toUpperCase() ? LOWER : 0) |
    (name !== name.toLowerCase() ? UPPER : 0);
}

/** Returns `name` in the other case; `undefined` if it has no letters. */
export function swapCase(name: string): string | undefined {
  const [upper, lower] = [name.toUpperCase(), name.toLowerCase()];
  if (upper === lower) return undefined;
  return name === upper ? lower : upper;
}
