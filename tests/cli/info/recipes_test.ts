/** Runs recipes of docs/recipes.md. */

import { assert, assertEquals } from "@std/assert";
import { Command } from "../../support/command.ts";
import { TestDirectory } from "../../support/directory.ts";
import { readIfPresent } from "../../support/process.ts";
import { runScript } from "../../support/script.ts";
import { hasTool } from "../../support/tools.ts";
import { until } from "../../support/until.ts";
import { projectPath } from "../../support/project.ts";

const CLI = projectPath("cli.ts");
const PAGE = new URL("../../../docs/recipes.md", import.meta.url);

/** The files of the directory, the changes, and the result. */
interface Recipe {
  /** The heading, and the number of the code block below it. */
  title: string;
  block?: number;
  before: string;
  script: string;
  /** A line that is printed, or a file that is created. */
  line?: string;
  file?: string;
}

const RECIPES: Recipe[] = [
  {
    title: "Rebuild after a change",
    before: "mkdir src",
    script: "echo > src/a",
    line: "make",
  },
  {
    title: "Restart a server",
    before: "mkdir src",
    script: "",
    line: "deno run --allow-net src/main.ts",
  },
  {
    title: "Restart a server",
    block: 1,
    before: "echo > server.conf; printf '#!/bin/sh\\n" +
      'trap "echo HUP" HUP; echo server; while :; do sleep .1; done\' > server;' +
      "chmod +x server",
    script: "until [ -e started ]; do sleep .1; done; echo 1 >> server.conf",
    line: "HUP",
  },
  {
    title: "Run the tests that changed",
    before: ": > a_test.ts",
    script: "echo 1 > a_test.ts; echo > a.ts; rm a.ts",
    line: "deno test ./a_test.ts",
  },
  {
    title: "Copy changes with rsync",
    before: "mkdir src; echo > src/a",
    script: "echo > src/b",
    file: "copy/b",
  },
  {
    title: "React to uploads",
    before: "mkdir in; echo > in/a",
    script: "echo > .b; mv .b 'in/b $(c)'",
    line: "in/b $(c)",
  },
  {
    title: "Wait for a file in a script",
    before: "",
    script: "echo > data.csv",
    line: "complete",
  },
];

const text = await Deno.readTextFile(PAGE);

function recipe({ title, block = 0 }: Recipe): string {
  const section = text.split(/^## /m).find((each) => each.startsWith(title));
  assert(section, title);
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```/gms)];
  return blocks[block]![1]!;
}

for (const each of RECIPES) {
  const { title, block = 0, before, script, line, file } = each;
  Deno.test({
    name: `docs/recipes.md: ${title}${block > 0 ? `, ${block + 1}` : ""}`,
    ignore: title.includes("rsync") && !hasTool("rsync", "a recipe"),
    async fn() {
      using directory = new TestDirectory();
      using programs = new TestDirectory();
      const run = "run --no-prompt --allow-ffi --allow-run";
      write(
        programs.at("inotify"),
        `exec ${Deno.execPath()} ${run} '${CLI}' "$@"`,
      );
      for (const name of ["make", "deno"]) {
        write(programs.at(name), `echo ${name} "$@"`);
      }
      runScript(before, directory.path);
      await using command = new Command([], {
        within: [
          ...["env", "-C", directory.path],
          ...[`PATH=${programs.path}:/usr/bin:/bin`, "sh", "-c", recipe(each)],
        ],
      });
      if (!recipe(each).includes(" -q")) {
        await command.stderr.linesUntil("Watching");
      }
      if (script.includes("started")) {
        assertEquals(await command.stdout.line(), "server");
        directory.file("started");
      }
      runScript(script, directory.path);
      if (line !== undefined) {
        while (!(await command.stdout.line()).endsWith(line));
      }
      if (file !== undefined) {
        await until(() => readIfPresent(directory.at(file)) !== "");
      }
      // The script is ended together with its programs.
      const { pid } = command;
      const children = readIfPresent(`/proc/${pid}/task/${pid}/children`);
      for (const child of children.trim().split(" ")) {
        if (child !== "") Deno.kill(Number(child), "SIGTERM");
      }
      command.kill("SIGTERM");
      await command.status;
    },
  });
}

function write(path: string, body: string): void {
  Deno.writeTextFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o700 });
}
