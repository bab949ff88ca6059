// Watches ROOT with one watcher, prints "ready", and then what it reports, one
// JSON object a line, like `{"type":"create","path":"/x"}`:
//
//     deno run -A peer_process.mjs watch|watch-fs|watchFs ROOT [IGNORED]
//     node peer_process.mjs chokidar|parcel ROOT [IGNORED]
//
// the second in a folder that has the packages.

import { createRequire } from "node:module";
import process from "node:process";

const [name, root, ignored] = process.argv.slice(2);
const require = createRequire(`${process.cwd()}/`);

const watchers = {
  async watch() {
    const { watch } = await import("../../mod.ts");
    const exclude = ignored ? [(path) => path === ignored] : [];
    const watcher = await watch(root, { recursive: true, exclude });
    console.log("ready");
    for await (const event of watcher) report(event);
  },

  async "watch-fs"() {
    const { watchFs } = await import("../../watch_fs.ts");
    await reportFs(watchFs);
  },

  async watchFs() {
    await reportFs(Deno.watchFs);
  },

  chokidar() {
    const watcher = require("chokidar").watch(root, {
      followSymlinks: false,
      ignoreInitial: true,
      ignored: ignored ? [ignored] : [],
    });
    watcher.on("all", (type, path) => report({ type, path }));
    watcher.on("ready", () => console.log("ready"));
  },

  async parcel() {
    await require("@parcel/watcher").subscribe(
      root,
      (error, events = []) => {
        if (error) report({ type: "overflow" });
        for (const event of events) report(event);
      },
      { ignore: ignored ? [ignored] : [] },
    );
    console.log("ready");
  },
};

async function reportFs(watchFs) {
  const watcher = watchFs(root, { ignore: ignored ? [ignored] : [] });
  console.log("ready");
  for await (const { kind, paths, flag } of watcher) {
    if (flag === "rescan") report({ type: "overflow" });
    else if (kind === "rename" && paths.length === 2) {
      report({ type: "move", from: paths[0], path: paths[1] });
    } else for (const path of paths) report({ type: kind, path });
  }
}

function report(event) {
  console.log(JSON.stringify(event));
}

await watchers[name]();
