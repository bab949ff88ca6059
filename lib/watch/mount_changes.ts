/** The changes of mounts since the last look at them. */

import type { Libc } from "../kernel/libc.ts";
import {
  MountMonitor,
  type MountSubscription,
} from "../kernel/mount_monitor.ts";
import { MountTable } from "../kernel/mount_table.ts";

/** The changes of mounts. */
export interface MountChange {
  readonly before: MountTable;
  readonly now: MountTable;
  /** Where something was mounted or unmounted, without symbolic links. */
  readonly paths: ReadonlySet<string>;
}

/** Reads the mounts again only when they have changed. */
export class MountChanges {
  readonly #libc: Libc;
  readonly #subscription: MountSubscription | undefined;
  #table: MountTable;
  #hasChanged = false;
  #paths: Iterable<string> | undefined;

  /** Calls `wake` when there is something to {@linkcode MountChanges.take}. */
  constructor(libc: Libc, wake: () => void) {
    this.#libc = libc;
    this.#subscription = MountMonitor.listen(() => {
      this.#hasChanged = true;
      wake();
    }, libc);
    try {
      this.#table = new MountTable(libc);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether there is anything to take. */
  get isPending(): boolean {
    return this.#hasChanged || this.#paths !== undefined;
  }

  /** The mounts at the time of the last {@linkcode take}. */
  get table(): MountTable {
    return this.#table;
  }

  /** Returns the mounts as they are now. */
  read(): MountTable {
    // If the process has no descriptor left, the file cannot be opened again.
    return new MountTable(this.#libc, this.#subscription?.fd);
  }

  /** Notices all changes until now. */
  look(): void {
    this.#subscription?.look();
  }

  /** Returns what has changed since the last call. */
  take(): MountChange | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    const before = this.#table;
    const now = this.#table = this.read();
    const paths = this.#paths = before.changedPaths(now);
    return { before, now, paths };
  }

  /**
   * Returns the paths of the last change. The table names directories as they are
   * called then: events of renames before that have to be applied first.
   */
  takePaths(): Iterable<string> {
    const paths = this.#paths ?? [];
    this.#paths = undefined;
    return paths;
  }

  /** Resolves when everything is released. */
  async close(): Promise<void> {
    await this.#subscription?.end();
  }
}
