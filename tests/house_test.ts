/** The rooms of `lib/`: the direction of imports, and the table of all files. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "./support/directory.ts";
import { runScript } from "./support/script.ts";

const project = new URL("../", import.meta.url);

/** A checkout that has one file in each room and only allowed imports. */
const FILES: Readonly<Record<string, string>> = {
  "mod.ts": `export * from "./lib/watch/watch.ts";`,
  "watch_fs.ts": `export * from "./mod.ts";`,
  "cli.ts": `import "./lib/cli/main.ts";`,
  "deno.json": "{}",
  "lib/kernel/libc.ts": `export type Libc = string;`,
  "lib/tree/node.ts": `import type { Libc } from "../kernel/libc.ts";`,
  "lib/roots/roots.ts": `import "../tree/node.ts"; import "../kernel/libc.ts";`,
  "lib/watch/watch.ts": `await import("../roots/roots.ts");`,
  "lib/cli/main.ts":
    `import "node:fs"; import "../../deno.json" with { type: "json" };
    await import("../watch/watch.ts");`,
};

/** Runs the check on a checkout that differs from `FILES` in some files. */
async function checkImports(files: Record<string, string>) {
  using directory = new TestDirectory();
  runScript(
    "mkdir -p lib/kernel lib/tree lib/roots lib/watch lib/cli",
    directory.path,
  );
  for (const [path, text] of Object.entries({ ...FILES, ...files })) {
    Deno.writeTextFileSync(directory.at(path), text);
  }
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-run",
      new URL("tools/imports.ts", project).href,
      directory.path,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const problems = new TextDecoder().decode(stderr).trimEnd();
  return { code, problems };
}

Deno.test("`tools/imports.ts` accepts imports from the rooms below", async () => {
  assertEquals(await checkImports({}), { code: 0, problems: "" });
});

const broken: [
  reason: string,
  files: Record<string, string>,
  problem: string,
][] = [
  [
    "an import from a room above",
    { "lib/kernel/libc.ts": `import "../tree/node.ts";` },
    `lib/kernel/libc.ts: kernel must not import from tree, but imports "lib/tree/node.ts"`,
  ],
  [
    "an import of a type from a room above",
    { "lib/tree/node.ts": `import type {} from "../roots/roots.ts";` },
    `lib/tree/node.ts: tree must not import from roots, but imports "lib/roots/roots.ts"`,
  ],
  [
    "import() of the command in the library",
    {
      "lib/watch/watch.ts":
        `import "../roots/roots.ts"; await import("../cli/main.ts");`,
    },
    `lib/watch/watch.ts: watch must not import from cli, but imports "lib/cli/main.ts"`,
  ],
  [
    "an entry point of the library that imports the command",
    { "mod.ts": `import "./cli.ts"; export * from "./lib/watch/watch.ts";` },
    `mod.ts: watch must not import from cli, but imports "cli.ts"`,
  ],
  [
    "a library that imports a package",
    { "lib/roots/roots.ts": `import "../tree/node.ts"; import "@std/path";` },
    `lib/roots/roots.ts: the library must import nothing from outside, but imports "@std/path"`,
  ],
  [
    "a library that imports from another directory of the project",
    {
      "lib/roots/roots.ts":
        `import "../tree/node.ts"; import "../../deno.json" with { type: "json" };`,
    },
    `lib/roots/roots.ts: roots must not import from outside the rooms, but imports "deno.json"`,
  ],
  [
    "a file that nothing imports",
    { "lib/tree/unused.ts": `export {};` },
    `lib/tree/unused.ts: nothing imports it`,
  ],
];

for (const [reason, files, problem] of broken) {
  Deno.test(`\`tools/imports.ts\` rejects ${reason}`, async () => {
    assertEquals(await checkImports(files), { code: 1, problems: problem });
  });
}

Deno.test("documents name only files that exist", () => {
  const documents = Deno.readDirSync(project)
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => name).toArray();
  const missing = [...documents, ...listFiles("docs/")].flatMap((document) => {
    if (!document.endsWith(".md")) return [];
    const text = Deno.readTextFileSync(new URL(document, project));
    return text.matchAll(
      /`((?:bench|docs|examples|lib|man|tests|tools)\/[^`*{ ]*)`/g,
    )
      .filter(([, path]) => !exists(path!))
      .map(([, path]) => `${document}: ${path}`).toArray();
  });
  assertEquals(missing, []);
});

Deno.test("CONTRIBUTING.md has a row for every file in lib/", () => {
  const text = Deno.readTextFileSync(new URL("CONTRIBUTING.md", project));
  const rows: string[] = [];
  let room = "";
  for (
    const [, first = "", file = ""] of text.matchAll(
      /^\| (?:`(lib\/[^`]*\/)`)? *\| `(\w+\.ts)`/gm,
    )
  ) {
    room = first || room;
    rows.push(room + file);
  }
  assertEquals(rows.toSorted(), listFiles("lib/"));
});

function listFiles(directory: string): string[] {
  return Deno.readDirSync(new URL(directory, project))
    .flatMap(({ name, isDirectory }) =>
      isDirectory ? listFiles(`${directory}${name}/`) : [directory + name]
    ).toArray().sort();
}

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, project));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
