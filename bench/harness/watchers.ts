/** The watchers that are compared, by name. */

/** The watchers in JavaScript, and the programs that run them. */
const RUNTIMES = {
  "watch()": "deno",
  "Deno.watchFs": "deno",
  "@parcel/watcher": "node",
  "chokidar": "node",
  "node fs.watch": "node",
} as const;

/** A watcher that `subjects/watchers.mjs` knows. */
export type ScriptWatcher = keyof typeof RUNTIMES;

/** A watcher that is compared. */
export type Watcher = ScriptWatcher | "inotifywait";

export const WATCHERS: readonly Watcher[] = [
  "watch()",
  "inotifywait",
  "Deno.watchFs",
  "@parcel/watcher",
  "chokidar",
  "node fs.watch",
];

/** Returns those of `watchers` that are in JavaScript. */
export function scriptWatchers(watchers: readonly Watcher[]): ScriptWatcher[] {
  return watchers.filter((name) => name in RUNTIMES) as ScriptWatcher[];
}

const EVENTS = "create,open,modify,close_write";
const SUBJECTS = decodeURIComponent(
  new URL("../subjects/", import.meta.url).pathname,
);
const CLI = decodeURIComponent(
  new URL("../../cli.ts", import.meta.url).pathname,
);
const DENO = [Deno.execPath(), "run", "--allow-all"];
const CLI_RUNTIME = [Deno.execPath(), "run", "--no-prompt", "--allow-ffi"];
const MODULES = Deno.env.get("PEERS") ?? ".";

/** Whether Node.js is installed. Otherwise Deno gives its children itself as `node`. */
const IS_NODE = 'test "$(node -p process.versions.deno)" = undefined';

/** Returns the command that runs `script` of `subjects/` with a watcher. */
export function scriptCommand(
  script: string,
  watcher: ScriptWatcher,
  root: string,
): string[] {
  const runtime = RUNTIMES[watcher] === "node" ? ["node"] : DENO;
  return [...runtime, SUBJECTS + script, watcher, root];
}

/** Does the same for inotifywait itself, with its output in a file. */
export function watcherCommand(
  script: string,
  watcher: Watcher,
  root: string,
  file?: string,
): string[] {
  return watcher === "inotifywait"
    ? inotifywaitCommand(root, file)
    : scriptCommand(script, watcher, root);
}

/** Returns the command that runs inotifywait for the events of a burst. */
export function inotifywaitCommand(root: string, file?: string): string[] {
  const flags = ["--monitor", "--recursive", "--event", EVENTS];
  return redirected(["inotifywait", ...flags, root], file);
}

/** Returns the command that runs `cli.ts` for the same events. */
export function cliCommand(root: string, file?: string): string[] {
  const flags = ["--json", "-r", "-e", EVENTS];
  return redirected([...CLI_RUNTIME, CLI, ...flags, root], file);
}

/** Returns the command that runs an empty file instead of `cli.ts`. */
export function emptyCommand(): string[] {
  return redirected([...CLI_RUNTIME, `${SUBJECTS}empty.ts`]);
}

/** Returns the command that runs a program of `subjects/` in Deno. */
export function programCommand(script: string, ...args: string[]): string[] {
  return [...DENO, SUBJECTS + script, ...args];
}

/** Returns the installed watchers, and prints the names of the others. */
export function installedWatchers(): Watcher[] {
  return WATCHERS.filter((name) => {
    const reason = obstacle(name);
    if (reason) console.error(`Skipped ${name}: ${reason}`);
    return reason === undefined;
  });
}

/**
 * Returns the command that runs `command` with its standard output in a file, and
 * its notes on standard output.
 */
function redirected(command: readonly string[], file = "/dev/null"): string[] {
  return ["sh", "-c", 'exec "$@" 2>&1 >"$0"', file, ...command];
}

/** Returns why a watcher cannot be compared here; undefined if it can. */
function obstacle(name: Watcher): string | undefined {
  switch (name) {
    case "inotifywait":
      return runs("command -v inotifywait")
        ? undefined
        : "it is not installed (inotify-tools)";
    case "node fs.watch":
      return runs(IS_NODE) ? undefined : "there is no Node.js";
    case "@parcel/watcher":
    case "chokidar":
      return runs(`${IS_NODE} && node -e "require.resolve('${name}')"`, MODULES)
        ? undefined
        : "it is not installed in the folder that PEERS names";
  }
}

function runs(script: string, directory = "."): boolean {
  const args = ["-c", `cd "$0" && ${script}`, directory];
  return new Deno.Command("sh", { args }).outputSync().success;
}
