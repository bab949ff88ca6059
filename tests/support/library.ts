import { libraryNames } from "../../lib/kernel/libc.ts";

/** The paths of the C library for the permission to use it. */
export const LIBRARY_PATHS: readonly string[] = libraryNames(Deno.build)
  .filter((name) => name.startsWith("/") && isFile(name));

/** One of these paths. */
export const LIBRARY_PATH = LIBRARY_PATHS[0]!;

if (LIBRARY_PATHS.length === 0) {
  throw new Error("The C library is at none of the paths that are known");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
