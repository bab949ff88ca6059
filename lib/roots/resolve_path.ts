/** Which names in which directories decide what is at a path. */

import type { SystemError } from "../kernel/errno.ts";
import { readLinkIfAny } from "../kernel/procfs.ts";
import { leadsElsewhere } from "../kernel/stat.ts";
import type { Libc } from "../kernel/libc.ts";
import { decodePath, joinPath } from "../kernel/byte_path.ts";

/** A name in a directory. */
export interface PathComponent {
  /** The directory, by a path without symbolic links but those of /proc. */
  readonly directory: string;
  readonly name: string;
}

/** What a path leads to. */
export interface Resolution {
  /** The symbolic links on the way, and last what the path ends at. */
  readonly components: readonly PathComponent[];
  /** Whether there is nothing at the last component, or no end to the links. */
  readonly isMissing: boolean;
  /** Whether the path goes on behind it. */
  readonly isPartial: boolean;
}

/** What to resolve, and how. */
export interface Target {
  /** The absolute path. */
  readonly absolutePath: string;
  /** What errors call it. */
  readonly path: string;
  /** Whether to follow it if it is a symbolic link itself. */
  readonly followSymlinks: boolean;
}

/** As many as the kernel follows; more lead nowhere. See path_resolution(7). */
const MAX_LINKS = 40;

/**
 * Follows a path as the kernel does.
 *
 * @throws {Deno.errors.PermissionDenied} If a directory may not be searched.
 */
export function resolvePath(
  { absolutePath, path, followSymlinks }: Target,
  libc: Libc,
): Resolution {
  const components: PathComponent[] = [];
  const names = toNames(absolutePath);
  let last: PathComponent = { directory: "/", name: "" };
  let directory = "/";
  /** Whether that is behind a link whose text does not tell where it leads. */
  let isBeyond = false;
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const isPartial = names.length > 0;
    if (name === "..") {
      directory = isBeyond ? joinPath(directory, "..") : parentOf(directory);
      continue;
    }
    const place = joinPath(directory, name);
    let target: string | undefined;
    try {
      target = readLinkIfAny(place, libc, path);
    } catch (error) {
      const { code } = error as SystemError;
      if (code === "ENOENT") last = { directory, name };
      // The directory is none; `last` is what led there.
      else if (code !== "ENOTDIR") throw error;
      return {
        components: [...components, last],
        isMissing: true,
        isPartial: isPartial || code === "ENOTDIR",
      };
    }
    last = { directory, name };
    if (target === undefined || !isPartial && !followSymlinks) {
      directory = place;
      continue;
    }
    components.push(last);
    if (components.length > MAX_LINKS) {
      return { components, isMissing: true, isPartial: true };
    }
    const isAbsolute = target.startsWith("/");
    if (isAbsolute && leadsElsewhere(place, target, libc)) {
      directory = place;
      isBeyond = true;
      continue;
    }
    names.push(...toNames(target));
    if (!isAbsolute) continue;
    directory = "/";
    isBeyond = false;
  }
  return {
    components: [...components, last],
    isMissing: false,
    isPartial: false,
  };
}

/** `path`, counted from the working directory of this moment. */
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

/** The names in `path`, last one first. */
function toNames(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".")
    .reverse();
}

function parentOf(directory: string): string {
  return directory.slice(0, directory.lastIndexOf("/")) || "/";
}
