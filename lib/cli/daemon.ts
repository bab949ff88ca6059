/** `--daemon`: runs the same command again, in a session of its own. */

import { OpenDirectory } from "../kernel/directory.ts";
import { readLink } from "../kernel/procfs.ts";
import { Libc, libraryNames, loadSymbols, mayLoad } from "../kernel/libc.ts";
import { toCString } from "../kernel/byte_path.ts";
import {
  folderOf,
  missingPermission,
  requirePermission,
} from "./arguments/permission.ts";
import { BACKGROUND } from "./arguments/flags.ts";
import type { Options } from "./arguments/options.ts";
import { note, noteTo } from "./stdio.ts";
import { log } from "./syslog.ts";

const { dup2 } = loadSymbols({
  /** `int dup2(int oldfd, int newfd)` */
  dup2: { parameters: ["i32", "i32"], result: "i32" },
}).symbols;

/** The last byte that the command in the background writes, when it watches. */
const READY = 0;

const O_RDWR = 2;

/**
 * Runs the command with the same arguments in the background. Resolves when it
 * watches, or to its exit status if it ends before.
 */
export async function startDaemon(
  args: readonly string[],
  options: Options,
): Promise<number> {
  const { outfile, fromfile } = options;
  // The command in the foreground can ask the user, and its advice is about the
  // command line of the user.
  requirePermission("write", outfile!);
  if (fromfile !== undefined && fromfile !== "-") {
    requirePermission("read", fromfile);
  }
  const child = new Deno.Command(denoPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--cached-only",
      ...permissionFlags(options),
      Deno.mainModule,
      BACKGROUND,
      ...args,
    ],
    detached: true,
    stdin: fromfile === "-" ? "inherit" : "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  child.unref();
  const said = await new Response(child.stderr).bytes();
  const isReady = said.at(-1) === READY;
  await new Blob([isReady ? said.subarray(0, -1) : said]).stream()
    .pipeTo(Deno.stderr.writable, { preventClose: true });
  if (!isReady) return (await child.status).code;
  if (options.quiet === 0) {
    note(`Running in the background, end it with: kill ${child.pid}`);
  }
  return 0;
}

/**
 * Signals the command in the foreground to end, and releases standard input and
 * standard error, so that no terminal or pipe stays open.
 *
 * @throws {Deno.errors.BrokenPipe} If the command in the foreground has ended.
 */
export function detach(): void {
  Deno.stderr.writeSync(Uint8Array.of(READY));
  noteTo(log);
  using libc = Libc.acquire();
  const { open, close } = libc.symbols;
  const nowhere = libc.check(
    () => open(libc.addressOf(toCString("/dev/null")), O_RDWR),
    "open",
    "/dev/null",
  );
  // Deno has duplicates of both descriptors.
  const path = "/proc/self/fd";
  using directory = new OpenDirectory(libc, path, { path, follow: "all" });
  const descriptors = [...directory.list()].map(([name]) => ({
    fd: Number(name),
    target: readLink(`${path}/${name}`, libc),
  }));
  const held = descriptors
    .filter(({ fd }) => fd === 0 || fd === 2)
    .map(({ target }) => target);
  for (const { fd, target } of descriptors) {
    if (held.includes(target)) libc.check(() => dup2(nowhere, fd), "dup2");
  }
  close(nowhere);
}

/** Returns the name under which Deno may be run. */
function denoPath(): string {
  const path = [Deno.execPath(), "deno"].find((command) =>
    Deno.permissions.querySync({ name: "run", command }).state === "granted"
  );
  if (path !== undefined) return path;
  throw missingPermission("run access to Deno itself", "run", "deno");
}

/** Returns the permissions that the command in the background needs. */
function permissionFlags({ outfile, fromfile }: Options): string[] {
  const [, ...libraries] = libraryNames(Deno.build);
  const may = (name: "read" | "write") => (path?: string) =>
    Deno.permissions.querySync({
      name,
      ...(path !== undefined && { path }),
    }).state === "granted";
  return [
    ...permissionFlag("--allow-ffi", mayLoad, libraries),
    ...permissionFlag("--allow-write", may("write"), [outfile!]),
    ...fromfile !== undefined && fromfile !== "-"
      ? permissionFlag("--allow-read", may("read"), [fromfile])
      : [],
  ];
}

function permissionFlag(
  flag: string,
  isGranted: (path?: string) => boolean,
  paths: readonly string[],
): string[] {
  if (isGranted()) return [flag];
  const granted = paths.filter((path) => isGranted(path)).map((path) => {
    if (!path.includes(",")) return path;
    // A flag that the user could write is one of these two.
    const folder = folderOf(path);
    return isGranted(folder) ? folder : path.replaceAll(",", ",,");
  });
  return granted.length > 0 ? [`${flag}=${granted.join()}`] : [];
}
