/** Reads about this or another process in proc(5). */

type ProcessId = number | "self";

/** Returns how many descriptors this process has open. */
export function countDescriptors(): number {
  return countEntries("/proc/self/fd");
}

/** Returns the files of the descriptors of this process. */
export function descriptorTargets(): string[] {
  return [...Deno.readDirSync("/proc/self/fd")]
    .flatMap(({ name }) => descriptorTarget(Number(name)) ?? []);
}

/** Returns how many threads this process has. */
export function countThreads(): number {
  return countEntries("/proc/self/task");
}

/** Returns the file of the descriptor `fd` of this process, if it is open. */
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

/** Returns whether a process has a handler for the signal of this number. */
export function catches(process: ProcessId, signal: number): boolean {
  const status = readIfPresent(`/proc/${process}/status`);
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(status)?.[1] ?? "0"}`);
  return (caught >> BigInt(signal - 1) & 1n) === 1n;
}

/** Returns how many watches a process has by the kernel's own count. */
export function countWatches(process: ProcessId = "self"): number {
  return watchedInodes(process).length;
}

/** Returns how many directories are above `path`. A watcher watches each of them. */
export function countAbove(path: string): number {
  const directory = path.slice(0, path.lastIndexOf("/"));
  return Deno.realPathSync(directory).split("/").filter(Boolean).length;
}

/** Returns the inode of each watch, in hexadecimal digits. */
export function watchedInodes(process: ProcessId = "self"): string[] {
  return describeDescriptors(process).matchAll(/^inotify wd:\w+ ino:(\w+)/gm)
    .map(([, inode]) => inode!).toArray();
}

/** Returns whether an epoll instance of the process waits for the next event. */
export function isWaiting(process: ProcessId): boolean {
  const WANTED = 0x4000_0001; // EPOLLONESHOT | EPOLLIN
  return describeDescriptors(process).matchAll(/^tfd: +\d+ +events: +(\w+)/gm)
    .some(([, events]) => (parseInt(events!, 16) & WANTED) === WANTED);
}

/** Returns the text of all files of proc_pid_fdinfo(5). */
function describeDescriptors(process: ProcessId): string {
  const directory = `/proc/${process}/fdinfo`;
  return [...Deno.readDirSync(directory)]
    .map(({ name }) => readIfPresent(`${directory}/${name}`)).join("");
}

/**
 * Returns the fields of proc_pid_stat(5) after the name: state, parent, group, …
 * Returns none if the process does not exist any more.
 */
export function statFields(process: ProcessId): string[] {
  const stat = readIfPresent(`/proc/${process}/stat`);
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Returns whether a process runs. A zombie does not run. */
export function isRunning(process: ProcessId): boolean {
  const [state = "X"] = statFields(process);
  return !["X", "Z"].includes(state);
}

/** Returns the text of a file; `""` if it is missing, or its process has ended. */
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
