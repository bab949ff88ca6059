/**
 * Directories in which one file answers to several names: on FAT, exFAT, NTFS
 * and SMB, or after `chattr +F`. The kernel's events have such a name as its user
 * spelled it, and a listing has it as it is on disk.
 */

import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { IN } from "../kernel/mask.ts";
import type { Directory } from "./node.ts";

/** FAT drops these from the end of a name. */
const DROPPED_END = /[. ]$/;

/** Which directories are caseless, and what they call the subject of an event. */
export class CaselessDirectories {
  /** By directory that was probed; it holds for those below. */
  readonly #isCaseless = new WeakMap<Directory, boolean>();
  /** Those to probe at their next scan. */
  readonly #suspects = new WeakSet<Directory>();
  #hasAny = false;
  /** The last event of something that was moved away. */
  #lastFrom: InotifyEvent | undefined;

  /** Whether `directory` is to be probed at its next scan. */
  isToProbe(directory: Directory): boolean {
    return this.#suspects.has(directory) ||
      directory.parent === undefined && !this.#isCaseless.has(directory);
  }

  /** Has `directory` probed at its next scan. */
  suspect(directory: Directory): void {
    this.#suspects.add(directory);
  }

  /** Takes what probing `directory` gave. */
  setCaseless(directory: Directory, isCaseless: boolean): void {
    this.#suspects.delete(directory);
    this.#isCaseless.set(directory, isCaseless);
    this.#hasAny ||= isCaseless;
  }

  /**
   * The event with the name by which `directory` knows its subject. Calls
   * `rescan` if only a listing has the name.
   */
  resolve(
    directory: Directory,
    event: InotifyEvent,
    rescan: () => void,
  ): InotifyEvent {
    const { mask, name } = event;
    const isMove = (mask & IN.MOVED_TO) !== 0;
    let resolved = event;
    if ((this.#hasAny || isMove) && directory.entries.get(name) === undefined) {
      const isCaseless = this.#find(directory);
      // Before the first name with a letter in it, nothing can be probed.
      if (isCaseless === undefined) {
        this.suspect(directory);
        rescan();
      } else if (isCaseless) {
        const known = this.#knownName(directory, event);
        const isNew = isMove || (mask & IN.CREATE) !== 0;
        // Which of two spellings stays is up to the file system.
        if (isNew && (known !== name || DROPPED_END.test(name))) rescan();
        if (known !== name) resolved = { ...event, name: known };
      }
    }
    if (mask & IN.MOVED_FROM) this.#lastFrom = resolved;
    return resolved;
  }

  #find(directory: Directory): boolean | undefined {
    let at: Directory | undefined = directory;
    while (at && !this.#isCaseless.has(at)) at = at.parent;
    return at && this.#isCaseless.get(at);
  }

  /** The entry that `event` is about, which is spelled in another way there. */
  #knownName(directory: Directory, event: InotifyEvent): string {
    const { mask, name, cookie, wd } = event;
    const folded = fold(name);
    const known = findName(directory, folded);
    if (known === undefined) return name;
    const from = this.#lastFrom;
    // A rename to the same name in other letters.
    const isOwn = (mask & IN.MOVED_TO) !== 0 && from?.cookie === cookie &&
      from.wd === wd && from.name === known;
    return isOwn ? name : known;
  }
}

function findName(directory: Directory, folded: string): string | undefined {
  for (const [name] of directory.entries) {
    if (fold(name) === folded) return name;
  }
}

/** What the spellings of a name have in common. */
function fold(name: string): string {
  return name.normalize().toUpperCase();
}

/** `name` with its letters in the other case; `undefined` if it has none. */
export function swapCase(name: string): string | undefined {
  const [upper, lower] = [name.toUpperCase(), name.toLowerCase()];
  if (upper === lower) return undefined;
  return name === upper ? lower : upper;
}
