/** Compiles the programs in C. */

import { Scratch } from "./scratch.ts";

/** A compiled program, until it is disposed of. */
export interface Program extends Disposable {
  path: string;
}

/** Compiles a program of `subjects/`; returns undefined without a compiler. */
export async function compile(name: string): Promise<Program | undefined> {
  const source = decodeURIComponent(
    new URL(`../subjects/${name}.c`, import.meta.url).pathname,
  );
  const scratch = new Scratch();
  const path = `${scratch.path}/${name}`;
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
  if (success) {
    return {
      path,
      [Symbol.dispose]: () => scratch[Symbol.dispose](),
    };
  }
  scratch[Symbol.dispose]();
  return undefined;
}
