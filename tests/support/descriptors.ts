/** What the kernel says of the open descriptors of a process, in fdinfo(5). */

/** All of it, for all of them. */
export async function describeDescriptors(
  process: number | "self",
): Promise<string> {
  const directory = `/proc/${process}/fdinfo`;
  let text = "";
  for await (const { name } of Deno.readDir(directory)) {
    text += await readIfPresent(`${directory}/${name}`);
  }
  return text;
}

/** Whether an epoll instance waits, for once, until there is something to read. */
export function isWaiting(descriptors: string): boolean {
  const WANTED = 0x4000_0001; // EPOLLONESHOT | EPOLLIN
  return descriptors.matchAll(/^tfd: +\d+ +events: +(\w+)/gm)
    .some(([, events]) => (parseInt(events!, 16) & WANTED) === WANTED);
}

/** The text of a file; none where it has gone since it was listed. */
async function readIfPresent(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
