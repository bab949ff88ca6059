import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { LargeDirectory } from "../support/directory.ts";
import { Observation, toNames } from "../support/observation.ts";
import {
  countAbove,
  countDescriptors,
  countWatches,
} from "../support/process.ts";

Deno.test("`exclude` keeps 1,000 directories unwatched and unlisted", async () => {
  using directory = new LargeDirectory();
  for (let i = 0; i < 1_000; i++) {
    Deno.mkdirSync(directory.at(`skip/${i}`), { recursive: true });
  }
  const asked: string[] = [];
  const exclude = [(path: string) => {
    asked.push(path.slice(directory.path.length));
    return path.includes("skip");
  }];
  const watcher = await watch(directory.path, { recursive: true, exclude });
  await using observed = new Observation(watcher, directory.path);
  Deno.renameSync(directory.at("skip"), directory.at("skip it"));
  assertEquals(await observed.take(), []);
  assertEquals(new Set(asked), new Set(["/skip", "/skip it"]));
  assertEquals(countWatches(), 1 + countAbove(directory.path));
});

for (const option of ["exclude", "include"] as const) {
  const thrown = new Error("no");
  const refuse = (path: string) => {
    if (path.endsWith("bad")) throw thrown;
    return option === "include";
  };

  Deno.test(`\`watch()\` rejects with the error that \`${option}\` throws`, async () => {
    using directory = new LargeDirectory();
    directory.directory("bad");
    const before = countDescriptors();
    const options = { recursive: true, initial: true, [option]: [refuse] };
    const error = await assertRejects(() => watch(directory.path, options));
    assertStrictEquals(error, thrown);
    assertEquals(countDescriptors(), before);
    assertEquals(countWatches(), 0);
  });

  Deno.test(`iterating throws the error of \`${option}\` after the earlier events`, async () => {
    using directory = new LargeDirectory();
    const before = countDescriptors();
    const options = { recursive: true, [option]: [refuse] };
    const watcher = await watch(directory.path, options);
    const types: string[] = [];
    directory.directory("good");
    directory.directory("bad");
    const error = await assertRejects(async () => {
      for await (const { type } of watcher) types.push(type);
    });
    assertStrictEquals(error, thrown);
    assertEquals(types, ["create"]);
    await watcher.close();
    assertEquals(countDescriptors(), before);
  });
}

Deno.test("every waiting iteration throws the error of a filter", async () => {
  using directory = new LargeDirectory();
  Deno.mkdirSync(directory.at("root/a"), { recursive: true });
  const other = directory.directory("other");
  const before = countDescriptors();
  const thrown = new Error("no");
  const exclude = [(path: string) => {
    if (path.endsWith("bad")) throw thrown;
    return false;
  }];
  const root = directory.at("root");
  const watcher = await watch(root, { recursive: true, exclude });
  directory.directory("root/bad");
  const waiting = Promise.allSettled([watcher.sync(), watcher.add(other)]);
  const error = await assertRejects(() => Array.fromAsync(watcher));
  assertStrictEquals(error, thrown);
  await waiting;
  await watcher.close();
  assertEquals(countDescriptors(), before);
});

Deno.test("a filter may close the watcher, which reports the earlier events", async () => {
  using directory = new LargeDirectory();
  const watcher = await watch(directory.path, {
    recursive: true,
    exclude: [(path) => {
      if (path.endsWith("last")) watcher.close();
      return false;
    }],
  });
  directory.directory("first");
  directory.directory("last");
  directory.directory("read with it");
  const events = await Array.fromAsync(watcher);
  assertEquals(toNames(events), ["first", "last", "read with it"]);
  await watcher.close();
  assertEquals(countWatches(), 0);
});

// The second error looks like those of this library.
const THROWN = [
  new Error("No"),
  Object.assign(new Error("No"), { code: "ENOENT", syscall: "stat" }),
];

for (const thrown of THROWN) {
  const fields = Object.keys(thrown).join(" and ") || "no fields";
  Deno.test(`an error of \`include\` about a replaced file reaches the consumer, with ${fields}`, async () => {
    using directory = new LargeDirectory();
    const file = directory.file("file");
    const watcher = await watch(directory.path, {
      include: [() => {
        throw thrown;
      }],
    });
    Deno.renameSync(directory.file("other"), file);
    const error = await assertRejects(() => Array.fromAsync(watcher));
    assertStrictEquals(error, thrown);
  });
}

Deno.test("`exclude` and `include` do not match the names above the watched path", async () => {
  using directory = new LargeDirectory();
  const root = directory.at("node_modules/app");
  Deno.mkdirSync(`${root}/node_modules`, { recursive: true });
  const watcher = await watch(root, {
    recursive: true,
    exclude: [/\/node_modules(\/|$)/, "app"],
    include: ["/src/", /^\/main/],
  });
  await using observed = new Observation(watcher, root);
  Deno.writeTextFileSync(`${root}/main.ts`, "");
  Deno.writeTextFileSync(`${root}/other.ts`, "");
  Deno.writeTextFileSync(`${root}/node_modules/main.ts`, "");
  Deno.mkdirSync(`${root}/src/deep`, { recursive: true });
  assertEquals(
    (await observed.take()).flatMap((line) =>
      /^create (\S+)/.exec(line)?.[1] ?? []
    ),
    ["main.ts", "src/", "src/deep/"],
  );
});
