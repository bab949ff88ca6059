import { assertEquals } from "@std/assert";
import { resolveExclusions } from "../../../lib/cli/arguments/excluded_paths.ts";
import { TestDirectory } from "../../support/directory.ts";
import { LocalCommand } from "../../support/local_command.ts";
import { WorkingDirectory } from "../../support/working_directory.ts";

const SAME: [paths: string[], excluded: string, result: string[]][] = [
  [["."], "dist", ["./dist"]],
  [["."], "./dist", ["./dist"]],
  [["."], "dist//", ["./dist"]],
  [["."], "ABSOLUTE/dist", ["./dist"]],
  [["."], "src/../dist", ["./dist"]],
  [["./"], "dist", ["./dist"]],
  [["ABSOLUTE"], "dist", ["ABSOLUTE/dist"]],
  [["src", "."], "src/gen", ["src/gen", "./src/gen"]],
  [["link"], "src/gen", ["link/gen"]],
  [["src"], "link/gen", ["src/gen"]],
  [["."], "link", ["./link", "./src"]],
  [["."], "later/gen", ["./later/gen"]],
];

for (const [paths, excluded, result] of SAME) {
  Deno.test(`\`resolveExclusions()\` finds @${excluded} below ${paths.join()}`, () => {
    using directory = testDirectory();
    const absolute = (path: string) => path.replace("ABSOLUTE", directory.path);
    using _ = new WorkingDirectory(directory.path);
    const { hints: _hints, ...list } = resolveExclusions({
      paths: paths.map(absolute),
      excludedPaths: [absolute(excluded)],
    });
    assertEquals(list, {
      paths: paths.map(absolute),
      excludedPaths: result.map(absolute),
    });
  });
}

Deno.test("`resolveExclusions()` drops a path that is excluded itself", () => {
  using directory = testDirectory();
  using _ = new WorkingDirectory(directory.path);
  assertEquals(
    resolveExclusions({ paths: ["src", "dist"], excludedPaths: ["./dist"] }),
    {
      paths: ["src"],
      excludedPaths: [],
      hints: ["Not watching 'dist', which '@./dist' excludes"],
    },
  );
});

function testDirectory(): TestDirectory {
  const directory = new TestDirectory();
  for (const name of ["dist", "src", "src/gen"]) directory.directory(name);
  Deno.symlinkSync("src", directory.at("link"));
  return directory;
}

Deno.test("`cli.ts` notes which @PATH excludes nothing", async () => {
  using directory = testDirectory();
  const { path } = directory;
  await using command = new LocalCommand([path, "@/none", `@${path}/dits`]);
  assertEquals(
    [await command.stderr.line(), await command.stderr.line()],
    [
      "inotify: '@/none' excludes nothing: it is not below a PATH",
      `inotify: '@${path}/dits' excludes nothing yet: nothing is there`,
    ],
  );
});

Deno.test("`cli.ts` notes that --exclude matches the PATH itself", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("foo");
  await using command = new LocalCommand(["--exclude", "/foo", path]);
  const notes = [await command.stderr.line(), await command.stderr.line()];
  assertEquals(notes.sort(), [
    `inotify: --exclude '/foo' matches the path '${path}' itself, ` +
    "so nothing below it is reported",
    "inotify: Watching 1 path",
  ]);
});

Deno.test("`cli.ts` notes that the value of --include looks like a glob", async () => {
  using directory = new TestDirectory();
  await using command = new LocalCommand([
    "--include",
    "src/*.ts",
    directory.path,
  ]);
  const notes = [await command.stderr.line(), await command.stderr.line()];
  assertEquals(notes.sort(), [
    "inotify: --include expects a regular expression, " +
    "but 'src/*.ts' looks like a glob",
    "inotify: Watching 1 path",
  ]);
});
