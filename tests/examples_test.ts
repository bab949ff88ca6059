/** Runs the programs of `examples/` as their heads say. */

import { assertEquals, assertStringIncludes, equal } from "@std/assert";
import { Writer } from "./storm/generator.ts";
import { KINDS, populate } from "./storm/operations.ts";
import { Browser } from "./support/browser.ts";
import { Command } from "./support/command.ts";
import { TestDirectory } from "./support/directory.ts";
import { Random } from "./support/random.ts";
import { runScript } from "./support/script.ts";
import { settle } from "./support/until.ts";

/** How long any of this may take on a busy machine, in milliseconds. */
const DEADLINE = 60_000;

/** Starts an example, with what it is allowed besides FFI. */
function start(
  name: string,
  args: string[],
  permissions: string[] = [],
): Command {
  return new Command(args, {
    program: `examples/${name}`,
    permissions: ["--allow-ffi", ...permissions],
    deadline: DEADLINE,
  });
}

Deno.test("rebuild.ts runs the command at first and once for many changes", async () => {
  using directory = new TestDirectory();
  directory.directory("src");
  const builds = directory.at("builds");
  await using program = start("rebuild.ts", [
    directory.at("src"),
    "sh",
    "-c",
    `ls ${directory.at("src")} | wc -l >> ${builds}`,
  ], ["--allow-run=sh"]);
  assertEquals(await program.stdout.line(), "Built");
  runScript("for i in 1 2 3 4 5; do echo > src/$i; done", directory.path);
  await program.stdout.linesUntil("Built");
  assertEquals(Deno.readTextFileSync(builds), "0\n5\n");
  // A change that comes while it builds is not forgotten.
  runScript("rm src/1", directory.path);
  await program.stdout.linesUntil("Built");
  assertEquals(Deno.readTextFileSync(builds), "0\n5\n4\n");
});

Deno.test("rebuild.ts goes on after the command has failed", async () => {
  using directory = new TestDirectory();
  await using program = start("rebuild.ts", [directory.path, "false"], [
    "--allow-run=false",
  ]);
  assertEquals(await program.stdout.line(), "Failed with 1");
  directory.file("a");
  await program.stdout.linesUntil("Failed with 1");
});

Deno.test({
  name: "live_reload.ts reloads the page in a browser",
  ignore: !Browser.isInstalled,
  async fn() {
    using directory = new TestDirectory();
    // The page tells on its own that it was loaded, and what it showed then.
    const shown: string[] = [];
    const show = async (what: string) => {
      await settle(() => shown.includes(what), DEADLINE);
      assertEquals(shown.at(-1), what);
    };
    await using server = Deno.serve(
      { port: 0, onListen: () => {} },
      ({ url }) => {
        shown.push(decodeURIComponent(new URL(url).search.slice(1)));
        return new Response();
      },
    );
    const save = (title: string) =>
      Deno.writeTextFileSync(
        directory.at("index.html"),
        `<title>${title}</title><script src="style.js"></script><script>
          fetch("http://localhost:${server.addr.port}/?" + document.title +
            encodeURIComponent(" " + style), { mode: "no-cors" });
        </script>`,
      );
    save("one");
    Deno.writeTextFileSync(directory.at("style.js"), "const style = 'red';");
    await using program = start("live_reload.ts", [directory.path, "0"], [
      "--allow-net",
      `--allow-read=${directory.path}`,
    ]);
    const url = await readUrl(program);
    await using _ = new Browser(url);
    await show("one red");
    save("two");
    await show("two red");
    Deno.writeTextFileSync(directory.at("style.js"), "const style = 'blue';");
    await show("two blue");
  },
});

Deno.test("live_reload.ts serves nothing outside of its directory", async () => {
  using directory = new TestDirectory();
  directory.directory("site");
  directory.file("secret");
  await using program = start("live_reload.ts", [directory.at("site"), "0"], [
    "--allow-net",
    "--allow-read",
  ]);
  const url = await readUrl(program);
  for (const path of ["../secret", "..%2fsecret", "nothing"]) {
    const response = await fetch(url + path);
    await response.body?.cancel();
    assertEquals(response.status, 404);
  }
});

/** Where live_reload.ts serves, once it also watches. */
async function readUrl({ stdout }: Command): Promise<string> {
  const line = await stdout.line();
  assertEquals(line.slice(0, 8), "Watching");
  return line.slice(line.indexOf("http"));
}

// What is written to a file by another of its names is told for that one only.
const STORM = KINDS.filter((kind) => kind !== "link");

for (const seed of [1, 2]) {
  Deno.test(`mirror.ts has an exact copy after storm ${seed}`, async () => {
    using directory = new TestDirectory();
    const [tree, copy] = [directory.at("tree"), directory.at("copy")];
    populate(directory.path);
    await using program = start("mirror.ts", [tree, copy], [
      "--allow-read",
      "--allow-write",
    ]);
    await program.stdout.linesUntil("Mirroring");
    const random = new Random(seed);
    const writer = new Writer(directory.path, seed);
    for (let i = 0; i < 1000; i++) writer.step(random.oneOf(STORM));
    const expected = readTree(tree);
    await settle(() => equal(readTree(copy), expected), DEADLINE);
    const found = new Set(readTree(copy));
    assertEquals(
      { missing: expected.filter((line) => !found.delete(line)), found },
      { missing: [], found: new Set() },
    );
  });
}

/** The entries below a directory, each on a line with what is in it. */
function readTree(directory: string, path = ""): string[] {
  try {
    return [...Deno.readDirSync(directory + path)].flatMap((entry) => {
      const name = `${path}/${entry.name}`;
      const place = directory + name;
      if (entry.isDirectory) return [`${name}/`, ...readTree(directory, name)];
      if (entry.isSymlink) return `${name} -> ${Deno.readLinkSync(place)}`;
      return `${name}: ${Deno.readTextFileSync(place)}`;
    }).sort();
  } catch (error) {
    // What is read may be changing.
    if (error instanceof Error && "code" in error) return [];
    throw error;
  }
}

Deno.test("tail.ts prints each line once, through rotations", async () => {
  using directory = new TestDirectory();
  await using program = start("tail.ts", [directory.at("log/app.log")], [
    "--allow-read",
  ]);
  await program.watching();
  const steps: [script: string, lines: string[]][] = [
    ["mkdir log; echo one > log/app.log", ["one"]],
    ["echo two >> log/app.log; echo three >> log/app.log", ["two", "three"]],
    // Who writes is slow to see that the log was rotated.
    [
      "cd log; mv app.log 1; echo four >> 1; echo five > app.log",
      ["four", "five"],
    ],
    [
      "cd log; mv app.log 2; : > app.log; echo six >> 2; echo 7 to 9 >> app.log",
      ["six", "7 to 9"],
    ],
    ["cp log/app.log log/3; echo ten > log/app.log", ["ten"]],
    ["rm log/app.log; echo eleven > log/app.log", ["eleven"]],
  ];
  for (const [script, lines] of steps) {
    runScript(script, directory.path);
    for (const line of lines) assertEquals(await program.stdout.line(), line);
  }
});

Deno.test("config.ts loads what the links lead to each time they are swapped", async () => {
  using directory = new TestDirectory();
  const fill = (version: number) =>
    `mkdir ..v${version}; echo '{"version":${version}}' > ..v${version}/a.json;`;
  runScript(
    `${fill(1)} ln -s ..v1 ..data; ln -s ..data/a.json a.json`,
    directory.path,
  );
  await using program = start("config.ts", [directory.at("a.json")], [
    `--allow-read=${directory.path}`,
  ]);
  assertEquals(await program.stdout.line(), "Loaded { version: 1 }");
  for (const version of [2, 3, 4]) {
    runScript(
      `${fill(version)} ln -s ..v${version} ..new; mv -T ..new ..data
       rm -r ..v${version - 1}`,
      directory.path,
    );
    assertEquals(await program.stdout.line(), `Loaded { version: ${version} }`);
  }
});

Deno.test("config.ts goes on with what it had after an error", async () => {
  using directory = new TestDirectory();
  runScript("echo 1 > a.json", directory.path);
  await using program = start("config.ts", [directory.at("a.json")], [
    `--allow-read=${directory.path}`,
  ]);
  assertEquals(await program.stdout.line(), "Loaded 1");
  runScript("echo { > a.json", directory.path);
  assertStringIncludes(await program.stderr.line(), "Cannot load");
  runScript("echo 2 > new; mv new a.json", directory.path);
  assertEquals(await program.stdout.line(), "Loaded 2");
});

const COMPLETE: [how: string, before: string, after?: string][] = [
  ["was there before", "mkdir a; echo > a/file"],
  ["is moved there", "mkdir a; echo > file", "mv file a"],
  ["was made with its directories", "true", "mkdir a; echo > a/file"],
  ["is made again", "mkdir a; echo > a/file; rm a/file", "echo > a/file"],
];

for (const [how, before, after] of COMPLETE) {
  Deno.test(`wait_for.ts finds a file complete that ${how}`, async () => {
    using directory = new TestDirectory();
    runScript(before, directory.path);
    await using program = start("wait_for.ts", [directory.at("a/file")]);
    if (after !== undefined) {
      await program.watching();
      runScript(after, directory.path);
    }
    const { code, stdout } = await program.end();
    assertEquals(code, 0);
    assertStringIncludes(stdout, "is complete");
  });
}

Deno.test("wait_for.ts waits for who writes a file to close it", async () => {
  using directory = new TestDirectory();
  const path = directory.at("file");
  await using program = start("wait_for.ts", [path]);
  await program.watching();
  let isComplete = false;
  {
    using file = await Deno.create(path);
    program.status.then(() => isComplete = true);
    // Four times as long as it takes to be quiet.
    for (const end = performance.now() + 800; performance.now() < end;) {
      file.writeSync(new Uint8Array(1));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    assertEquals(isComplete, false);
  }
  assertEquals((await program.end()).code, 0);
});

Deno.test("json_lines.ts gives each event to the program as a line", async () => {
  using directory = new TestDirectory();
  await using program = start("json_lines.ts", [directory.path, "cat"], [
    "--allow-run=cat",
  ]);
  await program.watching();
  runScript("mkdir a; mv a b", directory.path);
  const [a, b] = [directory.at("a"), directory.at("b")];
  for (
    const event of [
      { type: "create", path: a, isDirectory: true },
      { type: "move", from: a, path: b, isDirectory: true },
    ]
  ) {
    assertEquals(JSON.parse(await program.stdout.line()), event);
  }
});

Deno.test("json_lines.ts ends when the program has ended", async () => {
  using directory = new TestDirectory();
  await using program = start(
    "json_lines.ts",
    [directory.path, "head", "-n1"],
    [
      "--allow-run=head",
    ],
  );
  await program.watching();
  directory.directory("a");
  assertStringIncludes(await program.stdout.line(), `"create"`);
  let i = 0;
  const writing = setInterval(() => directory.directory(`b${i++}`), 5);
  const { code, stderr } = await program.end();
  clearInterval(writing);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});
