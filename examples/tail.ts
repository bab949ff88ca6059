/**
 * Prints a log, and goes on as it grows, is truncated or rotated:
 *
 *     deno run --allow-ffi --allow-read=/var/log tail.ts /var/log/app.log
 *
 * The log need not exist yet.
 */

import { watch } from "@x/inotify";

const [path = ""] = Deno.args;

await using watcher = await watch(path, { missing: "wait" });
let file = await openIfThere();
await follow();
for await (const _ of watcher) await follow();

async function follow(): Promise<void> {
  file ??= await openIfThere();
  if (file === undefined) return;
  await print(file);
  const next = await openIfThere();
  if (next === undefined) return;
  const [{ ino }, { ino: nextIno, size }] = [
    await file.stat(),
    await next.stat(),
  ];
  // Who writes has let go of the old one once there is something in the new one.
  if (ino === nextIno || size === 0) return next.close();
  await print(file);
  file.close();
  file = next;
  await print(file);
}

/** Prints what is new in `log`. */
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

async function openIfThere(): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
