/** Programs that end when nothing keeps them running. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "./directory.ts";
import { withDeadline } from "./until.ts";

/** The start of each program. */
const HEAD = `
import { IN, Inotify, watch } from "${import.meta.resolve("../../mod.ts")}";
import { watchFs } from "${import.meta.resolve("../../watch_fs.ts")}";
const directory = Deno.args[0];
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
const write = (name) => Deno.writeTextFileSync(directory + "/" + name, "");
const nameOf = ({ paths, path = paths?.at(-1), name = path.split("/").at(-1) }) =>
  name;
/** Prints the names of created entries, unless the label is null. */
function print(events, label = "", isQuiet = label === null) {
  const names = new Set();
  const done = (async () => {
    for await (const event of events) {
      names.add(nameOf(event));
      if (!isQuiet) console.log(label + nameOf(event));
    }
    if (!isQuiet) console.log(label + "end");
  })();
  const until = async (name) => {
    while (!names.has(name)) await sleep(1);
  };
  return { until, names, done };
}
const events = ["create"];
`;

/** A program, and the text that it prints before it ends by itself. */
export type EndingProgram = [what: string, text: string, output: string[]];

/** Tests that each of the programs prints its text and ends. */
export function testPrograms(programs: readonly EndingProgram[]): void {
  for (const [what, text, output] of programs) {
    Deno.test(what, () => runProgram(text, output));
  }
}

async function runProgram(text: string, output: string[]): Promise<void> {
  using directory = new TestDirectory();
  const program = directory.at("program.ts");
  // The end of the program also ends its work in the background.
  const watched = directory.directory("watched");
  Deno.writeTextFileSync(program, HEAD + text);
  const options = ["--quiet", "--no-config", "--no-lock", "--no-check"];
  const { code, stdout, stderr } = await withDeadline(
    new Deno.Command(Deno.execPath(), {
      args: ["run", ...options, "--allow-all", program, watched],
    }).output(),
    "the end of the program",
  );
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  assertEquals(decoder.decode(stdout).split("\n").slice(0, -1), output);
  assertEquals(code, 0);
}
