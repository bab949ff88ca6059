/**
 * Copies a directory to a new one, and keeps the copy like the original:
 *
 *     deno run --allow-ffi --allow-read --allow-write mirror.ts FROM TO
 *
 * Names follow the events. Contents are those of the moment at which they are
 * copied: if that was too early, or the name already another file's, there is
 * an event that leads to another copy.
 */

import { watch } from "@x/inotify";

const [source = "", target = ""] = Deno.args;

await Deno.mkdir(target);
await using watcher = await watch(source, { recursive: true, initial: true });
console.log("Mirroring");
for await (const event of watcher) {
  if (event.type === "unwatched") throw event.error;
  if (event.isDirectory === undefined || event.path === source) continue;
  const { type, path, isDirectory } = event;
  const copy = toCopy(path);
  switch (type) {
    case "create":
    case "moved_to":
      await remove(copy);
      if (isDirectory) await Deno.mkdir(copy);
      else await copyFile(path);
      break;
    case "move":
      await remove(copy);
      await Deno.rename(toCopy(event.from), copy);
      await refresh(path, isDirectory);
      break;
    case "delete":
    case "moved_from":
      await remove(copy);
      break;
    default:
      if (!isDirectory) await copyFile(path);
  }
}

function toCopy(path: string): string {
  return target + path.slice(source.length);
}

/** Copies what may have changed under its old name, where it was not found. */
async function refresh(path: string, isDirectory: boolean): Promise<void> {
  if (!isDirectory) return await copyFile(path);
  for (const entry of await Array.fromAsync(Deno.readDir(toCopy(path)))) {
    await refresh(`${path}/${entry.name}`, entry.isDirectory);
  }
}

/** Copies a file or a symbolic link, or something in its place for now. */
async function copyFile(path: string): Promise<void> {
  const copy = toCopy(path);
  // It may be a link, and to write would be to write where that leads.
  await remove(copy);
  try {
    const { isFile, isSymlink, mode } = await Deno.lstat(path);
    if (isSymlink) return await Deno.symlink(await Deno.readLink(path), copy);
    if (isFile) {
      const { readable } = await Deno.open(path);
      return await Deno.writeFile(copy, readable, { mode: mode! });
    }
  } catch (error) {
    if (!isChanging(error)) throw error;
  }
  await Deno.writeTextFile(copy, "");
}

/** Whether something else is there by now, of which an event tells. */
function isChanging(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    ["EINVAL", "EISDIR", "ELOOP", "ENOENT", "ENOTDIR"].includes(
      `${error.code}`,
    );
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
