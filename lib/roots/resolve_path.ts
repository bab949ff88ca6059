/** Follows a path name by name, as path_resolution(7) says the kernel does. */

import type { SystemError } from "../kernel/errno.ts";
import { readLinkIfAny } from "../kernel/procfs.ts";
import { isDirectory, leadsElsewhere } from "../kernel/stat.ts";
import type { Libc } from "../kernel/libc.ts";
import { decodePath, joinPath } from "../kernel/byte_path.ts";

/** What to resolve, and how. */
export interface Target {
  /** The absolute path. */
  readonly absolutePath: string;
  /** The path that errors name. */
  readonly path: string;
  /** Whether to follow the path if it is a symbolic link itself. */
  readonly followSymlinks: boolean;
}

/** What one name on a path is. */
export type Place =
  | { readonly kind: "directory" | "file" | "missing" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "denied"; readonly error: SystemError };

/**
 * What a path leads to; "unreachable" if the directory of its last name does not
 * exist, "denied" if the names cannot be looked up.
 */
export type PathState =
  | "directory"
  | "file"
  | "missing"
  | "unreachable"
  | "denied";

/** Where a path ends: at its last name, or at the first one that leads nowhere. */
export interface PathEnd {
  readonly state: PathState;
  /** The directory of that name, without symbolic links except those of /proc. */
  readonly directory: string;
  /** The name; `""` if the path leads to the root directory. */
  readonly name: string;
  /** Why the path is "denied". */
  readonly error?: SystemError;
}

/** The kernel follows as many; a path with more leads nowhere. */
const MAX_LINKS = 40;

/**
 * Follows a path. `look` says what each name is, and sees every directory before
 * any name in it.
 *
 * @throws What `look` throws.
 */
export function walkPath(
  { absolutePath, followSymlinks }: Target,
  look: (location: string) => Place,
  libc: Libc,
): PathEnd {
  const names = toNames(absolutePath);
  let directory = "/";
  let links = 0;
  /** Whether a link on the way does not lead where its text says. */
  let isBeyond = false;
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const isLast = names.length === 0;
    if (name === "..") {
      directory = isBeyond ? joinPath(directory, "..") : parentOf(directory);
      continue;
    }
    const location = joinPath(directory, name);
    const place = look(location);
    if (place.kind === "directory") {
      directory = location;
      continue;
    }
    if (place.kind === "denied") {
      return { state: "denied", directory, name, error: place.error };
    }
    if (place.kind !== "link" || isLast && !followSymlinks) {
      const state = place.kind === "missing" ? "missing" : "file";
      return { state: isLast ? state : "unreachable", directory, name };
    }
    if (++links > MAX_LINKS) return { state: "unreachable", directory, name };
    const { target } = place;
    const isAbsolute = target.startsWith("/");
    if (isAbsolute && leadsElsewhere(location, target, libc)) {
      if (isLast && !isDirectory(location, libc)) {
        return { state: "file", directory, name };
      }
      directory = location;
      isBeyond = true;
      continue;
    }
    names.push(...toNames(target));
    if (!isAbsolute) continue;
    directory = "/";
    isBeyond = false;
  }
  return { state: "directory", ...splitPath(directory) };
}

/**
 * Returns what the name at `location` is.
 *
 * @throws {SystemError} If that cannot be found out for a reason other than
 * permissions.
 */
export function lookAt(location: string, path: string, libc: Libc): Place {
  try {
    const target = readLinkIfAny(location, libc, path);
    if (target !== undefined) return { kind: "link", target };
    return { kind: isDirectory(location, libc) ? "directory" : "file" };
  } catch (error) {
    const { code } = error as SystemError;
    if (code === "EACCES") {
      return { kind: "denied", error: error as SystemError };
    }
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    return { kind: "missing" };
  }
}

/** Returns `path` as an absolute one, from the current working directory. */
export function toAbsolute(path: string, libc: Libc): string {
  if (path === "" || path.startsWith("/")) return path;
  const directory = new Uint8Array(4096);
  const address = libc.addressOf(directory);
  libc.check(
    () => libc.symbols.getcwd(address, 4096n) === null ? -1 : 0,
    "getcwd",
    path,
  );
  return joinPath(decodePath(directory, 0, directory.indexOf(0)), path);
}

/** Splits an absolute path without symbolic links before its last name. */
export function splitPath(path: string): { directory: string; name: string } {
  return {
    directory: parentOf(path),
    name: path.slice(path.lastIndexOf("/") + 1),
  };
}

/** Returns the names in `path`, the last one first. */
export function toNames(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".")
    .reverse();
}

function parentOf(directory: string): string {
  return directory.slice(0, directory.lastIndexOf("/")) || "/";
}
