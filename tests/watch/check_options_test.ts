import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { watch, type WatchOptions } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { countDescriptors } from "../support/process.ts";

// deno-lint-ignore no-explicit-any
const WRONG: [what: string, options: any, message: string][] = [
  [
    "an unknown option",
    { recursively: true },
    'Cannot use the option "recursively": expected one of "recursive", ',
  ],
  [
    "an option that only the command has",
    { strict: true },
    'Cannot use the option "strict": expected one of ',
  ],
  [
    "an option with the name of a member of every object",
    { toString: 1 },
    'Cannot use the option "toString": expected one of ',
  ],
  [
    "`maxDepth` without `recursive`",
    { maxDepth: 2 },
    'Cannot use the option "maxDepth" without "recursive"',
  ],
  [
    "`maxDepth` with `recursive: false`",
    { maxDepth: 2, recursive: false },
    'Cannot use the option "maxDepth" without "recursive"',
  ],
  [
    "a number for `recursive`",
    { recursive: 1 },
    'Cannot use 1 for the option "recursive": expected a boolean',
  ],
  [
    "a string for `maxDepth`",
    { recursive: true, maxDepth: "2" },
    'Cannot use "2" for the option "maxDepth": expected a number >= 1',
  ],
  [
    "an object for `exclude`",
    { exclude: {} },
    'Cannot use {} for the option "exclude": expected a string, a RegExp, a',
  ],
  [
    "a number in the list for `include`",
    { include: [/x/, 3] },
    'Cannot use 3 for the option "include": expected a string, a RegExp, a',
  ],
  [
    "null for `exclude`",
    { exclude: null },
    'Cannot use null for the option "exclude": expected a string, a RegExp, a',
  ],
  [
    "a string for `events`",
    { events: "create" },
    'Cannot use "create" for the option "events": expected a list of "access"',
  ],
  [
    "an unknown kind in `events`",
    { events: ["create", "creat"] },
    'Cannot use "creat" for the option "events": expected a list of "access", ' +
    '"modify", "attrib"',
  ],
  [
    "a hole in `events`",
    { events: [undefined] },
    'Cannot use undefined for the option "events": expected a list of ',
  ],
  [
    "an unknown value of `missing`",
    { missing: "ignore" },
    'Cannot use "ignore" for the option "missing": expected one of "error", "wait"',
  ],
  [
    "a string for `initial`",
    { initial: "no" },
    'Cannot use "no" for the option "initial": expected a boolean',
  ],
  [
    "a controller for `signal`",
    { signal: new AbortController() },
    'for the option "signal": expected an AbortSignal',
  ],
  [
    "a string for `onProgress`",
    { onProgress: "log" },
    'Cannot use "log" for the option "onProgress": expected a function',
  ],
  [
    "a string for all options",
    "recursive",
    'Cannot use "recursive" as options: expected an object',
  ],
  ["a list for all options", [], "Cannot use [] as options: expected"],
  [
    "an inherited option",
    Object.create({ recursive: 3 }),
    'Cannot use 3 for the option "recursive": expected a boolean',
  ],
  ["null for all options", null, "Cannot use null as options: expected"],
];

for (const [what, options, message] of WRONG) {
  Deno.test(`\`watch()\` rejects ${what}`, async () => {
    using directory = new TestDirectory();
    const before = countDescriptors();
    await assertRejects(
      () => watch(directory.path, options),
      TypeError,
      message,
    );
    assertEquals(countDescriptors(), before);
  });
}

for (const paths of [3, null, ["/", 3]]) {
  Deno.test(`\`watch()\` rejects ${JSON.stringify(paths)} for paths`, async () => {
    await assertRejects(
      // deno-lint-ignore no-explicit-any
      () => watch(paths as any),
      TypeError,
      `Cannot use ${paths === null ? null : 3} as a path: expected a string`,
    );
  });
}

Deno.test("`watch()` accepts undefined for any option", async () => {
  using directory = new TestDirectory();
  await using _watcher = await watch(directory.path, {
    recursive: undefined,
    maxDepth: undefined,
    events: undefined,
    include: undefined,
    exclude: undefined,
    missing: undefined,
    initial: undefined,
    highWaterMark: undefined,
    signal: undefined,
    onProgress: undefined,
  });
});

Deno.test("`watch()` accepts a single filter as a list of one", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, {
    events: ["create"],
    exclude: /b$/,
    include: (path) => !path.endsWith("c"),
  });
  for (const name of ["a", "b", "c"]) directory.directory(name);
  await watcher.sync();
  await watcher.close();
  const events = await Array.fromAsync(watcher);
  assertEquals(events.map(({ path }) => path), [directory.at("a")]);
});

// deno-lint-ignore no-explicit-any
const WRONG_BATCHES: [options: any, type: typeof Error, message: string][] = [
  [
    { wait: 5 },
    TypeError,
    'Cannot use the option "wait": expected one of "quiet", "maxWait", "max"',
  ],
  [
    { quiet: "5" },
    TypeError,
    'Cannot use "5" for the option "quiet": expected a number >= 0',
  ],
  [
    { maxWait: NaN },
    RangeError,
    'Cannot use NaN for the option "maxWait": expected a number >= 0',
  ],
  [
    { max: null },
    TypeError,
    'Cannot use null for the option "max": expected a number',
  ],
];

for (const [options, type, message] of WRONG_BATCHES) {
  Deno.test(`\`batches()\` rejects ${Deno.inspect(options)}, and leaves the watcher open`, async () => {
    using directory = new TestDirectory();
    await using watcher = await watch(directory.path);
    assertThrows(() => watcher.batches(options), type, message);
    await watcher.sync();
  });
}

Deno.test("`watch()` reads each option once, and a list as well", async () => {
  using directory = new TestDirectory();
  const reads: string[] = [];
  const target: WatchOptions = {
    recursive: true,
    events: ["create"],
    exclude: ["x"],
    highWaterMark: 5,
    signal: new AbortController().signal,
  };
  const options = new Proxy(target, {
    get: (target, name: keyof WatchOptions) => {
      reads.push(name);
      return target[name];
    },
  });
  await using watcher = await watch(directory.path, options);
  assertEquals(reads, Object.keys(target));
  target.events = ["attrib"];
  directory.file("a");
  const { value } = await watcher[Symbol.asyncIterator]().next();
  assertEquals(value?.type, "create");
});

const THROWING: [what: string, options: WatchOptions][] = [
  ["whose getter throws", {
    get signal(): never {
      throw new Error("expected");
    },
  }],
  [
    "of a Proxy that throws",
    new Proxy({}, {
      ownKeys() {
        throw new Error("expected");
      },
    }),
  ],
  ["`signal`, which is none", {
    signal: Object.assign(Object.create(AbortSignal.prototype), {
      throwIfAborted() {},
      addEventListener() {
        throw new Error("expected");
      },
      removeEventListener() {},
    }),
  }],
];

for (const [what, options] of THROWING) {
  Deno.test(`\`watch()\` leaves nothing open after an option ${what}`, async () => {
    using directory = new TestDirectory();
    const before = countDescriptors();
    await assertRejects(
      () => watch(directory.path, options),
      Error,
      "expected",
    );
    assertEquals(countDescriptors(), before);
  });
}
