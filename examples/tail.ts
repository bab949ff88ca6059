/**
 * Prints a log and continues when it grows, is truncated or is rotated:
 *
 *     deno run --allow-ffi --allow-read=/var/log tail.ts /var/log/app.log
 *
 * The log does not have to exist yet.
 */

import { watch } from "@x/inotify";

const [path = ""] = Deno.args;

await using watcher = await watch(path, { missing: "wait" });
let file = await openIfPossible();
await follow();
for await (const _ of watcher) await follow();

async function follow(): Promise<void> {
  file ??= await openIfPossible();
  if (file === undefined) return;
  await print(file);
  const next = await openIfPossible();
  if (next === undefined) return;
  const [old, { dev, ino, size }] = [await file.stat(), await next.stat()];
  // The writer uses the old log until the new one has contents.
  const isSame = old.dev === dev && old.ino === ino;
  if (isSame || size === 0) return next.close();
  await print(file);
  file.close();
  file = next;
  await print(file);
}

/** Prints what was added to `log`. */
async function print(log: Deno.FsFile): Promise<void> {
  const { size } = await log.stat();
  if (size < await log.seek(0, Deno.SeekMode.Current)) {
    await log.seek(0, Deno.SeekMode.Start);
  }
  const buffer = new Uint8Array(65_536);
  for (let count; (count = await log.read(buffer));) {
    for (let rest = buffer.subarray(0, count); rest.length > 0;) {
      rest = rest.subarray(await Deno.stdout.write(rest));
    }
  }
}

/**
 * A new log may not be readable yet: logrotate(8) creates it only for its owner, and
 * then sets its mode. The event of that leads to another try.
 */
async function openIfPossible(): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    const { NotFound, PermissionDenied } = Deno.errors;
    if (error instanceof NotFound || error instanceof PermissionDenied) return;
    throw error;
  }
}
