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

/** How many watches this process has in the kernel's own count. */
export function countWatches(): number {
  const directory = "/proc/self/fdinfo";
  let count = 0;
  for (const { name } of Deno.readDirSync(directory)) {
    if (!descriptorTarget(Number(name))?.includes("inotify")) continue;
    const info = Deno.readTextFileSync(`${directory}/${name}`);
    count += info.matchAll(/^inotify wd:/gm).toArray().length;
  }
  return count;
}
