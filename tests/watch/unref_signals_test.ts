/** The signals behind `unref()`: beside listeners, child processes and `close()`. */

import { testPrograms } from "../support/ending_program.ts";

testPrograms([
  [
    "`ref()` ends the signals of `unref()`",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { until } = print(watcher, null);
    const sendsSignals = () => Deno.readDirSync("/proc/self/fdinfo")
      .some(({ name }) => {
        let text = "";
        try {
          text = Deno.readTextFileSync("/proc/self/fdinfo/" + name);
        } catch { /* It was the one for the directory. */ }
        const O_ASYNC = 0o20000;
        const flags = parseInt(/flags:\\s+(\\d+)/.exec(text)?.[1] ?? "0", 8);
        return text.includes("inotify wd:") && (flags & O_ASYNC) !== 0;
      });
    for (const name of ["a", "b"]) {
      write(name);
      await until(name);
      console.log(sendsSignals());
      watcher.ref();
    }
    await watcher.close();
  `,
    ["true", "false"],
  ],
  [
    "`unref()` does not disturb the program's own listener for SIGIO",
    `
    let count = 0;
    const listener = () => count++;
    Deno.addSignalListener("SIGIO", listener);
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { until } = print(watcher);
    await sleep(1);
    write("a");
    await until("a");
    Deno.removeSignalListener("SIGIO", listener);
    await sleep(1);
    write("b");
    await until("b");
    Deno.addSignalListener("SIGIO", listener);
    await watcher.close();
    count = 0;
    Deno.kill(Deno.pid, "SIGIO");
    while (count === 0) await sleep(1);
    console.log(count);
    Deno.removeSignalListener("SIGIO", listener);
  `,
    ["a", "b", "end", "1"],
  ],
  [
    "`unref()` sends no signal to child processes, nor after `close()`",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { until, done } = print(watcher);
    const child = new Deno.Command("sh", {
      args: ["-c", "for i in 1 2 3 4 5; do touch $0/$i; sleep 0.02; done", directory],
    });
    const { code, signal } = await child.output();
    await until("5");
    console.log(code, signal);
    await watcher.close();
    await done;
    for (let i = 0; i < 100; i++) write("after" + i);
    await sleep(20);
  `,
    ["1", "2", "3", "4", "5", "0 null", "end"],
  ],
  [
    "`unref()` allows closing watchers in any order",
    `
    let count = 0;
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (const refs of [[1, 1, 0], [0, 0, 0], [0, 1, 1]]) {
      for (const order of orders) {
        const watchers = [];
        for (const isRef of refs) {
          const watcher = await watch(directory, { events });
          if (!isRef) watcher.unref();
          watchers.push({ watcher, ...print(watcher, null) });
        }
        for (const i of order) {
          const name = String(count++);
          await sleep(0);
          write(name);
          const open = watchers.filter((each) => each);
          await Promise.all(open.map(({ until }) => until(name)));
          const { watcher, done } = watchers[i];
          watchers[i] = undefined;
          await watcher.close();
          watcher.ref();
          watcher.unref();
        }
      }
    }
    const left = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
      try {
        return Deno.readLinkSync("/proc/self/fd/" + name);
      } catch {
        return "";
      }
    });
    console.log(left.filter((each) => each.includes("inotify")).length);
    await watch(directory).then((watcher) => watcher.unref());
  `,
    ["0"],
  ],
]);
