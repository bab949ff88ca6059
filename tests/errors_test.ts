import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
} from "@std/assert";
import { EAGAIN, systemError } from "../lib/errors.ts";
import { TestDirectory } from "./support/directory.ts";

type Deed = (directory: TestDirectory) => void;

/** Calls of Deno's file API that fail, each with another errno. */
const DEEDS: [code: string, deed: Deed][] = [
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

for (const [code, deed] of DEEDS) {
  Deno.test(`\`systemError()\` gives what Deno throws for ${code}`, () => {
    using directory = new TestDirectory();
    const theirs = errorOf(() => deed(directory));
    const [, text, errno] = /^(.+) \(os error (\d+)\): /.exec(theirs.message)!;
    const ours = systemError(Number(errno), text!, "stat", "/a");
    assertStrictEquals(ours.constructor, theirs.constructor);
    assertEquals(ours.code, code);
    assertEquals(theirs.code, code);
    assertEquals(ours.message, `${text} (os error ${errno}): stat '/a'`);
  });
}

function errorOf(deed: () => void): Error & { code?: string } {
  try {
    deed();
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
  [9, "EBADF", Deno.errors.BadResource],
  [EAGAIN, "EAGAIN", Deno.errors.WouldBlock],
  [12, "ENOMEM", Error],
  [13, "EACCES", Deno.errors.PermissionDenied],
  [14, "EFAULT", Error],
  [23, "ENFILE", Error],
  [24, "EMFILE", Error],
  [28, "ENOSPC", Error],
  [38, "ENOSYS", Deno.errors.NotSupported],
  [116, "ESTALE", Error],
  [4095, "E4095", Error],
];

for (const [errno, code, Class] of CLASSES) {
  Deno.test(`\`systemError()\` gives ${code} its class`, () => {
    const error = systemError(errno, "Text", "read");
    assertStrictEquals(error.constructor, Class);
    assertEquals(error.code, code);
  });
}

Deno.test("`systemError()` tells the call, and the path where there is one", () => {
  const { message, syscall, path, stack } = systemError(9, "Text", "read");
  assertEquals({ message, syscall, path }, {
    message: "Text (os error 9): read",
    syscall: "read",
    path: undefined,
  });
  assertMatch(stack!, /errors_test\.ts/);

  const error = systemError(2, "Text", "inotify_add_watch", "/a");
  assertEquals(error.message, "Text (os error 2): watch '/a'");
  assertEquals(error.syscall, "inotify_add_watch");
  assertEquals(error.path, "/a");
});
