/** Programs in C, compiled on the spot. */

import { undoLater } from "./undo.ts";

/** A program, until it is disposed of. */
export interface Program extends Disposable {
  path: string;
}

/** Compiles a program of `subjects/`; returns nothing where no compiler is. */
export async function compile(name: string): Promise<Program | undefined> {
  const source = new URL(`../subjects/${name}.c`, import.meta.url).pathname;
  const path = await Deno.makeTempFile({ prefix: `inotify-bench-${name}-` });
  const removal = undoLater(() => Deno.removeSync(path));
  const { success } = await new Deno.Command("sh", {
    args: [
      "-c",
      'command -v cc >/dev/null && cc -O2 -o "$@"',
      "sh",
      path,
      source,
    ],
    stderr: "inherit",
  }).output();
  if (success) return { path, ...removal };
  removal[Symbol.dispose]();
  return undefined;
}
