/** Runs the examples of `--help` and of the manual page. */

import { assertEquals } from "@std/assert";
import { EXAMPLES } from "../../../lib/cli/info/help.ts";
import { Command } from "../../support/command.ts";
import { TestDirectory } from "../../support/directory.ts";
import { runScript } from "../../support/script.ts";
import { projectPath } from "../../support/project.ts";

const CLI = projectPath("cli.ts");

/** The scripts that replace the programs in the examples. */
const PROGRAMS: Readonly<Record<string, string>> = {
  inotify:
    `exec ${Deno.execPath()} run --no-prompt --allow-ffi --allow-run '${CLI}' "$@"`,
  make: "echo built",
  deno: 'echo deno "$@"',
  jq: 'while read -r line; do echo "jq $1: $line"; done',
};

/** The changes while an example runs, and a line that it then prints. */
const SCRIPTS: Readonly<Record<string, [script: string, line: RegExp]>> = {
  "inotify -r src": ["mkdir src/b", / create +src\/b\/$/],
  "inotify -rx src -- make": ["echo > src/a.c", /^built$/],
  "inotify -rx . --on-busy restart -- ./serve": ["", /^serving$/],
  "inotify -rx . -e content --exts ts -- deno fmt {}": [
    "echo > src/a.js; echo > src/a.ts",
    /^deno fmt \.\/src\/a\.ts$/,
  ],
  "inotify -q1e content --initial --wait a.iso": [
    "echo > a.iso.part; mv a.iso.part a.iso",
    / (moved_to|create) +a\.iso$/,
  ],
  "inotify -r --json --gitignore . | jq .path": [
    "echo > src/c",
    /^jq \.path: \{"type":"create","path":"\.\/src\/c",/,
  ],
};

Deno.test("`EXAMPLES` are all tested", () => {
  assertEquals(EXAMPLES.map(({ line }) => line), Object.keys(SCRIPTS));
});

for (const [line, [script, expected]] of Object.entries(SCRIPTS)) {
  Deno.test(`\`${line}\` does what the help says`, async () => {
    using directory = new TestDirectory();
    using programs = new TestDirectory();
    for (const [name, body] of Object.entries(PROGRAMS)) {
      write(programs.at(name), body);
    }
    directory.directory("src");
    write(directory.at("serve"), "echo serving; exec sleep 1000");
    // The end of the first process ends all of them.
    await using command = new Command([], {
      within: [
        ...["timeout", "60", "env", "-C", directory.path],
        ...[`PATH=${programs.path}:/usr/bin:/bin`, "sh", "-c", line],
      ],
    });
    // With --initial it does not matter when it begins to watch.
    if (!line.includes("--initial")) {
      await command.stderr.linesUntil("Watching");
    }
    runScript(script, directory.path);
    let printed: string;
    do printed = await command.stdout.line(); while (!expected.test(printed));
    command.kill("SIGTERM");
    await command.status;
  });
}

function write(path: string, body: string): void {
  Deno.writeTextFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o700 });
}
