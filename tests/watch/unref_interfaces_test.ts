/** `unref()` of `Inotify` and of what `watchFs()` returns. */

import { testPrograms } from "../support/ending_program.ts";

testPrograms([
  [
    "`Inotify` has `unref()`",
    `
    const inotify = new Inotify();
    inotify.unref();
    inotify.addWatch(directory, IN.CREATE);
    const { until } = print(inotify.readable);
    for (const name of ["a", "b"]) {
      await sleep(1);
      write(name);
      await until(name);
    }
    const other = new Inotify();
    other.unref();
    const start = performance.now();
    setTimeout(() => {}, 200);
    await other.wait(50);
    console.log(performance.now() - start >= 49);
    await other.close();
    other.unref();
    other.ref();
    console.log(await other.wait());
  `,
    ["a", "b", "true", "false"],
  ],
  [
    "`watchFs()` has `unref()`",
    `
    const watcher = watchFs(directory);
    watcher.unref();
    const { until } = print(watcher);
    for (const name of ["a", "b"]) {
      await sleep(1);
      Deno.mkdirSync(directory + "/" + name);
      await until(name);
    }
  `,
    ["a", "b"],
  ],
  [
    "`watchFs()` does not keep a program running without an iteration",
    `
    const watchers = [watchFs(directory), watchFs(directory)];
    await sleep(10);
    write("a");
    await sleep(10);
    const { value } = await watchers[0].next();
    console.log(value.kind);
  `,
    ["create"],
  ],
  [
    "`watchFs()` keeps a program running during an iteration",
    `
    const watchers = [watchFs(directory), watchFs(directory)];
    new Deno.Command("sh", {
      args: ["-c", "sleep 0.3; mkdir " + directory + "/a"],
      stdout: "null",
    }).spawn().unref();
    for await (const { kind } of watchers[1]) {
      console.log(kind);
      break;
    }
  `,
    ["create"],
  ],
  [
    "`watchFs()` keeps a program running that does other work between two events",
    `
    const watcher = watchFs(directory);
    let count = 0;
    const writing = (async () => {
      for (let i = 0; i < 20; i++) {
        Deno.mkdirSync(directory + "/" + i);
        while (count <= i) await sleep(1);
      }
    })();
    for await (const { paths } of watcher) {
      await sleep(2);
      if (++count === 20) break;
    }
    await writing;
    console.log(count);
  `,
    ["20"],
  ],
]);
