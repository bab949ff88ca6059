/** Another watcher in a storm, whose reports are interpreted favorably. */

import type { WatchEvent } from "../../mod.ts";
import { countWatches } from "../support/process.ts";
import type { Entries, Model } from "./model.ts";
import { Peer, type PeerName, type Report } from "./peer.ts";
import type { Subject } from "./storm.ts";

/** Watches `root` with `name`, and applies its reports to `model`. */
export async function startPeer(
  name: PeerName,
  root: string,
  model: Model,
): Promise<Subject> {
  const replay = new Replay(model);
  const peer = await Peer.start({
    name,
    root,
    onReport: (report) =>
      name === "watch"
        ? model.apply(report as WatchEvent)
        : replay.apply(report),
  });
  return {
    settle: () => peer.quiet(),
    get watches() {
      return peer.isAlive ? countWatches(peer.pid) : 0;
    },
    async [Symbol.asyncDispose]() {
      if (!peer.isAlive) console.error(`'${name}' did not survive the storm`);
      await peer[Symbol.asyncDispose]();
    },
  };
}

class Replay {
  readonly #model: Model;
  // Some watchers report the deletion of a name before its move.
  readonly #gone = new Map<string, Entries>();

  constructor(model: Model) {
    this.#model = model;
  }

  apply({ type, path, from, isDirectory }: Report): void {
    const model = this.#model;
    if (/overflow|self/i.test(type)) return;
    model.log.push({ type: "modify", path, isDirectory: false });
    const isFolder = isDirectory ?? (type === "addDir" || isFolderNow(path));
    const alone: Entries = new Map([["", isFolder]]);
    if (from !== undefined) {
      const taken = model.take(from);
      model.put(path, taken.size > 0 ? taken : this.#gone.get(from) ?? alone);
    } else if (/delete|unlink|remove|moved_from/i.test(type)) {
      this.#gone.set(path, model.take(path));
    } else if (model.entries.get(path) !== isFolder) {
      model.put(path, alone);
    }
  }
}

/** Returns whether `path` is a directory now. */
function isFolderNow(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch {
    return false;
  }
}
