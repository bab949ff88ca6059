/** `--fromfile`: more paths, from a file or from standard input. */

import { decodePath } from "../../kernel/byte_path.ts";
import { type PathList, sortPaths } from "./options.ts";
import { requirePermission, withPath } from "./permission.ts";
import { streams } from "../stdio.ts";

/** Reads the paths in `file`, one per line; `-` is standard input. */
export async function readPaths(file: string): Promise<PathList> {
  const text = decodePath(await readAll(file));
  return sortPaths(text.split("\n").filter((line) => line !== ""));
}

async function readAll(file: string): Promise<Uint8Array> {
  if (file === "-") return await new Response(streams.stdin.readable).bytes();
  requirePermission("read", file);
  try {
    return await Deno.readFile(file);
  } catch (error) {
    throw withPath(error, { call: "readfile", path: file });
  }
}
