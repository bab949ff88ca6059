/** Runs this or another watcher in a process of its own, and reads its reports. */

import { projectPath } from "../support/project.ts";

/** A report, in a form that all watchers share. */
export interface Report {
  /** The name of the event in that watcher. */
  type: string;
  path: string;
  /** The old path of the entry, if the watcher reports it. */
  from?: string;
  /** Missing if the watcher does not report it. */
  isDirectory?: boolean;
}

/** The names of the watchers. */
export const PEERS = [
  "watch",
  "watch-fs",
  "watchFs",
  "inotifywait",
  "chokidar",
  "parcel",
] as const;

/** The name of a watcher. */
export type PeerName = typeof PEERS[number];

/** How to start a watcher. */
export interface PeerOptions {
  name: PeerName;
  /** The tree, or the file, to watch. */
  root: string;
  /** A directory below it to exclude. */
  ignored?: string;
  onReport?: (report: Report) => void;
}

// The folder of chokidar and @parcel/watcher.
const MODULES = Deno.env.get("PEERS") ?? ".";
const SCRIPT = projectPath("tests/storm/peer_process.mjs");

/** A running watcher, until it is disposed of. */
export class Peer implements AsyncDisposable {
  /** Its reports so far. */
  readonly reports: Report[] = [];
  /** Whether it still runs: some watchers crash in a storm. */
  isAlive = true;

  readonly #child: Deno.ChildProcess;
  readonly #onReport: PeerOptions["onReport"];
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended: Promise<unknown>;
  #reportedAt = 0;

  private constructor({ name, root, ignored, onReport }: PeerOptions) {
    const [program, ...args] = commandLine(
      name,
      root,
      ...ignored === undefined ? [] : [ignored],
    );
    this.#child = new Deno.Command(program, {
      args,
      cwd: MODULES,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#onReport = onReport;
    this.#ended = Promise.all([
      name === "inotifywait" ? this.#readFields() : this.#readObjects(),
      this.#readNotes(),
      this.#child.status,
    ]).then(() => {
      this.isAlive = false;
      this.#ready.reject(new Error(`Cannot watch with '${name}'`));
    });
  }

  /** Starts a watcher and waits until it is ready. */
  static async start(options: PeerOptions): Promise<Peer> {
    const peer = new Peer(options);
    await peer.#ready.promise;
    return peer;
  }

  get pid(): number {
    return this.#child.pid;
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Resolves after a second without a report. */
  async quiet(): Promise<void> {
    this.#reportedAt = performance.now();
    while (performance.now() - this.#reportedAt < 1000) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isAlive) this.signal("SIGKILL");
    await this.#ended;
  }

  async #readObjects(): Promise<void> {
    for await (const line of split(this.#child.stdout, "\n")) {
      if (line === "ready") this.#ready.resolve();
      else this.#report(JSON.parse(line));
    }
  }

  // The fields of the events in turn: names, path and cookie.
  async #readFields(): Promise<void> {
    const origins = new Map<string, string>();
    const fields: string[] = [];
    for await (const field of split(this.#child.stdout, "\0")) {
      if (fields.push(field) < 3) continue;
      const [type, path, cookie] = fields.splice(0) as [string, string, string];
      const from = type.startsWith("MOVED_TO") && origins.get(cookie);
      if (type.startsWith("MOVED_FROM")) origins.set(cookie, path);
      const isDirectory = type.endsWith("ISDIR");
      this.#report({ type, path, isDirectory, ...from ? { from } : {} });
    }
  }

  async #readNotes(): Promise<void> {
    for await (const line of split(this.#child.stderr, "\n")) {
      if (line === "Watches established.") this.#ready.resolve();
    }
  }

  #report(report: Report): void {
    this.#reportedAt = performance.now();
    this.reports.push(report);
    this.#onReport?.(report);
  }
}

/** Returns why `name` cannot be started here; undefined if it can. */
export function obstacle(name: PeerName): string | undefined {
  const check: Partial<Record<PeerName, string>> = {
    inotifywait: "command -v inotifywait",
    chokidar: "node -e \"require.resolve('chokidar')\"",
    parcel: "node -e \"require.resolve('@parcel/watcher')\"",
  };
  const { success } = new Deno.Command("sh", {
    args: ["-c", check[name] ?? "true"],
    cwd: MODULES,
  }).outputSync();
  return success ? undefined : "it is not installed, see the top of peers.ts";
}

function commandLine(
  name: PeerName,
  root: string,
  ...ignored: string[]
): [string, ...string[]] {
  switch (name) {
    case "inotifywait":
      return [
        "inotifywait",
        ...["--monitor", "--recursive", "--no-newline"],
        ...["--format", "%e%0%w%f%0%c%0"],
        ...[
          "-e",
          "create,delete,move,modify,close_write,attrib,delete_self,move_self",
        ],
        ...ignored.flatMap((path) => ["--exclude", `^${path}`]),
        root,
      ];
    case "chokidar":
    case "parcel":
      return ["node", SCRIPT, name, root, ...ignored];
    default:
      return [Deno.execPath(), "run", "-A", SCRIPT, name, root, ...ignored];
  }
}

async function* split(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  separator: string,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split(separator);
    rest = parts.pop()!;
    yield* parts;
  }
}
