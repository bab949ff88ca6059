/** Notices mounts and unmounts: proc_pid_mountinfo(5). */

import { toCString } from "./byte_path.ts";
import { Poller } from "./epoll.ts";
import { NOT_FOUND_CODES, type SystemError } from "./errno.ts";
import { Libc } from "./libc.ts";
import { explainLimit } from "./limit_error.ts";
import { MOUNT_INFO } from "./mount_table.ts";
import { Poll, POLLPRI } from "./poll.ts";

const O_CLOEXEC = 0o2000000;

/**
 * Reports that mounts have changed, to all watchers of this JavaScript thread. It
 * reads nothing.
 *
 * The kernel reports a change once for each open file, to the first poll of that file.
 * So the poller, which waits on another thread, has a file of its own.
 */
export class MountMonitor {
  static #shared: MountMonitor | undefined;

  readonly #poller: Poller;
  readonly #resources: DisposableStack;
  /** Polled by the poller, and by {@linkcode MountMonitor.look}. */
  readonly #awaited: number;
  readonly #looked: number;
  readonly #listeners = new Set<() => void>();
  // Loaded on first use.
  #poll: Poll | undefined;

  private constructor() {
    using resources = new DisposableStack();
    const libc = resources.use(Libc.acquire());
    const { close } = libc.symbols;
    const open = () => resources.adopt(openFile(libc), close);
    this.#looked = open();
    const awaited = this.#awaited = open();
    // At the end of the program, watchers do not close anything.
    this.#poller = Poller.acquire(awaited, () => void this.#close());
    this.#poller.onPriority(awaited, () => this.#report());
    this.#resources = resources.move();
  }

  /**
   * Calls `listener` for every change from now on; `undefined` without /proc.
   *
   * @throws {SystemError} If no descriptor is left.
   */
  static listen(
    listener: () => void,
    libc: Libc,
  ): MountSubscription | undefined {
    try {
      MountMonitor.#shared ??= new MountMonitor();
    } catch (error) {
      const { code } = error as SystemError;
      if (NOT_FOUND_CODES.has(code) || code === "EACCES") return undefined;
      throw explainLimit(error as SystemError, libc);
    }
    const monitor = MountMonitor.#shared;
    monitor.#listeners.add(listener);
    return {
      fd: monitor.#looked,
      look: () => monitor.#look(),
      end: () => monitor.#end(listener),
    };
  }

  /** Calls the listeners if mounts have changed since the last call. */
  #look(): void {
    this.#poll ??= new Poll();
    if (this.#poll.isReady(this.#looked, POLLPRI)) this.#report();
  }

  #report(): void {
    for (const listener of this.#listeners) listener();
  }

  async #end(listener: () => void): Promise<void> {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) await this.#close();
  }

  #close(): Promise<void> {
    if (MountMonitor.#shared === this) MountMonitor.#shared = undefined;
    const released = this.#poller.release(this.#awaited);
    this.#resources.dispose();
    this.#poll?.[Symbol.dispose]();
    return released;
  }
}

/** The use of the monitor by a listener. */
export interface MountSubscription {
  /** An open descriptor of {@linkcode MOUNT_INFO}. */
  readonly fd: number;
  /** Calls the listener now, if mounts have changed. */
  look(): void;
  /** Ends the calls; resolves when everything is released. */
  end(): Promise<void>;
}

function openFile(libc: Libc): number {
  const location = libc.addressOf(toCString(MOUNT_INFO));
  const { open } = libc.symbols;
  return libc.check(() => open(location, O_CLOEXEC), "open", MOUNT_INFO);
}
