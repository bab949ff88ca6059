/** The behavior of `Deno.FsWatcher`, tested with both functions. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { watchFs } from "../../watch_fs.ts";
import { TestDirectory } from "../support/directory.ts";
import { hasUnprivileged, unprivileged } from "../support/privileges.ts";
import { ABOVE, hasNamespaces, limited } from "../support/namespaces.ts";
import { original } from "../support/original.ts";
import { type Outcome, run } from "../support/program.ts";
import { runScript } from "../support/script.ts";

const WATCHERS: Record<string, typeof watchFs> = {
  "`watchFs()`": watchFs,
  ...original && { "`Deno.watchFs()`": original },
};

for (const [name, watchFs] of Object.entries(WATCHERS)) {
  const errors: [does: string, path: string, Class: new () => Error][] = [
    ["a path that does not exist", "nothing", Deno.errors.NotFound],
    ["a path below a file", "file/a", Deno.errors.NotADirectory],
    ["a path with a NUL byte", "a\0b", TypeError],
  ];
  for (const [does, path, Class] of errors) {
    Deno.test(`${name} throws at once for ${does}`, () => {
      using directory = new TestDirectory();
      directory.file("file");
      assertThrows(() => watchFs([directory.path, directory.at(path)]), Class);
    });
  }

  Deno.test(`${name} watches everything when it returns`, async () => {
    using directory = new TestDirectory();
    const path = directory.at("a/b/c/d");
    Deno.mkdirSync(path, { recursive: true });
    const watcher = watchFs(directory.path);
    Deno.mkdirSync(`${path}/e`);
    const { value } = await watcher[Symbol.asyncIterator]().next();
    assertEquals([value.kind, value.paths], ["create", [`${path}/e`]]);
    await watcher.return!();
  });

  Deno.test(`${name} ends when it is closed, and cannot be closed twice`, async () => {
    using directory = new TestDirectory();
    const watcher = watchFs(directory.path);
    const events = watcher[Symbol.asyncIterator]();
    const pending = [events.next(), events.next()];
    watcher.close();
    const end = { done: true, value: undefined } as const;
    assertEquals(await Promise.all(pending), [end, end]);
    watcher.close();
    watcher[Symbol.dispose]();
    assertEquals(await events.next(), end);
    assertEquals(await watcher.return!(1), { done: true, value: 1 });
  });

  Deno.test(`${name} reports nothing once it is closed`, async () => {
    using directory = new TestDirectory();
    const watcher = watchFs(directory.path);
    const events = watcher[Symbol.asyncIterator]();
    directory.directory("a");
    assert(!(await events.next()).done);
    directory.directory("b");
    directory.directory("c");
    watcher.close();
    assert((await events.next()).done);
  });

  Deno.test(`${name} ends when its loop is left`, async () => {
    using directory = new TestDirectory();
    const watcher = watchFs(directory.path);
    directory.directory("a");
    for await (const _ of watcher) break;
    assert((await watcher[Symbol.asyncIterator]().next()).done);
  });

  Deno.test(`${name} is its own iterator`, async () => {
    using directory = new TestDirectory();
    const watcher = watchFs(directory.path);
    assert(Object.is(watcher[Symbol.asyncIterator](), watcher));
    await watcher.return!();
  });

  Deno.test(`${name} answers several calls of \`next()\` in order`, async () => {
    using directory = new TestDirectory();
    directory.file("a");
    const watcher = watchFs(directory.path);
    const events = watcher[Symbol.asyncIterator]();
    const pending = [1, 2, 3].map(() => events.next());
    Deno.renameSync(directory.at("a"), directory.at("b"));
    const observed = await Promise.all(pending);
    assertEquals(observed.map(({ value }) => value.kind), [
      "remove",
      "rename",
      "rename",
    ]);
    await watcher.return!();
  });
}

const UNREADABLE: Record<string, () => Promise<Outcome>> = {
  "`watchFs()`": () => watchUnreadable(({ watchFs }, path) => watchFs(path)),
  "`Deno.watchFs()`": () => watchUnreadable((_, path) => Deno.watchFs(path)),
};

for (const [name, watch] of Object.entries(UNREADABLE)) {
  Deno.test({
    name: `${name} throws at once if a directory below may not be read`,
    ignore: !hasUnprivileged,
    async fn() {
      const { error } = await watch();
      assertEquals(error?.name, "PermissionDenied");
    },
  });
}

async function watchUnreadable(
  watch: Parameters<typeof run>[0],
): Promise<Outcome> {
  using directory = new TestDirectory();
  runScript("mkdir a; chmod 0 a", directory.path);
  return await run(watch, {
    within: unprivileged,
    permissions: ["--allow-ffi", "--allow-read"],
    input: directory.path,
  });
}

Deno.test("`watchFs()` throws for a value that is not a path", () => {
  // deno-lint-ignore no-explicit-any
  const wrong: any[] = [null, 3, ["/", null], new URL("file:///")];
  for (const paths of wrong) {
    const options = { ignore: paths };
    assertThrows(() => watchFs(paths), TypeError, "as a path: expected");
    assertThrows(() => watchFs("/", options), TypeError, "as a path");
  }
});

Deno.test("`watchFs()` needs only the permission `--allow-ffi`", async () => {
  using directory = new TestDirectory();
  assertEquals(
    await run(({ watchFs }, path) => watchFs(path).close(), {
      input: directory.path,
    }),
    {},
  );
});

Deno.test("`watchFs()` throws at once at the limit on watches", {
  ignore: !hasNamespaces,
}, async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p a/b c", directory.path);
  const { error } = await run(({ watchFs }, path) => watchFs(path), {
    within: limited("watches", 2, ABOVE),
    input: directory.path,
  });
  assertEquals(error?.name, "WatchLimitError");
});
