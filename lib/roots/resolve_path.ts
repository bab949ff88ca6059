/** Follows a path name by name, as the kernel does: path_resolution(7). */

import type { SystemError } from "../kernel/errno.ts";
import { readLinkIfAny } from "../kernel/procfs.ts";
import { isDirectory, leadsElsewhere } from "../kernel/stat.ts";
import type { Libc } from "../kernel/libc.ts";
import { decodePath, joinPath } from "../kernel/byte_path.ts";

/** A path, and how to follow it. */
export interface Target {
  /** The absolute path. */
  readonly absolutePath: string;
  /** The path in error messages. */
  readonly path: string;
  /** Whether to follow the path if it is a symbolic link itself. */
  readonly followSymlinks: boolean;
}

/** The kind of a name on a path. */
export type Place =
  | { readonly kind: "directory" | "file" | "missing" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "denied"; readonly error: SystemError };

/**
 * The state of a path: "unreachable" if the directory of its last name does not
 * exist, "denied" if a name may not be looked up.
 */
export type PathState =
  | "directory"
  | "file"
  | "missing"
  | "unreachable"
  | "denied";

/** The end of a path: its last name, or the first name that cannot be followed. */
export interface PathEnd {
  readonly state: PathState;
  /** The directory of that name, without symbolic links except those of /proc. */
  readonly directory: string;
  /** The name; `""` if the path leads to the root directory. */
  readonly name: string;
  /** Why the path is "denied". */
  readonly error?: SystemError;
}

/** The most symbolic links that the kernel follows on a path. */
const MAX_LINKS = 40;

/**
 * Follows a path. `look` is called for each name, for a directory before the names in
 * it, and returns the kind of the name.
 *
 * @throws The error that `look` throws.
 */
export function walkPath(
  { absolutePath, followSymlinks }: Target,
  look: (location: string) => Place,
  libc: Libc,
): PathEnd {
  const names = toNames(absolutePath);
  let directory = "/";
  let links = 0;
  /** Whether a link on the path leads to another place than its text. */
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
 * Returns the kind of the name at `location`.
 *
 * @throws {SystemError} If it cannot be looked up for a reason other than
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

/**
 * Returns whether following a path may hang. Asks `isRemote` about each place before
 * it is looked up, so that this does not hang itself.
 */
export function mayHang(
  target: Target,
  isRemote: (location: string) => boolean,
  libc: Libc,
): boolean {
  let isFound = false;
  const look = (location: string): Place => {
    isFound ||= isRemote(location);
    return isFound ? { kind: "missing" } : lookAt(location, target.path, libc);
  };
  try {
    walkPath(target, look, libc);
  } catch {
    // Following the path fails in the same way.
  }
  return isFound;
}

/** Returns the absolute path of `path`, which may be relative to the working directory. */
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
