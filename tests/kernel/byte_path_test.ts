import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { decodePath, encodePath, toPath } from "../../lib/kernel/byte_path.ts";
import { type Random, withRandom } from "../support/random.ts";

const DECODED: [what: string, bytes: number[], path: string][] = [
  ["nothing", [], ""],
  ["ASCII", [0x2f, 0x61, 0x0a, 0x7f], "/a\n\x7f"],
  ["UTF-8", [0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x90, 0x9f], "é€🐟"],
  ["a byte order mark at the start", [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
  ["Latin-1", [0x63, 0x61, 0x66, 0xe9], "caf\udce9"],
  ["a byte that UTF-8 never has", [0xff, 0x61], "\udcffa"],
  ["a continuation without a start", [0x61, 0x80, 0x62], "a\udc80b"],
  ["a sequence that is cut off", [0xe2, 0x82], "\udce2\udc82"],
  ["a sequence that ends in another one", [0xe2, 0xc3, 0xa9], "\udce2é"],
  ["an overlong sequence", [0xc0, 0xaf], "\udcc0\udcaf"],
  ["an encoded surrogate", [0xed, 0xb3, 0xbf], "\udced\udcb3\udcbf"],
  ["a code point beyond Unicode", [0xf5, 0x80], "\udcf5\udc80"],
  [
    "a byte order mark after a stray byte",
    [0xff, 0xef, 0xbb, 0xbf],
    "\udcff\ufeff",
  ],
  ["UTF-8 around a stray byte", [0xc3, 0xa9, 0xff, 0xc3, 0xa9], "é\udcffé"],
];

for (const [what, bytes, path] of DECODED) {
  Deno.test(`\`decodePath()\` accepts ${what}`, () => {
    assertEquals(decodePath(Uint8Array.from(bytes)), path);
  });

  Deno.test(`\`encodePath()\` restores ${what}, and adds a NUL`, () => {
    assertEquals(encodePath(path), Uint8Array.from([...bytes, 0]));
  });
}

Deno.test("paths are encoded and decoded fast even if they are not UTF-8", () => {
  const name = new Uint8Array(255).fill(0xff);
  const slowly = () => {
    const text = Array.from(name, (byte) => String.fromCharCode(0xdc00 + byte));
    return text.map((each) => encodeURIComponent(each.toWellFormed())).join("");
  };
  // The fastest of several tries, because the machine may be busy in others.
  let [fastest, slowest] = [Infinity, Infinity];
  for (let tries = 0; tries < 20; tries++) {
    fastest = Math.min(fastest, timeOf(() => encodePath(decodePath(name))));
    slowest = Math.min(slowest, timeOf(slowly));
  }
  // Creating a string for each byte takes more than ten times as long.
  assertLess(fastest, slowest);
});

/** How long 50 calls take, in milliseconds. */
function timeOf(call: () => unknown): number {
  const start = performance.now();
  for (let i = 0; i < 50; i++) call();
  return performance.now() - start;
}

Deno.test("`decodePath()` decodes the part between two offsets", () => {
  const bytes = new TextEncoder().encode("a/é/b");
  assertEquals(decodePath(bytes, 2, 4), "é");
  assertEquals(decodePath(bytes, 5, 6), "b");
  assertEquals(decodePath(bytes, 2), "é/b");
});

Deno.test("`encodePath()` is the inverse of `decodePath()` for any bytes", () => {
  withRandom((random) => {
    for (let i = 0; i < 500; i++) {
      const bytes = randomPath(random);
      assertEquals(encodePath(decodePath(bytes)), Uint8Array.of(...bytes, 0));
    }
  });
});

/** Returns up to 600 bytes without a NUL: mostly characters, some of them cut off. */
function randomPath(random: Random): Uint8Array {
  const length = random.oneOf([3, 20, 255, 600]);
  const bytes: number[] = [];
  while (bytes.length < length) {
    const character = random.oneOf(["a", "/", "é", "\ufeff", "€", "\u{1f41f}"]);
    const encoded = new TextEncoder().encode(character);
    const whole = random.below(3) > 0;
    const part = whole ? encoded : encoded.slice(random.below(encoded.length));
    bytes.push(...part, ...random.bytes(random.below(2)));
  }
  return Uint8Array.from(bytes.filter((byte) => byte !== 0));
}

Deno.test("`encodePath()` rejects a NUL", () => {
  assertThrows(
    () => encodePath("a\0b"),
    TypeError,
    "Cannot use the path 'a\\0b': it contains a NUL byte",
  );
});

for (const code of [0xd800, 0xdbff, 0xdc00, 0xdc7f, 0xdd00, 0xdfff]) {
  const name = `U+${code.toString(16).toUpperCase()}`;

  Deno.test(`\`encodePath()\` rejects the lone surrogate ${name}`, () => {
    assertThrows(
      () => encodePath(`a${String.fromCharCode(code)}`),
      TypeError,
      `Cannot use the path 'a\ufffd': the lone surrogate ${name} stands for no byte`,
    );
  });
}

Deno.test("`toPath()` returns a string unchanged", () => {
  assertEquals(toPath("a/%20?b#c"), "a/%20?b#c");
});

const URLS: [url: string, path: string][] = [
  ["file:///a%20b", "/a b"],
  ["file:///é/🐟", "/é/🐟"],
  ["file:///caf%E9/%ff", "/caf\udce9/\udcff"],
  ["file:///100%25FF", "/100%FF"],
  ["file:///%EF%BB%BFa", "/\ufeffa"],
  ["file:///a%zz%", "/a%zz%"],
  ["file:///a?query#hash", "/a"],
];

for (const [url, path] of URLS) {
  Deno.test(`\`toPath()\` accepts the URL '${url}'`, () => {
    assertEquals(toPath(new URL(url)), path);
  });
}

Deno.test("`toPath()` rejects a URL that is not a file URL", () => {
  assertThrows(
    () => toPath(new URL("https://example.com/a")),
    TypeError,
    "Cannot use the URL 'https://example.com/a': it is not a file URL",
  );
});
