/** Hostile names of files, in output for programs. */

import { assertEquals } from "@std/assert";
import { decodePath } from "../../../lib/kernel/byte_path.ts";
import { parseCsv } from "../../support/csv.ts";
import { TestDirectory } from "../../support/directory.ts";
import { HostileDirectory, printed } from "../../support/hostile_names.ts";

/** A form that keeps the bytes of a path. */
interface Exact {
  args: string[];
  /** Returns the paths in the output. */
  paths: (text: string) => string[];
}

const EXACT: Exact[] = [
  {
    args: [],
    paths: (text) => after(/^\d\d:\d\d:\d\d\.\d{3} create +/m, text),
  },
  { args: ["-0"], paths: (text) => untilNul(text).map(pathOf) },
  { args: ["--stats"], paths: (text) => after(/^1 +1 +/m, text) },
  {
    args: ["--csv"],
    paths: (text) => parseCsv(text).map(([watched, , name]) => watched! + name),
  },
  { args: ["--format", "%w%f%0", "--no-newline"], paths: untilNul },
  { args: ["--format", "%w%f", "-0"], paths: untilNul },
];

/** Returns the text from `head`, which no name contains, to the end of its line. */
function after(head: RegExp, text: string): string[] {
  return text.split(head).slice(1).map((part) => part.replace(/\n$/, ""));
}

function untilNul(text: string): string[] {
  return text.split("\0").slice(0, -1);
}

function pathOf(line: string): string {
  return line.slice(line.indexOf("/"));
}

for (const { args, paths } of EXACT) {
  const what = ["cli.ts", ...args].join(" ");
  Deno.test(`\`${what}\` prints the bytes of any name to a pipe`, async () => {
    using directory = new HostileDirectory();
    // `--stats` keeps its listener for SIGUSR1 until the process ends.
    const options = args.includes("--stats") ? {} : undefined;
    const text = await printed(args, directory, options);
    assertEquals(paths(text).toSorted(), directory.paths.toSorted());
  });
}

Deno.test("`cli.ts --outfile` writes the bytes of any name", async () => {
  using directory = new HostileDirectory();
  using logs = new TestDirectory();
  const log = logs.at("log");
  const args = ["--format", "%w%f", "-0", "--outfile", log];
  const permissions = ["--allow-ffi", `--allow-write=${log}`];
  assertEquals(await printed(args, directory, { permissions }), "");
  const text = decodePath(Deno.readFileSync(log));
  assertEquals(untilNul(text), directory.paths);
});
