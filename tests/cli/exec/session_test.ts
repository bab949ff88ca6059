/** `--exec` while a program is developed: with an editor, git and packages. */

import { assertEquals } from "@std/assert";
import { Command } from "../../support/command.ts";
import { TestDirectory } from "../../support/directory.ts";
import { withoutTime } from "../../support/exec.ts";
import { runScript } from "../../support/script.ts";
import { hasTool } from "../../support/tools.ts";

const SET_UP = `
  export GIT_CONFIG_GLOBAL=/dev/null
  git init -q -b main
  git config user.name a
  git config user.email a@b
  mkdir src
  echo node_modules > .gitignore
  for name in a b c; do echo one > src/$name.ts; done
  git add .
  git commit -qm one
  git checkout -qb other
  for name in a b c; do echo two > src/$name.ts; done
  git commit -qam two
  git checkout -q main
`;

/** The steps of a developer, and the files for which the server restarts. */
const STEPS: [script: string, changed: string][] = [
  [
    "vim -es -u NONE -c 'normal cctwo' -c 'set backup | wq' src/a.ts",
    "1 changed: src/a.ts",
  ],
  ["git checkout -q src/a.ts", "1 changed: src/a.ts"],
  ["git checkout -q other", "3 changed: src/a.ts, src/b.ts, src/c.ts"],
  ["git status; git commit -q --amend -m three", ""],
  [
    "mkdir -p node_modules/a/lib; echo > node_modules/a/lib/index.js; " +
    "mv node_modules node_modules.old; mv node_modules.old node_modules",
    "1 changed: node_modules.old",
  ],
  ["rm -r node_modules; mkdir -p node_modules/b/node_modules/c", ""],
  [
    "echo dist >> .gitignore",
    "1 changed: .gitignore",
  ],
  ["mkdir dist; echo > dist/a.js", ""],
  ["echo > src/d.ts", "1 changed: src/d.ts"],
];

Deno.test({
  name: "`cli.ts --exec --gitignore` restarts a server once for each change",
  ignore: !hasTool("git", "a development session") ||
    !hasTool("vim", "a development session"),
  async fn() {
    using directory = new TestDirectory();
    runScript(SET_UP, directory.path);
    const server = "echo begin; exec sleep 1000";
    await using command = new Command(
      ["-r", ".", "--gitignore", "--on-busy", "restart", "-x", "--"].concat(
        ["sh", "-c", server],
      ),
      {
        permissions: ["--allow-ffi", "--allow-run=sh"],
        within: ["env", "-C", directory.path],
      },
    );
    await command.stderr.linesUntil("Watching");
    assertEquals(await command.stdout.line(), "begin");
    for (const [script, changed] of STEPS) {
      // However long a step takes, it is over before its events are read.
      await command.pause();
      runScript(script, directory.path);
      command.resume();
      if (changed === "") continue;
      assertEquals(
        withoutTime(await command.stderr.line()),
        "inotify: sh: killed by SIGTERM",
      );
      assertEquals(
        (await command.stderr.line()).replaceAll("./", ""),
        `inotify: ${changed}`,
        script,
      );
      assertEquals(await command.stdout.line(), "begin");
    }
  },
});
