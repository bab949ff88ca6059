/** Programs in C, compiled on the spot. */

/** Compiles a program of `subjects/`; returns nothing where no compiler is. */
export async function compile(name: string): Promise<string | undefined> {
  const source = new URL(`../subjects/${name}.c`, import.meta.url).pathname;
  const program = await Deno.makeTempFile({ prefix: `inotify-${name}-` });
  const child = await new Deno.Command("sh", {
    args: ["-c", 'command -v cc >/dev/null && cc -O2 -o "$@"', "sh"]
      .concat(program, source),
    stderr: "inherit",
  }).output();
  return child.success ? program : undefined;
}
