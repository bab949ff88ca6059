/** The permissions of Deno that some flags need: for files, and for a command. */

import { Libc } from "../../kernel/libc.ts";
import { readText } from "../../kernel/procfs.ts";

/**
 * Requests the permission for `subject` before anything is watched. On a terminal,
 * Deno asks the user.
 *
 * @throws {Deno.errors.NotCapable} If it is not granted. The message says how to
 * grant it.
 */
export function requirePermission(
  name: "read" | "write" | "run",
  subject: string,
): void {
  const { state } = Deno.permissions.requestSync(
    name === "run" ? { name, command: subject } : { name, path: subject },
  );
  if (state === "granted") return;
  throw missingPermission(`${name} access to '${subject}'`, name, subject);
}

/** Returns the error for a missing permission, which says how to grant it. */
export function missingPermission(
  what: string,
  name: "read" | "write" | "run",
  subject: string,
): Error {
  const advice = grantingLine(commandLine(), `--allow-${name}`, subject);
  return new Deno.errors.NotCapable(
    `Requires ${what}, ` +
      (advice ??
        `run again with the ${grant(`--allow-${name}`, subject)} flag`),
  );
}

/**
 * Returns the flag of Deno that grants a permission for `value`. Commas separate
 * values, and not every version of Deno has a way to write one in a path. So the
 * flag is for the next folder without a comma, or for every command.
 */
export function grant(flag: string, value: string): string {
  if (!value.includes(",")) return `${flag}=${value}`;
  return flag === "--allow-run" ? flag : `${flag}=${folderOf(value)}`;
}

/** Returns the next folder above `path` that has no comma in its path. */
export function folderOf(path: string): string {
  const folder = path.slice(0, path.indexOf(",")).replace(/[^/]*$/, "");
  return folder.replace(/(?<=.)\/+$/, "") || ".";
}

/** Returns the arguments of this process; none if they cannot be read. */
function commandLine(): string[] {
  try {
    using libc = Libc.acquire();
    return readText("/proc/self/cmdline", libc).split("\0").slice(0, -1);
  } catch {
    return [];
  }
}

/** Flags of Deno that are followed by a value. */
const WITH_VALUE = ["--config", "-c", "--import-map", "--lock", "--location"];

/**
 * Returns the command line that grants a permission in addition to those in
 * `args`, the arguments of Deno. For an installed command, it installs it again.
 */
export function grantingLine(
  args: readonly string[],
  flag: string,
  value: string,
): string | undefined {
  if (args[1] !== "run") return undefined;
  let at = 2;
  while (args[at]?.startsWith("-")) {
    at += WITH_VALUE.includes(args[at]!) ? 2 : 1;
  }
  const module = args[at];
  if (module === undefined) return undefined;
  const flags = args.slice(2, at);
  // A script that `deno install` wrote has a configuration of its own.
  const [, name] = flags.map((flag) => /\/\.([^/]+)\/deno\.json$/.exec(flag))
    .find((found) => found !== null) ?? [];
  const granted = flags.filter((flag) => /^(--allow-|-[A-Z]\b)/.test(flag));
  const same = granted.findIndex((each) => each.startsWith(`${flag}=`));
  const flagged = grant(flag, value);
  const isForAll = flagged === flag;
  if (same < 0) granted.push(flagged);
  else if (isForAll) granted[same] = flagged;
  else granted[same] += `,${flagged.slice(flag.length + 1)}`;
  const words = name === undefined ? ["deno", "run", ...granted, module] : [
    ...["deno", "install", "-g", "-f", ...granted],
    ...configFlags(module),
    ...["-n", name, module],
  ];
  const line = words.map(quoteForShell).join(" ");
  return name === undefined
    ? `run it as: ${line} …`
    : `install it again: ${line}`;
}

/** Deno installs a file without the imports of the `deno.json` beside it. */
function configFlags(module: string): string[] {
  if (!module.startsWith("file:")) return [];
  return [
    "--config",
    decodeURIComponent(new URL("deno.json", module).pathname),
  ];
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Returns `error` with the call and the path in its message. Deno leaves them out
 * if the error occurs while it checks permissions.
 */
export function withPath(
  error: unknown,
  { call, path }: { call: string; path: string },
): unknown {
  const { message } = error as Error;
  if (message.includes(path)) return error;
  return new Error(`${message}: ${call} '${path}'`, { cause: error });
}
