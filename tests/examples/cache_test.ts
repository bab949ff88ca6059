/** `examples/cache.ts`. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";
import { until } from "../support/until.ts";

Deno.test("cache.ts serves files from memory until they change", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p p/d; echo 1 > p/a; echo 2 > p/d/b", directory.path);
  const root = directory.at("p");
  await using program = startExample("cache.ts", [root, "0"], [
    `--allow-read=${root}`,
    "--allow-net=127.0.0.1",
  ]);
  const url = /http:\S+/.exec(await program.stdout.line())![0];
  const get = async (path: string) => {
    const response = await fetch(url + path);
    const text = (await response.text()).trimEnd();
    return response.headers.has("x-cache") ? `${text} cached` : text;
  };
  const becomes = (path: string, text: string) =>
    until(async () => await get(path) === text);
  assertEquals(await get("a"), "1");
  await becomes("a", "1 cached");
  await becomes("d/b", "2 cached");
  assertEquals(await get("none"), "Not found");
  runScript("echo 3 > a; mv a p/a", directory.path);
  await becomes("a", "3 cached");
  runScript("mv p/d p/e; mkdir p/d; echo 4 > p/d/b", directory.path);
  await becomes("d/b", "4 cached");
  await becomes("e/b", "2 cached");
  runScript("rm -r p; mkdir -p p/d; echo 5 > p/d/b", directory.path);
  await becomes("d/b", "5 cached");
  await becomes("a", "Not found");
});
