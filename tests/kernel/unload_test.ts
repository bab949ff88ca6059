/** Programs that end while their process continues must leave nothing open. */

import { assertLessOrEqual } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";

/** Programs that `deno run --watch` restarts. Each prints when it watches. */
const PROGRAMS: [what: string, text: string][] = [
  [
    "that waits for events at its top level",
    `
    const watcher = await watch(directory, { recursive: true });
    report();
    for await (const _ of watcher);`,
  ],
  [
    "with many instances, of which some wait",
    `
    const all = Array.from({ length: 5 }, () => new Inotify());
    for (const each of all.slice(2)) each.wait();
    const watcher = watchFs(directory);
    watcher.next();
    report();
    setInterval(() => {}, 1000);`,
  ],
  [
    "with an unref'ed instance",
    `
    const inotify = new Inotify();
    inotify.unref();
    inotify.wait();
    report();
    setInterval(() => {}, 1000);`,
  ],
  [
    "that closes its watcher when it is unloaded",
    `
    const watcher = await watch(directory);
    addEventListener("unload", () => watcher.close());
    report();
    for await (const _ of watcher);`,
  ],
  [
    "that uses its watcher after it is unloaded",
    `
    addEventListener("unload", () => setTimeout(() => {}));
    const watcher = await watch(directory);
    addEventListener("unload", () => {
      watcher.sync().catch(() => {});
      watcher[Symbol.dispose]();
    });
    report();
    await watcher[Symbol.asyncIterator]().next();`,
  ],
];

/** The start of each program. */
const head = `
import { Inotify, watch } from "${import.meta.resolve("../../mod.ts")}";
import { watchFs } from "${import.meta.resolve("../../watch_fs.ts")}";
/** Prints how many descriptors are of inotify instances. */
function report() {
  const targets = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
    try {
      return Deno.readLinkSync("/proc/self/fd/" + name);
    } catch {
      return "";
    }
  });
  console.log(targets.filter((each) => /inotify|event/.test(each)).length);
}`;

for (const [what, text] of PROGRAMS) {
  Deno.test(`\`deno run --watch\` leaves nothing open after a program ${what}`, async () => {
    using directory = new TestDirectory();
    const path = directory.at("program.ts");
    const watched = JSON.stringify(directory.directory("watched"));
    const program = `${head}\nconst directory = ${watched};${text}`;
    Deno.writeTextFileSync(path, program);
    await using child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--watch",
        "--no-config",
        "--no-check",
        "--allow-all",
        path,
      ],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    // Deno may start to watch the file only after the program runs.
    const touching = setInterval(
      () => Deno.writeTextFileSync(path, program),
      500,
    );
    const counts: string[] = [];
    const decoder = new TextDecoderStream();
    for await (const text of child.stdout.pipeThrough(decoder)) {
      counts.push(...text.split("\n").slice(0, -1));
      if (counts.length >= 4) break;
    }
    clearInterval(touching);
    const [first, ...later] = counts.map(Number);
    // Descriptors that each run leaves open would add up. Deno closes its own a little later.
    assertLessOrEqual(Math.min(...later), first!, counts.join());
  });
}
