/** `examples/mirror.ts`. */

import { assertEquals, equal } from "@std/assert";
import { Writer } from "../storm/generator.ts";
import { KINDS, populate } from "../storm/operations.ts";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { Random } from "../support/random.ts";
import { runScript } from "../support/script.ts";
import { someOf } from "../support/thorough.ts";
import { settle } from "../support/until.ts";

// A write through one name of a file is reported only for this name.
const STORM = KINDS.filter((kind) => kind !== "link");

for (const seed of someOf([1, 2])) {
  Deno.test(`mirror.ts has an exact copy after storm ${seed}`, async () => {
    using directory = new TestDirectory();
    const [tree, copy] = [directory.at("tree"), directory.at("copy")];
    populate(directory.path);
    await using program = startExample("mirror.ts", [tree, copy], [
      "--allow-read",
      "--allow-write",
    ]);
    await program.stdout.linesUntil("Mirroring");
    const random = new Random(seed);
    const writer = new Writer(directory.path, seed);
    for (let i = 0; i < 1000; i++) writer.step(random.oneOf(STORM));
    const { found, expected } = await compare(tree, copy);
    const others = new Set(found);
    assertEquals(
      { missing: expected.filter((line) => !others.delete(line)), others },
      { missing: [], others: new Set() },
    );
  });
}

Deno.test("mirror.ts continues an existing copy, and keeps modes", async () => {
  using directory = new TestDirectory();
  const [tree, copy] = [directory.at("tree"), directory.at("copy")];
  runScript(
    `mkdir -p tree/a/b copy/a/old copy/file; echo outside > outside
     echo run > tree/a/run; chmod 755 tree/a/run; chmod 2750 tree/a
     echo text > tree/file; echo text > tree/link; ln -s a/run tree/a/b/link
     echo gone > copy/gone; echo old > copy/a/b; ln -s ../outside copy/link
     mkfifo tree/pipe copy/a/pipe`,
    directory.path,
  );
  // A slash at the end is not doubled in the paths of the events.
  await using program = startExample("mirror.ts", [`${tree}/`, copy], [
    "--allow-read",
    "--allow-write",
  ]);
  await program.stdout.linesUntil("Mirroring");
  const first = await compare(tree, copy);
  assertEquals(first.found, first.expected);
  assertEquals(Deno.readTextFileSync(directory.at("outside")), "outside\n");
  runScript(
    `chmod 600 a/run; chmod 711 a; mkfifo new-pipe; mv new-pipe a/pipe
     mkdir new; mv a new/a; mv pipe new/pipe; echo last > last`,
    tree,
  );
  const second = await compare(tree, copy);
  assertEquals(second.found, second.expected);
});

Deno.test("mirror.ts copies no directory into itself", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p tree/sub; ln -s tree link", directory.path);
  const pairs = [["tree", "tree/sub/copy"], ["tree", "link/copy"], [
    "tree/sub",
    "link",
  ], ["tree", "tree"]];
  for (const pair of pairs) {
    const paths = pair.map((name) => directory.at(name));
    await using program = startExample("mirror.ts", paths, [
      "--allow-read",
      "--allow-write",
    ]);
    assertEquals(await program.end(), {
      code: 1,
      stdout: "",
      stderr: `Cannot mirror '${paths[0]}' to '${paths[1]}': one is in the ` +
        "other\n",
    });
  }
});

Deno.test("mirror.ts copies no setuid bit", async () => {
  using directory = new TestDirectory();
  runScript("mkdir tree; : > tree/run; chmod 4755 tree/run", directory.path);
  const paths = [directory.at("tree"), directory.at("copy")];
  await using _program = startExample("mirror.ts", paths, [
    "--allow-read",
    "--allow-write",
  ]);
  await settle(() => readTree(paths[1]!).includes("/run 755: "));
  assertEquals(readTree(paths[1]!), ["/run 755: "]);
});

/** Waits until the copy has everything in the tree except pipes; returns both. */
async function compare(tree: string, copy: string) {
  const expected = readTree(tree).filter((line) => !line.endsWith("pipe"));
  let found: string[] = [];
  await settle(() => equal(found = readTree(copy), expected));
  return { found, expected };
}

/** Returns the entries below a directory, each with its mode and contents. */
function readTree(directory: string, path = ""): string[] {
  try {
    return [...Deno.readDirSync(directory + path)].flatMap((entry) => {
      const name = `${path}/${entry.name}`;
      const place = directory + name;
      if (entry.isSymlink) return `${name} -> ${Deno.readLinkSync(place)}`;
      const mode = (Deno.lstatSync(place).mode! & 0o7777).toString(8);
      if (entry.isDirectory) {
        return [`${name}/ ${mode}`, ...readTree(directory, name)];
      }
      return entry.isFile
        ? `${name} ${mode}: ${Deno.readTextFileSync(place)}`
        : name;
    }).sort();
  } catch (error) {
    // The tree may change while it is read.
    if (error instanceof Error && "code" in error) return [];
    throw error;
  }
}
