/**
 * Checks the direction of imports: a room of `lib/` imports from itself and
 * from the rooms below it, and the library imports nothing from outside.
 *
 * Prints every import that breaks this rule and every file in `lib/` that
 * nothing imports. The directory to check is the argument, by default the
 * working directory.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";

/** The rooms of `lib/`, from the lowest to the highest. */
const ROOMS = ["kernel", "tree", "roots", "watch", "cli"];

/** The entry points, and the highest room that each may import from. */
const FACES = new Map([
  ["mod.ts", "watch"],
  ["watch_fs.ts", "watch"],
  ["cli.ts", "cli"],
]);

/** The part of the output of `deno info --json` that is used here. */
interface ModuleGraph {
  modules: { specifier: string; dependencies?: { specifier: string }[] }[];
}

const root = pathToFileURL(`${Deno.realPathSync(Deno.args[0] ?? ".")}/`);
const imports = await readImports();
const problems = [
  ...imports.entries().flatMap(([file, specifiers]) =>
    specifiers.flatMap((specifier) => checkImport(file, specifier))
  ),
  ...listFiles("lib/").filter((file) => !imports.has(file))
    .map((file) => `${file}: nothing imports it`),
];

for (const problem of problems) console.error(problem);
if (problems.length > 0) Deno.exit(1);

/** Returns the error of an import, if it breaks the rule. */
function checkImport(file: string, specifier: string): string[] {
  const room = roomOf(file);
  if (!/^\.\.?\//.test(specifier)) {
    return room === "cli" ? [] : [
      `${file}: the library must import nothing from outside, but imports "${specifier}"`,
    ];
  }
  const target = toPath(new URL(specifier, new URL(file, root)).href);
  if (target === "deno.json" && room === "cli") return [];
  return rank(roomOf(target)) <= rank(room) ? [] : [
    `${file}: ${room} must not import from ${
      roomOf(target) ?? "outside the rooms"
    }, but imports "${target}"`,
  ];
}

function roomOf(file: string): string | undefined {
  return FACES.get(file) ?? /^lib\/([^/]+)\//.exec(file)?.[1];
}

/** Returns the floor of a room; an unknown room is above all others. */
function rank(room: string | undefined): number {
  const index = ROOMS.indexOf(room ?? "");
  return index === -1 ? ROOMS.length : index;
}

/** Reads the imports of every file that an entry point reaches. */
async function readImports(): Promise<Map<string, string[]>> {
  const graphs = await Promise.all(FACES.keys().map(readGraph));
  return new Map(
    graphs.flatMap(({ modules }) => modules)
      .filter(({ specifier }) => specifier.startsWith(root.href))
      .map(({ specifier, dependencies = [] }) =>
        [
          toPath(specifier),
          dependencies.map(({ specifier }) => specifier),
        ] as const
      )
      .filter(([file]) => roomOf(file) !== undefined),
  );
}

/** Asks Deno for the imports, because it also finds types and `import()`. */
async function readGraph(face: string): Promise<ModuleGraph> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", face],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function listFiles(directory: string): string[] {
  return Deno.readDirSync(new URL(directory, root))
    .flatMap(({ name, isDirectory }) =>
      isDirectory ? listFiles(`${directory}${name}/`) : [directory + name]
    ).toArray().sort();
}

/** Returns the path of a module relative to the checked directory. */
function toPath(specifier: string): string {
  return fileURLToPath(specifier).slice(fileURLToPath(root).length);
}
