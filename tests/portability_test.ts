/**
 * What happens elsewhere than on Linux: the real modules, in a process where
 * `Deno.build` says that this is another system. It is all that they ask for.
 */

import { assertEquals } from "@std/assert";

const MESSAGE = (os: string) =>
  `NotSupported: Cannot use inotify on '${os}', only on Linux: use Deno.watchFs`;

/** What a process writes that runs `source` on `os`, without a permission. */
async function runOn(os: string, source: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-config", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const text = `
    const build = { ...Deno.build, os: ${JSON.stringify(os)} };
    Object.defineProperty(Deno, "build", { value: build });
    ${source}
  `;
  const [{ stdout }] = await Promise.all([
    child.output(),
    new Blob([text]).stream().pipeTo(child.stdin),
  ]);
  return new TextDecoder().decode(stdout);
}

for (const os of ["darwin", "windows", "freebsd"]) {
  Deno.test(`the library imports on ${os}, and says what to use instead`, async () => {
    const output = await runOn(
      os,
      `
        const library = await import("${import.meta.resolve("../mod.ts")}");
        const { IN, Inotify, inotifyLimits, maskNames, watch } = library;
        console.log(maskNames(IN.CREATE).join());
        for (const use of [() => watch("."), () => new Inotify(), inotifyLimits]) {
          await (async () => use())().catch((error) => console.log(\`\${error}\`));
        }
        const { state } = await Deno.permissions.query({ name: "ffi" });
        console.log(state);
      `,
    );
    assertEquals(output.split("\n"), [
      "IN_CREATE",
      ...Array(3).fill(MESSAGE(os)),
      "prompt",
      "",
    ]);
  });
}
