/** What the kernel says of this process, or of another one, in proc(5). */

type ProcessId = number | "self";

/** How many descriptors this process has open. */
export function countDescriptors(): number {
  return countEntries("/proc/self/fd");
}

/** What the descriptors of this process are open on. */
export function descriptorTargets(): string[] {
  return [...Deno.readDirSync("/proc/self/fd")]
    .flatMap(({ name }) => descriptorTarget(Number(name)) ?? []);
}

/** How many threads this process has. */
export function countThreads(): number {
  return countEntries("/proc/self/task");
}

/** What the descriptor `fd` of this process is open on, if it is open. */
export function descriptorTarget(fd: number): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${fd}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function countEntries(directory: string): number {
  return [...Deno.readDirSync(directory)].length;
}

/** Whether a process has a handler for the signal of this number. */
export function catches(process: ProcessId, signal: number): boolean {
  const status = readIfPresent(`/proc/${process}/status`);
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(status)?.[1] ?? "0"}`);
  return (caught >> BigInt(signal - 1) & 1n) === 1n;
}

/** How many watches a process has in the kernel's own count. */
export function countWatches(process: ProcessId = "self"): number {
  return watchedInodes(process).length;
}

/** How many directories are above `path`, each of which a watcher of it watches. */
export function countAbove(path: string): number {
  const directory = path.slice(0, path.lastIndexOf("/"));
  return Deno.realPathSync(directory).split("/").filter(Boolean).length;
}

/** The inode of each watch, in hexadecimal digits. */
export function watchedInodes(process: ProcessId = "self"): string[] {
  return describeDescriptors(process).matchAll(/^inotify wd:\w+ ino:(\w+)/gm)
    .map(([, inode]) => inode!).toArray();
}

/** Whether an epoll instance waits, for once, until there is something to read. */
export function isWaiting(process: ProcessId): boolean {
  const WANTED = 0x4000_0001; // EPOLLONESHOT | EPOLLIN
  return describeDescriptors(process).matchAll(/^tfd: +\d+ +events: +(\w+)/gm)
    .some(([, events]) => (parseInt(events!, 16) & WANTED) === WANTED);
}

/** All that is in the files of proc_pid_fdinfo(5). */
function describeDescriptors(process: ProcessId): string {
  const directory = `/proc/${process}/fdinfo`;
  return [...Deno.readDirSync(directory)]
    .map(({ name }) => readIfPresent(`${directory}/${name}`)).join("");
}

/**
 * Returns the fields of proc_pid_stat(5) after the name: state, parent, group, …
 * Empty if the process does not exist any more.
 */
export function statFields(process: ProcessId): string[] {
  const stat = readIfPresent(`/proc/${process}/stat`);
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Whether a process runs; one that nobody waited for does not. */
export function isRunning(process: ProcessId): boolean {
  const [state = "X"] = statFields(process);
  return !["X", "Z"].includes(state);
}

/** The text of a file; none where it, or the process, has gone meanwhile. */
export function readIfPresent(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    // ESRCH, for which Deno has neither a class nor a code.
    if (/\(os error 3\)/.test(`${error}`)) return "";
    throw error;
  }
}
