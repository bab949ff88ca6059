import { assertEquals, assertStringIncludes } from "@std/assert";
import { grant, grantingLine } from "../../../lib/cli/arguments/permission.ts";
import { runCommand } from "../../support/command.ts";
import { projectWord } from "../../support/project.ts";

const LINES: [args: string, advice: string | undefined][] = [
  [
    "deno run --allow-ffi cli.ts -rx src -- make",
    "run it as: deno run --allow-ffi --allow-run=make cli.ts …",
  ],
  [
    "/usr/bin/deno run --quiet --allow-ffi --allow-run=git jsr:@x/inotify/cli",
    "run it as: deno run --allow-ffi --allow-run=git,make " +
    "jsr:@x/inotify/cli …",
  ],
  [
    "deno run --allow-ffi --quiet --config /home/a/.deno/bin/.inotify/deno.json" +
    " jsr:@x/inotify/cli -rx src -- make",
    "install it again: deno install -g -f --allow-ffi --allow-run=make " +
    "-n inotify jsr:@x/inotify/cli",
  ],
  [
    "deno run -R --config /opt/bin/.watch/deno.json file:///opt/x(1)/cli.ts",
    "install it again: deno install -g -f -R --allow-run=make " +
    "--config '/opt/x(1)/deno.json' -n watch 'file:///opt/x(1)/cli.ts'",
  ],
  ["deno test --allow-all", undefined],
  ["inotify -r src", undefined],
  ["", undefined],
];

for (const [args, advice] of LINES) {
  Deno.test(`\`grantingLine()\` adds to ${args.slice(0, 60)}`, () => {
    const line = grantingLine(args.split(" "), "--allow-run", "make");
    assertEquals(line, advice);
  });
}

const FOLDERS: [path: string, folder: string][] = [
  ["a,b", "."],
  ["a/b,c", "a"],
  ["/a,b/c", "/"],
  ["/a/b/c,d/e,f", "/a/b"],
];

for (const [path, folder] of FOLDERS) {
  Deno.test(`\`grant()\` grants '${folder}' for '${path}'`, () => {
    assertEquals(grant("--allow-write", path), `--allow-write=${folder}`);
  });
}

Deno.test("`grantingLine()` grants what has a comma in its name", () => {
  const args = ["deno", "run", "--allow-write=a", "--allow-run=b", "cli.ts"];
  assertEquals(
    grantingLine(args, "--allow-write", "c/d,e"),
    "run it as: deno run --allow-write=a,c --allow-run=b cli.ts …",
  );
  assertEquals(
    grantingLine(args, "--allow-run", "c,d"),
    "run it as: deno run --allow-write=a --allow-run cli.ts …",
  );
});

Deno.test("`cli.ts --exec` prints the command line that grants the permission", async () => {
  const { code, stderr } = await runCommand(["/", "-x", "--", "sh"]);
  const path = projectWord("cli.ts");
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "inotify: Requires run access to 'sh', run it as: " +
      `deno run --allow-ffi --allow-run=sh ${path} …`,
  );
});
