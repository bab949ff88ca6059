// The watchers in JavaScript. Each is an async function that loads the watcher and
// returns an async function `watch(root, report)`. When this resolves, ROOT is
// watched, and `report(path, isNew)` is called for each event. The file is not
// TypeScript, because Node.js runs it as well.

export const watchers = {
  async "watch()"() {
    const { watch } = await import("../../mod.ts");
    const events = ["create", "open", "modify", "close_write"];
    return async (root, report) => {
      const watcher = await watch(root, { recursive: true, events });
      consume(watcher, ({ path, type }) => report(path, type === "create"));
    };
  },

  "Deno.watchFs"() {
    return (root, report) => {
      const watcher = Deno.watchFs(root);
      consume(watcher, ({ paths, kind }) => {
        for (const path of paths) report(path, kind === "create");
      });
    };
  },

  async "node fs.watch"() {
    const { watch } = await import("node:fs");
    return (root, report) => {
      watch(root, { recursive: true }, (type, name) => {
        report(`${root}/${name}`, type === "rename");
      });
    };
  },

  async "@parcel/watcher"() {
    const { subscribe } = (await requireOfPeers())("@parcel/watcher");
    return async (root, report) => {
      await subscribe(root, (_, events) => {
        for (const { path, type } of events) report(path, type === "create");
      });
    };
  },

  async chokidar() {
    const { watch } = (await requireOfPeers())("chokidar");
    return async (root, report) => {
      const watcher = watch(root, { ignoreInitial: true });
      watcher.on("all", (type, path) => report(path, type === "add"));
      await new Promise((done) => watcher.on("ready", done));
    };
  },
};

async function consume(events, take) {
  for await (const event of events) take(event);
}

/** Finds a package in the folder that PEERS names. */
async function requireOfPeers() {
  const { createRequire } = await import("node:module");
  const { resolve } = await import("node:path");
  return createRequire(resolve(process.env.PEERS ?? ".", "peers.js"));
}
