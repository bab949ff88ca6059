import { assertEquals, assertThrows } from "@std/assert";
import { IN, maskNames, parseMask } from "../../mod.ts";
import { withRandom } from "../support/random.ts";

const NAMES: [mask: number, names: string[]][] = [
  [0, []],
  [IN.ACCESS, ["IN_ACCESS"]],
  [IN.CREATE | IN.ISDIR, ["IN_CREATE", "IN_ISDIR"]],
  [IN.MOVE, ["IN_MOVED_FROM", "IN_MOVED_TO"]],
  [IN.ONESHOT + IN.OPEN, ["IN_OPEN", "IN_ONESHOT"]],
  [IN.MODIFY | 0x1_0000, ["IN_MODIFY", "0x10000"]],
  [0x0880_1000, ["0x8801000"]],
  [0xffff_ffff, [
    "IN_ACCESS",
    "IN_MODIFY",
    "IN_ATTRIB",
    "IN_CLOSE_WRITE",
    "IN_CLOSE_NOWRITE",
    "IN_OPEN",
    "IN_MOVED_FROM",
    "IN_MOVED_TO",
    "IN_CREATE",
    "IN_DELETE",
    "IN_DELETE_SELF",
    "IN_MOVE_SELF",
    "IN_UNMOUNT",
    "IN_Q_OVERFLOW",
    "IN_IGNORED",
    "IN_ONLYDIR",
    "IN_DONT_FOLLOW",
    "IN_EXCL_UNLINK",
    "IN_MASK_CREATE",
    "IN_MASK_ADD",
    "IN_ISDIR",
    "IN_ONESHOT",
    "0x8ff1000",
  ]],
];

for (const [mask, names] of NAMES) {
  const hex = `0x${mask.toString(16)}`;

  Deno.test(`\`maskNames()\` names the bits of ${hex}`, () => {
    assertEquals(maskNames(mask), names);
  });

  Deno.test(`\`parseMask()\` returns ${hex} for its names`, () => {
    assertEquals(parseMask(names), mask);
  });
}

Deno.test("`maskNames()` accepts the signed result of a bitwise operator", () => {
  assertEquals(maskNames(IN.ONESHOT | 0), ["IN_ONESHOT"]);
  assertEquals(maskNames(-1), maskNames(0xffff_ffff));
});

Deno.test("`parseMask()` is the inverse of `maskNames()` for any mask", () => {
  withRandom((random) => {
    for (let i = 0; i < 10_000; i++) {
      const mask = random.below(0x1_0000_0000);
      assertEquals(parseMask(maskNames(mask)), mask);
    }
  });
});

Deno.test("`parseMask()` accepts the groups and any iterable", () => {
  assertEquals(parseMask(new Set(["IN_CLOSE", "IN_MOVE"])), IN.CLOSE | IN.MOVE);
  assertEquals(parseMask(["IN_ALL_EVENTS"]), IN.ALL_EVENTS);
});

for (
  const name of ["CREATE", "in_create", "", "toString", "0x", "0x100000000"]
) {
  Deno.test(`\`parseMask()\` rejects '${name}' and lists the known names`, () => {
    const error = assertThrows(() => parseMask(["IN_OPEN", name]), TypeError);
    const [what, known] = error.message.split(": expected one of ");
    assertEquals(what, `Cannot find the inotify constant '${name}'`);
    assertEquals(known, Object.keys(IN).map((key) => `IN_${key}`).join(", "));
  });
}
