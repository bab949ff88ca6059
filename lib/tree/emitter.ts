/** Emits the events of changes in the trees, except for muted directories. */

import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import type { TreeContext } from "./context.ts";
import { isInTree } from "./followed_links.ts";
import { type Directory, FileParent, type RootDirectory } from "./node.ts";
import type { EntryEventType, WatchEvent } from "./watch_event.ts";

/** Emits the events of entries. */
export class Emitter {
  readonly #context: TreeContext;
  readonly #roots: ReadonlySet<RootDirectory>;
  /** The roots whose events are not emitted yet. */
  readonly #muted = new Set<RootDirectory>();

  constructor(context: TreeContext, roots: ReadonlySet<RootDirectory>) {
    this.#context = context;
    this.#roots = roots;
  }

  /** Emits no event of the tree of `root`, until {@linkcode unmute}. */
  mute(root: RootDirectory): void {
    this.#muted.add(root);
  }

  unmute(root: RootDirectory): void {
    this.#muted.delete(root);
  }

  /** Emits an event that the kernel reported. */
  emit(
    type: EntryEventType,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    if (this.isMuted(directory)) return;
    const path = directory.pathOf(name);
    this.#context.emit({ type, path, isDirectory });
  }

  /** Emits an event for a change that the watcher found by itself. */
  emitSynthetic(
    type: EntryEventType,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    if (this.isMuted(directory)) return;
    const path = directory.pathOf(name);
    this.#context.emit({ type, path, isDirectory, synthetic: true });
  }

  /** Emits one half of a rename: the other half is not in a watched tree. */
  emitHalf(
    type: "moved_from" | "moved_to",
    directory: Directory,
    event: InotifyEvent,
  ): void {
    if (this.isMuted(directory)) return;
    const path = directory.pathOf(event.name);
    const isDirectory = isDirectoryEvent(event);
    this.#context.emit({ type, path, isDirectory }, event.cookie);
  }

  /** Emits a move into `target`. `cookie` is 0 if the watcher found the move. */
  emitMove(
    target: Directory,
    move: Omit<Extract<WatchEvent, { type: "move" }>, "type">,
    cookie = 0,
  ): void {
    if (!this.isMuted(target)) {
      this.#context.emit({ type: "move", ...move }, cookie);
    }
  }

  /** Emits a synthetic `create` for everything below `directory`. */
  emitContentsCreated(directory: Directory): void {
    this.#emitContents("create", directory.subtree().reverse());
  }

  /** Emits a synthetic `delete` for everything below `directory`. */
  emitContentsDeleted(directory: Directory): void {
    this.#emitContents("delete", directory.subtree());
  }

  #emitContents(type: EntryEventType, directories: Directory[]): void {
    for (const directory of directories) {
      for (const [name, entry] of directory.entries) {
        this.emitSynthetic(type, directory, name, entry !== false);
      }
    }
  }

  /** Whether no event of any root or given file is emitted. */
  get isSilent(): boolean {
    return this.#muted.size === this.#roots.size &&
      !this.#context.watches.hasFiles;
  }

  /**
   * Returns whether no event of `directory` is emitted: its root is muted, its path
   * is too long, or another tree reports the same path.
   */
  isMuted(directory: Directory): boolean {
    if (directory instanceof FileParent) return this.#isReported(directory);
    if (directory.tooDeep) return true;
    // Finding the root means walking all the way up, for every event.
    if (this.#muted.size === 0 && this.#roots.size < 2) return false;
    const { root } = directory;
    if (this.#muted.has(root)) return true;
    if (root.linkedIn && this.isMuted(root.linkedIn)) return true;
    let alias = this.#context.watches.get(root.wd);
    for (; alias; alias = alias.nextAlias) {
      // A directory that is looked up elsewhere no longer reports this path.
      const isAbove = alias.parent !== undefined && alias.path === root.path;
      if (isAbove && isInTree(alias)) return true;
    }
    return false;
  }

  /** Returns whether a tree reports the file by the same path. */
  #isReported(parent: FileParent): boolean {
    const { only } = parent;
    let at = this.#context.watches.get(parent.wd);
    for (; at; at = at.nextAlias) {
      const isSame = !(at instanceof FileParent) &&
        at.pathOf(only) === parent.pathOf(only);
      if (isSame && !at.excludes(only, false)) return !this.isMuted(at);
    }
    return false;
  }
}
