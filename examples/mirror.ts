/**
 * Makes a copy of a directory and keeps it equal to the original:
 *
 *     deno run --allow-ffi --allow-read --allow-write mirror.ts FROM TO
 *
 * TO may exist: entries that are not in FROM are removed from it. Files, directories
 * and symbolic links are copied, with the permissions of files and directories.
 * Sockets, named pipes, devices and files that may not be read are left out.
 *
 * The names in the copy follow the events. The contents are those at the time
 * of copying: if another file has the name by then, an event about that follows
 * and leads to another copy.
 */

import { watch } from "@x/inotify";

const TYPES = ["isFile", "isDirectory", "isSymlink"] as const;

const [source = "", target = ""] = Deno.args;

await using watcher = await watch(source, { recursive: true, initial: true });
await Deno.mkdir(target, { recursive: true });
const [from, to] = [await Deno.realPath(source), await Deno.realPath(target)];
if (`${to}/`.startsWith(`${from}/`) || `${from}/`.startsWith(`${to}/`)) {
  // Otherwise each copy would be copied again.
  console.error(
    `Cannot mirror '${source}' to '${target}': one is in the other`,
  );
  Deno.exit(1);
}
await prune("");
console.log("Mirroring");
for await (const event of watcher) {
  if (event.type === "unwatched") console.error(event.error.message);
  if (event.isDirectory === undefined) continue;
  const { type, path, isDirectory } = event;
  const name = nameOf(path);
  switch (type) {
    case "delete":
    case "moved_from":
      await remove(target + name);
      break;
    case "move":
      await remove(target + name);
      await ifThere(Deno.rename(target + nameOf(event.from), target + name));
      await refresh(name, isDirectory);
      break;
    case "moved_to":
      // A rename replaces what was there.
      await remove(target + name);
      await copy(name, isDirectory);
      break;
    default:
      await copy(name, isDirectory);
  }
}

/** Returns the part of `path` that is the same in both directories. */
function nameOf(path: string): string {
  return path.slice(source.length).replace(/^\/*/, "/");
}

/** Removes entries of an old copy that the original lacks or has with another type. */
async function prune(directory: string): Promise<void> {
  for (const entry of await Array.fromAsync(Deno.readDir(target + directory))) {
    const name = `${directory}/${entry.name}`;
    const original = await ifThere(Deno.lstat(source + name));
    if (original?.isDirectory !== entry.isDirectory) {
      await remove(target + name);
    } else if (entry.isDirectory) await prune(name);
  }
}

/** Copies again the files that may have changed while they had no known path. */
async function refresh(name: string, isDirectory: boolean): Promise<void> {
  if (!isDirectory) return await copyFile(name);
  await copyDirectory(name);
  for (const entry of await Array.fromAsync(Deno.readDir(target + name))) {
    await refresh(`${name}/${entry.name}`, entry.isDirectory);
  }
}

async function copy(name: string, isDirectory: boolean): Promise<void> {
  if (isDirectory) await copyDirectory(name);
  else await copyFile(name);
}

/** Creates the copy of a directory, unless it exists, and sets its mode. */
async function copyDirectory(name: string): Promise<void> {
  const copy = await ifThere(Deno.lstat(target + name));
  // mkdir() accepts a link to a directory: entries would be copied to its target.
  if (copy && !copy.isDirectory) await remove(target + name);
  await Deno.mkdir(target + name, { recursive: true });
  const original = await ifThere(Deno.lstat(source + name));
  if (!original?.isDirectory) return;
  // This program has to be able to write the copies of its entries.
  await Deno.chmod(target + name, original.mode! & 0o7777 | 0o700);
}

/** Copies a file or a symbolic link. */
async function copyFile(name: string): Promise<void> {
  const [from, to] = [source + name, target + name];
  // Writing to an old copy that is a link would write to its target.
  await remove(to);
  const original = await ifThere(Deno.lstat(from));
  const link = original?.isSymlink && await ifThere(Deno.readLink(from));
  if (link) return await Deno.symlink(link, to);
  // A socket, a pipe or a device.
  if (original && !TYPES.some((type) => original[type])) return;
  // Another file may have this name by now. The file itself is found when its
  // directory has moved.
  await Deno.writeFile(to, new Uint8Array());
  if (!original?.isFile) return;
  try {
    const file = await ifThere(Deno.open(from));
    if (file) await ifThere(Deno.writeFile(to, file.readable));
    // Not setuid: the copy may have another owner.
    await Deno.chmod(to, original.mode! & 0o777);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    console.error(`Cannot copy '${from}': ${error.message}`);
    await remove(to);
  }
}

async function remove(path: string): Promise<void> {
  await ifThere(Deno.remove(path, { recursive: true }));
}

/** Resolves to `undefined` if the entry is missing or was replaced. */
async function ifThere<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    const { code = "" } = error as { code?: string };
    if (!["EINVAL", "EISDIR", "ELOOP", "ENOENT", "ENOTDIR"].includes(code)) {
      throw error;
    }
  }
}
