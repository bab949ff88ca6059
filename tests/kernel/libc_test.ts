import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { IN } from "../../mod.ts";
import { EAGAIN } from "../../lib/kernel/errno.ts";
import { Libc, libraryNames } from "../../lib/kernel/libc.ts";
import { LIBRARY_PATHS } from "../support/library.ts";
import { run } from "../support/program.ts";

/** A path at which there is no file. */
const EMPTY = new Uint8Array(1);

const NAMES: [build: Parameters<typeof libraryNames>[0], names: string[]][] = [
  [{ os: "linux", arch: "x86_64", env: "gnu" }, [
    "libc.so.6",
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
    "/lib/libc.so.6",
    "/usr/lib/libc.so.6",
  ]],
  [{ os: "linux", arch: "aarch64", env: "gnu" }, [
    "libc.so.6",
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/usr/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
    "/lib/libc.so.6",
    "/usr/lib/libc.so.6",
  ]],
  [{ os: "linux", arch: "aarch64", env: "musl" }, [
    "libc.musl-aarch64.so.1",
    "/lib/libc.musl-aarch64.so.1",
    "/lib/ld-musl-aarch64.so.1",
  ]],
];

for (const [build, names] of NAMES) {
  const platform = Object.values(build).join(" ");
  Deno.test(`\`libraryNames()\` knows the C library on ${platform}`, () => {
    assertEquals([...libraryNames(build)], names);
  });
}

for (const os of ["darwin", "windows", "freebsd"] as const) {
  Deno.test(`\`libraryNames()\` suggests Deno.watchFs on ${os}`, () => {
    assertThrows(
      () => libraryNames({ os, arch: "aarch64" }),
      Deno.errors.NotSupported,
      `Cannot use inotify on '${os}', only on Linux: use Deno.watchFs`,
    );
  });
}

Deno.test("`Libc.acquire()` loads once and unloads with the last user", () => {
  const first = Libc.acquire();
  const second = Libc.acquire();
  assertStrictEquals(second, first);
  first[Symbol.dispose]();
  assertEquals(second.symbols.close(-1), -1);
  second[Symbol.dispose]();
  using third = Libc.acquire();
  assert(third !== first);
});

Deno.test("`check()` returns every result except -1", () => {
  using libc = Libc.acquire();
  for (const result of [0, 1]) {
    assertEquals(libc.check(() => result, "x"), result);
  }
});

Deno.test("`check()` throws the error of the call that failed", () => {
  using libc = Libc.acquire();
  const { close, open } = libc.symbols;
  assertThrows(
    () => libc.check(() => close(-1), "close"),
    Deno.errors.BadResource,
    "Bad file descriptor (os error 9): close",
  );
  assertThrows(
    () => libc.check(() => open(libc.addressOf(EMPTY), 0), "open", ""),
    Deno.errors.NotFound,
    "No such file or directory (os error 2): watch ''",
  );
});

Deno.test("`check()` is not misled by other code that sets errno", () => {
  using libc = Libc.acquire();
  const { close, open } = libc.symbols;
  let calls = 0;
  const call = () => {
    const result = open(libc.addressOf(EMPTY), 0);
    // V8 may do this when it waits for its other threads.
    if (calls++ === 0) close(-1);
    return result;
  };
  assertThrows(() => libc.check(call, "open", ""), Deno.errors.NotFound);
});

Deno.test("`checkUnless()` returns undefined only for the given error", () => {
  using libc = Libc.acquire();
  const { close, eventfd, read } = libc.symbols;
  const EFD_NONBLOCK = 0o4000;
  const fd = libc.check(() => eventfd(1, EFD_NONBLOCK), "eventfd");
  const buffer = new Uint8Array(8);
  try {
    const address = libc.addressOf(buffer);
    const readAll = () => read(fd, address, 8n);
    assertEquals(libc.checkUnless(EAGAIN, readAll, "read"), 8);
    assertEquals(libc.checkUnless(EAGAIN, readAll, "read"), undefined);
    assertThrows(
      () => libc.checkUnless(EAGAIN, () => read(fd, address, 1n), "read"),
      TypeError,
      "Invalid argument (os error 22): read",
    );
  } finally {
    close(fd);
  }
});

Deno.test("`addressOf()` returns the address of arrays of any size", () => {
  using libc = Libc.acquire();
  const { close, eventfd, read } = libc.symbols;
  // V8 keeps small arrays on its heap, where it may move them.
  for (const size of [8, 64, 65, 4096]) {
    const fd = libc.check(() => eventfd(7, 0), "eventfd");
    const memory = new Uint8Array(size);
    const address = libc.addressOf(memory);
    libc.check(() => read(fd, address, BigInt(size)), "read");
    close(fd);
    assertEquals(memory[0], 7);
    assertStrictEquals(libc.addressOf(memory), address);
  }
});

Deno.test("`addressOf()` rejects a part of a buffer", () => {
  using libc = Libc.acquire();
  const { buffer } = new Uint8Array(16);
  for (
    const part of [new Uint8Array(buffer, 8), new Uint8Array(buffer, 0, 8)]
  ) {
    assertThrows(() => libc.addressOf(part), RangeError);
  }
});

Deno.test("the library imports without a permission and asks for none", async () => {
  const outcome = await run(
    () => Deno.permissions.querySync({ name: "ffi" }).state,
    { permissions: [] },
  );
  assertEquals(outcome, { value: "prompt" });
});

Deno.test("`new Inotify()` throws an error that names the missing permission", async () => {
  const { error } = await run(({ Inotify }) => void new Inotify(), {
    permissions: [],
  });
  assertEquals(error?.name, "NotCapable");
  assertEquals(
    error?.message,
    "Requires ffi access to the C library, run again with the --allow-ffi flag",
  );
});

for (const path of LIBRARY_PATHS) {
  const permissions = [`--allow-ffi=${path}`];

  Deno.test(`\`Inotify\` works with only ${permissions}`, async () => {
    const outcome = await run(({ IN, Inotify }) => {
      using inotify = new Inotify();
      inotify.rmWatch(inotify.addWatch("/", IN.CREATE));
      return inotify.read();
    }, { permissions });
    assertEquals(outcome, {
      value: [{ wd: 1, mask: IN.IGNORED, cookie: 0, name: "" }],
    });
  });

  Deno.test(`\`Inotify\` describes its errors with ${permissions}`, async () => {
    const outcome = await run(({ IN, Inotify }) => {
      using inotify = new Inotify();
      inotify.addWatch("/missing", IN.CREATE);
    }, { permissions });
    assertEquals(outcome, {
      error: {
        name: "NotFound",
        message: "No such file or directory (os error 2): watch '/missing'",
        code: "ENOENT",
        syscall: "inotify_add_watch",
        path: "/missing",
      },
    });
  });
}
