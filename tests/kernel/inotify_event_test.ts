import { assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import { IN, type InotifyEvent } from "../../mod.ts";
import { parseEvents } from "../../mod.ts";
import { type Random, withRandom } from "../support/random.ts";

const EVENTS: InotifyEvent[] = [
  { wd: 1, mask: IN.CREATE, cookie: 0, name: "a" },
  { wd: 2, mask: IN.DELETE_SELF, cookie: 0, name: "" },
  { wd: -1, mask: IN.Q_OVERFLOW, cookie: 0, name: "" },
  { wd: 1, mask: IN.MOVED_FROM, cookie: 0xffff_ffff, name: "x".repeat(255) },
  { wd: 0x7fff_ffff, mask: 0xffff_ffff, cookie: 1, name: "é\n🐟" },
  { wd: 1, mask: IN.OPEN, cookie: 0, name: "fifteen letters" },
];

/** Where each of `EVENTS` ends in `BYTES`. */
const ENDS = EVENTS.map((_, i) => encode(...EVENTS.slice(0, i + 1)).length);
const BYTES = encode(...EVENTS);

/** Returns `events` as the kernel encodes them, with names padded to 16 bytes. */
function encode(...events: InotifyEvent[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(events.flatMap(({ wd, mask, cookie, name }) => {
    const text = new TextEncoder().encode(name);
    const padded = new Uint8Array(Math.ceil(sizeOf(text) / 16) * 16);
    padded.set(text);
    return [...header(wd, mask, cookie, padded.length), ...padded];
  }));
}

/** Returns how many bytes a name takes: 0 if it is empty, otherwise one more for a NUL. */
function sizeOf(name: Uint8Array): number {
  return name.length === 0 ? 0 : name.length + 1;
}

function header(...fields: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  fields.forEach((field, i) => view.setUint32(4 * i, field, true));
  return new Uint8Array(view.buffer);
}

Deno.test("`parseEvents()` accepts events with and without names", () => {
  assertEquals(parseEvents(BYTES), EVENTS);
});

Deno.test("`parseEvents()` rejects a value that is not a Uint8Array", () => {
  for (const value of ["text", new ArrayBuffer(16), undefined, [1]]) {
    // deno-lint-ignore no-explicit-any
    assertThrows(() => parseEvents(value as any), TypeError, "a Uint8Array");
  }
});

Deno.test("`parseEvents()` accepts an empty array", () => {
  assertEquals(parseEvents(new Uint8Array()), []);
});

Deno.test("`parseEvents()` distinguishes the names of events in a row", () => {
  const long = "x".repeat(40);
  const names = ["a", "a", "b", "b", "", "", "b", "bb", "bb", long, long];
  // Names of the same length that differ in one byte.
  for (let i = 0; i < long.length; i++) {
    names.push(`${long.slice(0, i)}y${long.slice(i + 1)}`);
  }
  const events = names.map((name) => ({
    wd: 1,
    mask: IN.OPEN,
    cookie: 0,
    name,
  }));
  assertEquals(parseEvents(encode(...events)), events);
});

Deno.test("`parseEvents()` distinguishes names without padding", () => {
  const bytes = Uint8Array.of(
    ...[...header(1, IN.OPEN, 0, 3), 97, 98, 99],
    ...[...header(1, IN.OPEN, 0, 3), 97, 98, 99],
    ...[...header(1, IN.OPEN, 0, 3), 97, 98, 100],
  );
  const names = parseEvents(bytes).map(({ name }) => name);
  assertEquals(names, ["abc", "abc", "abd"]);
});

Deno.test("`parseEvents()` accepts a name without padding or NUL", () => {
  const bytes = Uint8Array.of(...header(1, IN.OPEN, 0, 3), 97, 98, 99);
  assertEquals(parseEvents(bytes).map(({ name }) => name), ["abc"]);
});

Deno.test("`parseEvents()` ends a name at its first NUL", () => {
  const bytes = Uint8Array.of(...header(1, IN.OPEN, 0, 4), 97, 0, 98, 0);
  assertEquals(parseEvents(bytes).map(({ name }) => name), ["a"]);
});

Deno.test("`parseEvents()` accepts a subarray at any offset", () => {
  for (let offset = 0; offset < 16; offset++) {
    const bytes = new Uint8Array(BYTES.length + 32).fill(0xff);
    bytes.set(BYTES, offset);
    const part = bytes.subarray(offset, offset + BYTES.length);
    assertEquals(parseEvents(part), EVENTS);
  }
});

Deno.test("`parseEvents()` accepts a prefix only if it ends after an event", () => {
  for (let length = 0; length < BYTES.length; length++) {
    // The rest of the buffer would complete the event, but must not be read.
    const prefix = BYTES.subarray(0, length);
    const whole = ENDS.filter((end) => end <= length);
    if (length === (whole.at(-1) ?? 0)) {
      assertEquals(parseEvents(prefix), EVENTS.slice(0, whole.length));
    } else {
      assertThrows(() => parseEvents(prefix), RangeError);
    }
  }
});

Deno.test("`parseEvents()` throws an error with the place where an event is cut off", () => {
  assertThrows(
    () => parseEvents(encode(...EVENTS.slice(0, 2)).subarray(0, 47)),
    RangeError,
    "Cannot decode the event at byte 32: it takes 16 bytes, 15 are left",
  );
});

for (
  const length of [1, 17, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff]
) {
  Deno.test(`\`parseEvents()\` rejects an event that lacks the ${length} bytes of its name`, () => {
    assertThrows(
      () => parseEvents(Uint8Array.of(...header(1, IN.OPEN, 0, length))),
      RangeError,
      `it takes ${16 + length} bytes, 16 are left`,
    );
  });
}

Deno.test("`parseEvents()` decodes all of any random bytes or throws", () => {
  withRandom((random) => {
    for (let i = 0; i < 5_000; i++) {
      const bytes = randomBytes(random);
      const start = random.below(bytes.length);
      const end = start + random.below(bytes.length - start);
      const part = bytes.subarray(start, end);
      const events = decodeOrReject(part);
      // In a buffer of its own, so that no bytes around it could be read.
      assertEquals(events, decodeOrReject(part.slice()));
      assertLessOrEqual(16 * (events?.length ?? 0), part.length);
    }
  });
});

/** Returns random bytes, or events in which some bytes were changed. */
function randomBytes(random: Random): Uint8Array {
  if (random.below(2) === 0) return random.bytes(1 + random.below(300));
  const bytes = BYTES.slice();
  for (let i = random.below(8); i > 0; i--) {
    bytes[random.below(bytes.length)] = random.below(256);
  }
  return bytes;
}

function decodeOrReject(bytes: Uint8Array): InotifyEvent[] | undefined {
  try {
    return parseEvents(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
