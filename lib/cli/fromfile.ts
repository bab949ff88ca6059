/** More paths, from a file or from standard input: `--fromfile`. */

import { decodePath } from "../path.ts";
import { requirePermission, withPath } from "./permission.ts";

/** What a list says, or the arguments that could stand in its place. */
export interface PathList {
  /** The paths to watch. */
  readonly paths: readonly string[];
  /** The paths to pass by. */
  readonly excludedPaths: readonly string[];
}

/** Sorts paths to watch from those to pass by, which have an `@` before them. */
export function sortPaths(list: readonly string[]): PathList {
  return {
    paths: list.filter((path) => !path.startsWith("@")),
    excludedPaths: list
      .filter((path) => path.startsWith("@"))
      .map((path) => path.slice(1)),
  };
}

/** Reads the list in `file`, one path a line; `-` is standard input. */
export async function readPaths(file: string): Promise<PathList> {
  const text = decodePath(await readAll(file));
  return sortPaths(text.split("\n").filter((line) => line !== ""));
}

async function readAll(file: string): Promise<Uint8Array> {
  if (file === "-") return await new Response(Deno.stdin.readable).bytes();
  requirePermission("read", file);
  try {
    return await Deno.readFile(file);
  } catch (error) {
    throw withPath(error, { call: "readfile", path: file });
  }
}
