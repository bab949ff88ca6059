import {
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
} from "@std/assert";
import { EAGAIN, systemError } from "../../lib/kernel/errno.ts";
import { libraryNames } from "../../lib/kernel/libc.ts";
import { TestDirectory } from "../support/directory.ts";

type Call = (directory: TestDirectory) => void;

/** Calls of Deno's file API, each of which fails with a different errno. */
const CALLS: [code: string, call: Call][] = [
  ["EPERM", (directory) => Deno.linkSync(directory.path, directory.at("a"))],
  ["ENOENT", (directory) => Deno.statSync(directory.at("a"))],
  ["EEXIST", (directory) => Deno.mkdirSync(directory.path)],
  ["ENOTDIR", (directory) => Deno.statSync(`${directory.file("a")}/b`)],
  ["EISDIR", (directory) => Deno.readFileSync(directory.path)],
  ["EINVAL", (directory) => Deno.readLinkSync(directory.path)],
  ["ENAMETOOLONG", (directory) => Deno.statSync(directory.at("a".repeat(256)))],
  ["ELOOP", (directory) => Deno.statSync(linkToItself(directory))],
];

function linkToItself(directory: TestDirectory): string {
  Deno.symlinkSync("loop", directory.at("loop"));
  return directory.at("loop");
}

for (const [code, call] of CALLS) {
  Deno.test(`\`systemError()\` returns the error that Deno throws for ${code}`, () => {
    using directory = new TestDirectory();
    const theirs = errorOf(() => call(directory));
    const [, text, errno] = /^(.+) \(os error (\d+)\): /.exec(theirs.message)!;
    const ours = systemError(Number(errno), "stat", "/a");
    assertStrictEquals(ours.constructor, theirs.constructor);
    assertEquals(ours.code, code);
    assertEquals(theirs.code, code);
    assertEquals(ours.message, `${text} (os error ${errno}): stat '/a'`);
  });
}

function errorOf(call: () => void): Error & { code?: string } {
  try {
    call();
  } catch (error) {
    assertInstanceOf(error, Error);
    return error;
  }
  throw new Error("Expected an error");
}

const CLASSES: [errno: number, code: string, Class: new () => Error][] = [
  [3, "ESRCH", Error],
  [4, "EINTR", Deno.errors.Interrupted],
  [5, "EIO", Error],
  [6, "ENXIO", Error],
  [9, "EBADF", Deno.errors.BadResource],
  [EAGAIN, "EAGAIN", Deno.errors.WouldBlock],
  [12, "ENOMEM", Error],
  [13, "EACCES", Deno.errors.PermissionDenied],
  [14, "EFAULT", Error],
  [16, "EBUSY", Error],
  [19, "ENODEV", Error],
  [23, "ENFILE", Error],
  [24, "EMFILE", Error],
  [28, "ENOSPC", Error],
  [38, "ENOSYS", Deno.errors.NotSupported],
  [74, "EBADMSG", Error],
  [75, "EOVERFLOW", Error],
  [95, "ENOTSUP", Error],
  [101, "ENETUNREACH", Deno.errors.NetworkUnreachable],
  [103, "ECONNABORTED", Deno.errors.ConnectionAborted],
  [104, "ECONNRESET", Deno.errors.ConnectionReset],
  [107, "ENOTCONN", Deno.errors.NotConnected],
  [110, "ETIMEDOUT", Deno.errors.TimedOut],
  [111, "ECONNREFUSED", Deno.errors.ConnectionRefused],
  [112, "EHOSTDOWN", Error],
  [113, "EHOSTUNREACH", Error],
  [116, "ESTALE", Error],
  [117, "EUCLEAN", Error],
  [121, "EREMOTEIO", Error],
  [126, "ENOKEY", Error],
  [4095, "E4095", Error],
];

Deno.test({
  name: "`systemError()` describes errors as strerror(3) does",
  // Other C libraries have other texts.
  ignore: Deno.build.env !== "gnu",
  fn() {
    const library = Deno.dlopen(libraryNames(Deno.build)[0], {
      strerror: { parameters: ["i32"], result: "pointer" },
    });
    try {
      const errnos = Array.from({ length: 133 }, (_, i) => i + 1);
      const known = errnos.filter((errno) =>
        !systemError(errno, "read").code.startsWith(`E${errno}`)
      );
      assertGreater(known.length, 0);
      for (const errno of known) {
        const pointer = library.symbols.strerror(errno)!;
        const text = Deno.UnsafePointerView.getCString(pointer);
        const { message } = systemError(errno, "read");
        assertEquals(message, `${text} (os error ${errno}): read`);
      }
    } finally {
      library.close();
    }
  },
});

for (const [errno, code, Class] of CLASSES) {
  Deno.test(`\`systemError()\` returns the class for ${code}`, () => {
    const error = systemError(errno, "read");
    assertStrictEquals(error.constructor, Class);
    assertEquals(error.code, code);
  });
}

Deno.test("`systemError()` names the call, and the path if there is one", () => {
  const { message, syscall, path, stack } = systemError(9, "read");
  assertEquals({ message, syscall, path }, {
    message: "Bad file descriptor (os error 9): read",
    syscall: "read",
    path: undefined,
  });
  assertMatch(stack!, /errno_test\.ts/);

  const error = systemError(2, "inotify_add_watch", "/a");
  assertEquals(
    error.message,
    "No such file or directory (os error 2): watch '/a'",
  );
  assertEquals(error.syscall, "inotify_add_watch");
  assertEquals(error.path, "/a");
});
