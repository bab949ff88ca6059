/**
 * Attacks the watcher of a tree, in bursts whose order depends on the seed:
 *
 *     deno run --allow-ffi --allow-env tests/hostile/writer.ts SEED SECONDS BASE
 *
 * It changes `BASE/tree` and uses `BASE/outside`, and calls the C library, because
 * Deno's file API is slower and knows no names that are not UTF-8.
 */

import { libraryNames } from "../../lib/kernel/libc.ts";
import { Random } from "../support/random.ts";

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_DIRECTORY = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;
const AT_REMOVEDIR = 0x200;
const RENAME_EXCHANGE = 2;

const { symbols: libc } = Deno.dlopen(libraryNames(Deno.build)[0], {
  /** `int open(const char *path, int flags)` */
  open: { parameters: ["buffer", "i32"], result: "i32" },
  /** `int openat(int dirfd, const char *path, int flags, mode_t mode)` */
  openat: { parameters: ["i32", "buffer", "i32", "u32"], result: "i32" },
  /** `int close(int fd)` */
  close: { parameters: ["i32"], result: "i32" },
  /** `int fchmod(int fd, mode_t mode)` */
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  /** `int mkdirat(int dirfd, const char *path, mode_t mode)` */
  mkdirat: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  /** `int unlinkat(int dirfd, const char *path, int flags)` */
  unlinkat: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  /** `int symlinkat(const char *target, int dirfd, const char *path)` */
  symlinkat: { parameters: ["buffer", "i32", "buffer"], result: "i32" },
  /**
   * `int renameat2(int old_fd, const char *old_path, int new_fd,
   * const char *new_path, unsigned int flags)`
   */
  renameat2: {
    parameters: ["i32", "buffer", "i32", "buffer", "u32"],
    result: "i32",
  },
});

const encoder = new TextEncoder();

/** A name as a C string. */
function name(text: string, length = 0, fill = 0x2d): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(text);
  const all = new Uint8Array(Math.max(length, bytes.length) + 1);
  all.fill(fill, 0, all.length - 1);
  all.set(bytes, all.length - 1 - bytes.length);
  return all;
}

function openDirectory(base: number, path: Uint8Array<ArrayBuffer>): number {
  return libc.openat(base, path, O_DIRECTORY, 0);
}

/** An attack: each call is a burst of some milliseconds. */
type Attack = (tree: number, outside: number) => void;

/** Causes events with the longest names, none of them UTF-8, faster than they are read. */
function longNames(): Attack {
  const names = Array.from({ length: 64 }, (_, i) => name(`${i}`, 255, 0xff));
  const [wide, deep] = [name("names"), name("new")];
  return (tree) => {
    libc.mkdirat(tree, wide, 0o755);
    const directory = openDirectory(tree, wide);
    const files = names.map((each) =>
      libc.openat(directory, each, O_CREAT | O_RDWR, 0o644)
    );
    for (let i = 0; i < 100; i++) {
      for (const fd of files) libc.fchmod(fd, 0o644);
    }
    libc.mkdirat(directory, deep, 0o755);
    for (let i = 0; i < 20; i++) for (const fd of files) libc.fchmod(fd, 0o644);
    libc.unlinkat(directory, deep, AT_REMOVEDIR);
    for (const fd of files) libc.close(fd);
    libc.close(directory);
  };
}

/** Builds chains of directories, each moved below the previous one, with files at the end. */
function deepPaths(): Attack {
  const step = name("d", 250);
  const file = name("f");
  let [chains, depth, deepest] = [0, 0, -1];
  return (tree, outside) => {
    const top = name(`chain${chains++}`);
    libc.mkdirat(tree, top, 0o755);
    let at = openDirectory(tree, top);
    for (let i = 0; i < 13; i++) {
      libc.mkdirat(at, step, 0o755);
      const next = openDirectory(at, step);
      libc.close(at);
      at = next;
    }
    if (deepest >= 0) {
      libc.renameat2(tree, top, deepest, top, 0);
      libc.close(deepest);
    }
    deepest = at;
    for (let i = 0; i < 200; i++) {
      libc.close(libc.openat(deepest, file, O_CREAT | O_RDWR, 0o644));
      libc.unlinkat(deepest, file, 0);
    }
    if (++depth < 100) return;
    const first = name(`chain${chains - depth}`);
    libc.renameat2(tree, first, outside, first, 0);
    libc.close(deepest);
    [depth, deepest] = [0, -1];
  };
}

/** Causes halves of moves, each in a directory of its own, so that none ends another. */
function halfMoves(): Attack {
  const parents = Array.from({ length: 500 }, (_, i) => name(`half${i}`));
  const moved = name("moved");
  const outer = parents.map((_, i) => name(`moved${i}`));
  let isOut = false;
  return (tree, outside) => {
    parents.forEach((parent, i) => {
      libc.mkdirat(tree, parent, 0o755);
      const at = openDirectory(tree, parent);
      if (isOut) libc.renameat2(outside, outer[i]!, at, moved, 0);
      else {
        libc.mkdirat(at, moved, 0o755);
        libc.renameat2(at, moved, outside, outer[i]!, 0);
      }
      libc.close(at);
    });
    isOut = !isOut;
  };
}

/** Creates, renames and removes a tree of many directories and files. */
function wideTrees(): Attack {
  const wide = ["wide1", "wide2", "wide3"].map((each) => name(each));
  const entries = Array.from({ length: 500 }, (_, i) => name(`entry${i}`));
  const file = name("file");
  let round = 0;
  return (tree, outside) => {
    const [one, two, three] = wide as [
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
    ];
    switch (round++ % 6) {
      case 0: {
        libc.mkdirat(tree, one, 0o755);
        const at = openDirectory(tree, one);
        for (const each of entries) {
          libc.mkdirat(at, each, 0o755);
          const below = openDirectory(at, each);
          libc.close(libc.openat(below, file, O_CREAT | O_RDWR, 0o644));
          libc.close(below);
        }
        libc.close(at);
        break;
      }
      case 1:
        for (let i = 0; i < 50; i++) {
          libc.renameat2(tree, one, tree, two, 0);
          libc.renameat2(tree, two, tree, one, 0);
        }
        break;
      case 2:
        libc.renameat2(tree, one, outside, three, 0);
        break;
      case 3:
        libc.renameat2(outside, three, tree, two, 0);
        break;
      case 4:
        libc.renameat2(tree, two, tree, one, RENAME_EXCHANGE);
        libc.renameat2(tree, two, tree, one, 0);
        break;
      default: {
        const at = openDirectory(tree, one);
        for (const each of entries) {
          const below = openDirectory(at, each);
          libc.unlinkat(below, file, 0);
          libc.close(below);
          libc.unlinkat(at, each, AT_REMOVEDIR);
        }
        libc.close(at);
        libc.unlinkat(tree, one, AT_REMOVEDIR);
      }
    }
  };
}

/** Creates and deletes files, to fill the queue with short events. */
function shortLives(): Attack {
  const names = Array.from({ length: 300 }, (_, i) => name(`${i}`));
  return (tree) => {
    for (const each of names) {
      libc.close(libc.openat(tree, each, O_CREAT | O_RDWR, 0o644));
      libc.unlinkat(tree, each, 0);
    }
  };
}

/** Exchanges a directory with a link to a directory outside. */
function links(): Attack {
  const [real, link, file] = [name("real"), name("link"), name("file")];
  const target = name("../outside");
  return (tree) => {
    libc.mkdirat(tree, real, 0o755);
    libc.symlinkat(target, tree, link);
    for (let i = 0; i < 100; i++) {
      libc.renameat2(tree, real, tree, link, RENAME_EXCHANGE);
      const at = openDirectory(tree, real);
      libc.close(libc.openat(at, file, O_CREAT | O_RDWR, 0o644));
      libc.unlinkat(at, file, 0);
      libc.close(at);
    }
  };
}

/** All attacks. */
export const ATTACKS = {
  longNames,
  deepPaths,
  halfMoves,
  wideTrees,
  shortLives,
  links,
} satisfies Record<string, () => Attack>;

if (import.meta.main) {
  const [seed, seconds, base, ...only] = Deno.args;
  const random = new Random(Number(seed));
  const [tree, outside] = ["tree", "outside"].map((each) =>
    libc.open(name(`${base}/${each}`), O_DIRECTORY)
  ) as [number, number];
  const attacks = Object.entries(ATTACKS)
    .filter(([each]) => only.length === 0 || only.includes(each))
    .map(([, make]) => make());
  const end = performance.now() + Number(seconds) * 1000;
  while (performance.now() < end) {
    const attack = random.oneOf(attacks);
    for (let left = random.below(20); left >= 0; left--) attack(tree, outside);
  }
}
