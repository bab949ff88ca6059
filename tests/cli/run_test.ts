import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../../lib/cli/run.ts";
import type { Source } from "../../lib/cli/source.ts";
import { TestDirectory } from "../support/directory.ts";
import { LocalCommand } from "../support/local_command.ts";

/** Yields numbers and then waits for the signal. */
function countTo(last: number, signal: AbortSignal): Source<number> {
  return {
    subject: "numbers",
    watches: 0,
    async *batches() {
      for (let i = 1; i <= last && !signal.aborted; i++) yield [i];
      if (signal.aborted) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    async [Symbol.asyncDispose]() {},
  };
}

Deno.test("`run()` does not count the time that the sink takes", async () => {
  const taken: number[] = [];
  const timeout = 20;
  const status = await run((signal) => Promise.resolve(countTo(3, signal)), {
    async take(numbers: readonly number[]) {
      taken.push(...numbers);
      await new Promise((resolve) => setTimeout(resolve, 2 * timeout));
    },
  }, { count: Infinity, timeout, notes() {}, writesStdout: false });
  assertEquals(taken, [1, 2, 3]);
  assertEquals(status, 2);
});

Deno.test("`cli.ts --wait` says what it waits for", async () => {
  using directory = new TestDirectory();
  const path = directory.at("later");
  {
    await using command = new LocalCommand(["--wait", path]);
    const note = `inotify: Waiting for '${path}'`;
    assertEquals(await command.stderr.line(), note);
    directory.file("later");
    assertMatch(await command.stdout.line(), /create .*\/later$/);
  }
  await using command = new LocalCommand(["--wait", path, `${path}.2`]);
  const notes = [await command.stderr.line(), await command.stderr.line()];
  assertEquals(notes, [
    `inotify: Waiting for '${path}.2'`,
    "inotify: Watching 2 paths",
  ]);
});
