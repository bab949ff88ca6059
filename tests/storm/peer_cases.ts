/** Small cases that watchers get right or wrong, each a row of a table. */

import { countWatches } from "../support/process.ts";
import { append } from "./operations.ts";
import { Peer, type PeerName } from "./peer.ts";

/** A case: operations in a new directory, and the result of a watcher. */
type Case = (name: PeerName, base: string) => Promise<string>;

/** The cases by their titles. */
export const CASES: Record<string, Case> = {
  "files of 500 fresh directories reported": async (name, base) => {
    await using peer = await Peer.start({ name, root: base });
    const files = makeFresh(base);
    await peer.quiet();
    return countReported(peer, files);
  },

  "later writes to them reported": async (name, base) => {
    await using peer = await Peer.start({ name, root: base });
    const files = makeFresh(base);
    await peer.quiet();
    peer.reports.length = 0;
    for (const file of files) append(file);
    await peer.quiet();
    return countReported(peer, files);
  },

  "kernel watches for those 1,501 directories": async (name, base) => {
    await using peer = await Peer.start({ name, root: base });
    makeFresh(base);
    await peer.quiet();
    return `${countWatches(peer.pid)}`;
  },

  "files of 20,000 created, written, closed in 10 directories": async (
    name,
    base,
  ) => {
    for (const path of numbered(10, `${base}/d`)) Deno.mkdirSync(path);
    await using peer = await Peer.start({ name, root: base });
    const files = numbered(20_000, "").map((i) => `${base}/d${+i % 10}/f${i}`);
    for (const file of files) Deno.writeTextFileSync(file, "text");
    await peer.quiet();
    return countReported(peer, files);
  },

  "names of 40,000 created while it stood still": async (name, base) => {
    await using peer = await Peer.start({ name, root: base });
    peer.signal("SIGSTOP");
    const files = numbered(40_000, `${base}/f`);
    for (const file of files) Deno.writeTextFileSync(file, "");
    peer.signal("SIGCONT");
    await peer.quiet();
    const isReported = peer.reports.some(({ type }) => type === "overflow");
    return `${countReported(peer, files)}${
      isReported ? ", overflow reported" : ""
    }`;
  },

  "200 x `mkdir d1; mv d1 d2`, a file in it: right + wrong paths": async (
    name,
    base,
  ) => {
    await using peer = await Peer.start({ name, root: base });
    for (let i = 0; i < 200; i++) {
      Deno.mkdirSync(`${base}/d${i}`);
      Deno.renameSync(`${base}/d${i}`, `${base}/e${i}`);
      Deno.writeTextFileSync(`${base}/e${i}/file`, "");
    }
    await peer.quiet();
    return countBoth(peer, base);
  },

  "200 x `mv d1 d2`, later a file in it: right + wrong paths": async (
    name,
    base,
  ) => {
    for (const path of numbered(200, `${base}/d`)) Deno.mkdirSync(path);
    await using peer = await Peer.start({ name, root: base });
    for (let i = 0; i < 200; i++) {
      Deno.renameSync(`${base}/d${i}`, `${base}/e${i}`);
    }
    await peer.quiet();
    peer.reports.length = 0;
    for (const path of numbered(200, `${base}/e`)) {
      Deno.writeTextFileSync(fileIn(path), "");
    }
    await peer.quiet();
    return countBoth(peer, base);
  },

  "200 writes below a directory moved out: reports, watches left": async (
    name,
    base,
  ) => {
    Deno.mkdirSync(`${base}/tree/d/below`, { recursive: true });
    await using peer = await Peer.start({ name, root: `${base}/tree` });
    Deno.renameSync(`${base}/tree/d`, `${base}/d`);
    await peer.quiet();
    peer.reports.length = 0;
    for (const file of numbered(200, `${base}/d/below/f`)) {
      Deno.writeTextFileSync(file, "");
    }
    await peer.quiet();
    return `${peer.reports.length}, ${countWatches(peer.pid)}`;
  },

  "three atomic saves of one file seen": async (name, base) => {
    const root = `${base}/file`;
    Deno.writeTextFileSync(root, "");
    if (name === "parcel") return "-";
    await using peer = await Peer.start({ name, root });
    let seen = 0;
    for (let i = 0; i < 3; i++) {
      peer.reports.length = 0;
      Deno.writeTextFileSync(`${base}/new`, "text");
      Deno.renameSync(`${base}/new`, root);
      await peer.quiet();
      if (peer.reports.length > 0) seen++;
    }
    return `${seen}`;
  },

  "watches with 6,001 of 6,003 directories excluded": async (name, base) => {
    const ignored = `${base}/node_modules`;
    Deno.mkdirSync(`${base}/src`);
    Deno.mkdirSync(ignored);
    for (const path of numbered(6000, `${ignored}/d`)) Deno.mkdirSync(path);
    await using peer = await Peer.start({ name, root: base, ignored });
    await peer.quiet();
    return `${countWatches(peer.pid)}`;
  },
};

function makeFresh(base: string): string[] {
  return numbered(500, `${base}/d`).map((path) => {
    Deno.mkdirSync(`${path}/x/y`, { recursive: true });
    Deno.writeTextFileSync(`${path}/x/y/file`, "text");
    return `${path}/x/y/file`;
  });
}

function numbered(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

function countReported({ reports }: Peer, paths: string[]): string {
  const reported = new Set(reports.map(({ path }) => path));
  return `${paths.filter((path) => reported.has(path)).length}`;
}

/** Returns the files of the renamed directories, by new and by old paths. */
function countBoth(peer: Peer, base: string): string {
  const [wrong, right] = ["d", "e"].map((name) =>
    countReported(peer, numbered(200, `${base}/${name}`).map(fileIn))
  );
  return `${right} + ${wrong}`;
}

function fileIn(directory: string): string {
  return `${directory}/file`;
}
