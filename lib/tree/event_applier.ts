/**
 * Applies the events that are not of a rename to the trees, and scans directories
 * again whose events do not agree with the tree.
 */

import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";
import type { CaselessDirectories } from "./caseless_directories.ts";
import type { TreeContext } from "./context.ts";
import { CONTENT_TYPES } from "./event_types.ts";
import type { LostMoves } from "./lost_moves.ts";
import type { MountPoints } from "./mount_points.ts";
import { Directory, FileParent } from "./node.ts";
import type { RemoteScans } from "./remote_scans.ts";
import { UnknownNames } from "./unknown_names.ts";
import type { WatchTree } from "./watch_tree.ts";

/** The parts of a tree watcher that {@linkcode EventApplier} needs. */
export interface EventApplierParts {
  readonly tree: WatchTree;
  readonly caseless: CaselessDirectories;
  readonly lostMoves: LostMoves;
  readonly mountPoints: MountPoints;
  readonly remote: RemoteScans;
  /** Returns whether the listing of `directory` may lack the entry of an event. */
  readonly isJustScanned: (directory: Directory) => boolean;
}

/** The events after which an ignore file may have other rules. */
const OF_RULES = NAMES | IN.CLOSE_WRITE | IN.ATTRIB;

/** Applies the events that are not of a rename. */
export class EventApplier {
  readonly #context: TreeContext;
  readonly #parts: EventApplierParts;
  readonly #unknown = new UnknownNames();
  readonly #rescan = (directory: Directory) =>
    this.#context.scans.add(directory);

  constructor(context: TreeContext, parts: EventApplierParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Called with every event before it is applied; returns it with the known name. */
  prepare(event: InotifyEvent): InotifyEvent {
    const directory = this.#context.watches.get(event.wd);
    if (directory === undefined || event.name === "") return event;
    if (this.#leaveTooDeep(directory)) return event;
    if (this.#parts.tree.hasIgnoreFiles) {
      this.#rescanForRules(directory, event);
    }
    return this.#resolve(directory, event);
  }

  /** Returns the event with the name by which the tree has the entry. */
  #resolve(directory: Directory, event: InotifyEvent): InotifyEvent {
    return this.#parts.caseless.resolve(directory, event, this.#rescan);
  }

  /**
   * Stops watching `directory` and its aliases where their paths got too long.
   * Returns `true` if `directory` itself has no watch anymore.
   */
  #leaveTooDeep(directory: Directory): boolean {
    const { tree } = this.#parts;
    let next = directory.nextAlias;
    const hasLeft = tree.leaveTooDeep(directory);
    for (let at = next; at; at = next) {
      next = at.nextAlias;
      tree.leaveTooDeep(at);
    }
    return hasLeft;
  }

  /**
   * Scans `directory` again, because `event` is about an entry that it does not
   * have. The name may be spelled differently on disk.
   */
  rescanFor(directory: Directory, event: InotifyEvent): void {
    if (directory instanceof FileParent) return;
    // Events from before the first scan may be about entries that it did not find.
    if (this.#parts.isJustScanned(directory)) return;
    const isDirectory = isDirectoryEvent(event);
    if (this.#parts.tree.excludes(directory, event.name, isDirectory)) return;
    this.#parts.caseless.suspect(directory);
    this.#context.scans.add(directory);
    if ((event.mask & NAMES) === 0) this.#unknown.add(directory, event);
  }

  /** Applies the events of unknown names, now that `directory` was scanned again. */
  applyUnknown(directory: Directory): void {
    for (const event of this.#unknown.take(directory)) {
      const { mask, name } = this.#resolve(directory, event);
      const isDirectory = isDirectoryEvent(event);
      const known = directory.entries.get(name);
      if (known === undefined || isDirectory !== (known !== false)) continue;
      this.#emitContent(mask, directory, name, isDirectory);
    }
  }

  /** Scans the aliases of `directory` again whose rules `event` may change. */
  #rescanForRules(directory: Directory, { mask, name }: InotifyEvent): void {
    if ((mask & OF_RULES) === 0) return;
    let at: Directory | undefined = directory;
    for (; at; at = at.nextAlias) {
      if (at.root.scope.ignoreFiles?.dependsOn(name)) this.#rescan(at);
    }
  }

  /** Applies an event that is not of a rename. */
  apply(event: InotifyEvent): void {
    const { watches } = this.#context;
    this.#parts.lostMoves.reportFor(event);
    // One may be that of a link, whose tree ends by what is done with another one.
    const first = watches.get(event.wd);
    const aliases = first?.nextAlias ? watches.aliases(event.wd) : [];
    if (first && aliases.length === 0) this.#applyTo(first, event);
    for (const at of aliases) if (!at.isRemoved) this.#applyTo(at, event);
    if (event.mask & IN.IGNORED) this.#forget(event.wd);
  }

  #applyTo(directory: Directory, event: InotifyEvent): void {
    if (event.name === "") this.#applyToSelf(directory, event);
    else this.#applyToEntry(directory, event);
  }

  /** Called when the kernel has removed a watch. */
  #forget(wd: number): void {
    const { scans, watches } = this.#context;
    for (let at = watches.get(wd); at; at = at.nextAlias) {
      // A scan on another thread may have found the watch before it was removed.
      if (this.#parts.remote.wasRemote(at)) scans.add(at);
      // The path of a root may lead to another directory by now, if mounts changed.
      else if (at === at.root) scans.add(at, 0);
    }
    watches.forget(wd);
  }

  #applyToEntry(directory: Directory, event: InotifyEvent): void {
    const { mask, name } = event;
    const isDirectory = isDirectoryEvent(event);
    const known = directory.entries.get(name);
    if (mask & IN.CREATE) {
      const isNew = known === undefined &&
        !this.#parts.tree.excludes(directory, name, isDirectory);
      if (isNew) this.#parts.tree.create(directory, name, isDirectory);
    } else if (known === undefined || isDirectory !== (known !== false)) {
      this.rescanFor(directory, event);
    } else if (mask & IN.DELETE) {
      this.#parts.tree.delete(directory, name);
    } else {
      this.#emitContent(mask, directory, name, isDirectory);
      if (mask & IN.ATTRIB && known instanceof Directory) {
        this.#parts.tree.retryWithin(known);
      }
    }
  }

  /** Applies an event of a directory itself. Its parent reports most of them. */
  #applyToSelf(directory: Directory, { mask }: InotifyEvent): void {
    if (directory instanceof FileParent) return;
    if (mask & IN.UNMOUNT) {
      this.#parts.mountPoints.addUnmounted(directory);
    } else if (!directory.parent && (mask & SELF) === 0) {
      // The entry at the path of a followed link is the link.
      const isLink = directory.root.linkedIn !== undefined;
      this.#emitContent(mask, directory, "", !isLink);
      if (mask & IN.ATTRIB) this.#parts.tree.retryWithin(directory);
    }
  }

  #emitContent(
    mask: number,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    const { events } = this.#parts.tree;
    const only = CONTENT_TYPES.get(mask & ~IN.ISDIR);
    if (only) return events.emit(only, directory, name, isDirectory);
    // An event may have several of these bits: truncating a setuid file modifies
    // the file and changes its mode.
    for (const [bit, type] of CONTENT_TYPES) {
      if (mask & bit) events.emit(type, directory, name, isDirectory);
    }
  }
}
