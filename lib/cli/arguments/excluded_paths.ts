/** `@PATH`: excludes a path, in whatever form it is written. */

import { encodePath, joinPath } from "../../kernel/byte_path.ts";
import { Libc } from "../../kernel/libc.ts";
import { readLink } from "../../kernel/procfs.ts";
import { identityAt } from "../../kernel/stat.ts";
import { toAbsolute } from "../../roots/resolve_path.ts";
import type { PathList } from "./options.ts";

const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;

/** The remaining paths, and notes about exclusions. */
export interface Exclusion extends PathList {
  /** Notes about exclusions of nothing, or of a whole given path. */
  readonly hints: readonly string[];
}

/**
 * Returns the list with each excluded path in the form that events have: below a
 * given path. `@dist`, `@./dist`, an absolute path and a path through a symbolic
 * link all exclude the same place.
 */
export function resolveExclusions(
  { paths, excludedPaths }: PathList,
): Exclusion {
  using libc = Libc.acquire();
  const roots = paths.map((path) => ({ path, real: realPath(path, libc) }));
  const left = new Set(paths);
  const excluded = new Set<string>();
  const hints: string[] = [];
  for (const given of excludedPaths) {
    const places = placesOf(given, libc);
    let isAny = false;
    for (const { path, real } of roots) {
      for (const place of places) {
        if (place === real) {
          left.delete(path);
          hints.push(`Not watching '${path}', which '@${given}' excludes`);
        } else if (isBelow(place, real)) {
          const rest = place.slice(real.length).replace(/^\//, "");
          excluded.add(joinPath(path.replace(/(?<=[^/])\/+$/, ""), rest));
        } else continue;
        isAny = true;
      }
    }
    if (!isAny) {
      hints.push(`'@${given}' excludes nothing: it is not below a PATH`);
    } else if (identityAt(given, libc) === undefined) {
      hints.push(`'@${given}' excludes nothing yet: nothing is there`);
    }
  }
  return { paths: [...left], excludedPaths: [...excluded], hints };
}

/** Returns the place of `path` and, if it is a symbolic link, of its target. */
function placesOf(path: string, libc: Libc): Set<string> {
  const absolute = toAbsolute(path, libc);
  const name = /[^/]*\/*$/.exec(absolute)![0];
  const parent = realPath(absolute.slice(0, -name.length) || "/", libc);
  return new Set([
    joinPath(parent, name.replace(/\/+$/, "")),
    realPath(path, libc),
  ]);
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);
}

/** Returns the path without links, `.` and `..`, as far as it exists. */
function realPath(path: string, libc: Libc): string {
  const absolute = toAbsolute(path, libc).replace(/(?<=[^/])\/+$/, "");
  const { open, close } = libc.symbols;
  let fd: number;
  try {
    const location = libc.addressOf(encodePath(absolute));
    fd = libc.check(() => open(location, O_PATH | O_CLOEXEC), "open", path);
  } catch {
    const end = absolute.lastIndexOf("/");
    if (end < 0 || absolute === "/") return absolute;
    const parent = realPath(absolute.slice(0, end) || "/", libc);
    return joinPath(parent, absolute.slice(end + 1));
  }
  try {
    return readLink(`/proc/self/fd/${fd}`, libc, path);
  } catch {
    // Without /proc, only equal spellings are recognized.
    return absolute;
  } finally {
    close(fd);
  }
}
