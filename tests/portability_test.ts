/**
 * Other platforms than Linux: the real modules, in a process in which `Deno.build` has
 * another platform. The modules read nothing else about the platform.
 */

import { assertEquals } from "@std/assert";

const MESSAGE = (os: string) =>
  `NotSupported: Cannot use inotify on '${os}', only on Linux: use Deno.watchFs`;

/** Returns the output of a process that runs `source` on `os`, without permissions. */
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
  Deno.test(`the library can be imported on ${os}, and its errors suggest Deno.watchFs`, async () => {
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
