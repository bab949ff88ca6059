/**
 * The entries of a directory, kept as the bytes of getdents64(2).
 *
 * Most names are never used, and decoding them takes longer than listing them.
 */

import { decodePath, encodeInto, MAX_BYTES } from "./byte_path.ts";
import { DT, hasName, NAME, nameEnd, sizeAt, TYPE, UNIT } from "./dirent.ts";

/** The size up to which listings share blocks of memory, in bytes. */
export const MAX_SHARED_SIZE = 16 * 1024;
const BLOCK_SIZE = 64 * 1024;

/** Searching so few entries takes no longer than hashing a name. */
const MAX_UNHASHED_ENTRIES = 8;

/** How many entries to hash at a time, while the code may not be compiled yet. */
const ENTRIES_PER_HASHING = 1024;

/** The start of an entry in the memory of a {@linkcode Listing}. */
export type Position = number;

/** The number of an inode; a bigint if a number would not be exact. */
export type Inode = number | bigint;

/** The memory of one or more listings. */
class Block {
  static #shared = new Block(new ArrayBuffer(0));

  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  #used = 0;

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  /** Returns a block with room for `size` more bytes. */
  static withRoom(size: number): Block {
    const { bytes } = Block.#shared;
    if (Block.#shared.#used + size > bytes.length) {
      Block.#shared = new Block(new ArrayBuffer(BLOCK_SIZE));
    }
    return Block.#shared;
  }

  append(bytes: Uint8Array): Position {
    const start = this.#used;
    this.bytes.set(bytes, start);
    this.#used += bytes.length;
    return start;
  }
}

/**
 * The names in a directory, each with its inode and whether it is a directory.
 *
 * An entry is identified by its {@linkcode Position}. {@linkcode Listing.start} is
 * the first one, {@linkcode Listing.after} returns the next one, and
 * {@linkcode Listing.end} is the end.
 */
export class Listing {
  /** The listing of an empty directory. */
  static readonly EMPTY: Listing = new Listing(
    new Block(new ArrayBuffer(0)),
    0,
    0,
    0,
  );

  /** The first entry. */
  readonly start: Position;
  readonly end: Position;
  /** How many entries there are. */
  readonly size: number;

  readonly #block: Block;
  /** A hash table by name: the distance of an entry in units, plus 1; 0 if free. */
  #table: Int32Array | undefined;
  /** The first entry that is not in the table. */
  #hashed: Position;

  private constructor(
    block: Block,
    start: Position,
    end: Position,
    size: number,
  ) {
    this.#block = block;
    this.start = this.#hashed = start;
    this.end = end;
    this.size = size;
  }

  /**
   * Returns the listing of the `size` entries in `bytes`. Keeps many bytes without
   * copying them: then `bytes` has to cover its whole buffer.
   */
  static of(bytes: Uint8Array<ArrayBuffer>, size: number): Listing {
    if (size === 0) return Listing.EMPTY;
    if (bytes.length <= MAX_SHARED_SIZE) {
      const block = Block.withRoom(bytes.length);
      const start = block.append(bytes);
      return new Listing(block, start, start + bytes.length, size);
    }
    return new Listing(new Block(bytes.buffer), 0, bytes.length, size);
  }

  /** Returns the entry after the one at `at`. */
  after(at: Position): Position {
    return at + sizeAt(this.#block.bytes, at);
  }

  nameAt(at: Position): string {
    const { bytes } = this.#block;
    return decodePath(bytes, at + NAME, nameEnd(bytes, at));
  }

  isDirectoryAt(at: Position): boolean {
    return this.#block.bytes[at + TYPE] === DT.DIRECTORY;
  }

  /** Returns whether it may be a symbolic link: some file systems do not say. */
  isLinkAt(at: Position): boolean {
    return this.#block.bytes[at + TYPE] === DT.LINK;
  }

  inodeAt(at: Position): Inode {
    const { words } = this.#block;
    return toInode(words[at / 4]!, words[at / 4 + 1]!);
  }

  /** Writes the name of the entry at `at` to `target`, as a C string. */
  copyNameAt(at: Position, target: Uint8Array): void {
    const { bytes } = this.#block;
    const end = nameEnd(bytes, at);
    let length = 0;
    for (let i = at + NAME; i < end; i++) target[length++] = bytes[i]!;
    target[length] = 0;
  }

  /** Returns the entry `name`, or -1. */
  find(name: string): Position {
    if (this.size === 0) return -1;
    const length = encodeKey(name);
    return this.#find(key, 0, length);
  }

  /** Returns the entry with the name of the one at `at` in `other`, or -1. */
  findSame(other: Listing, at: Position): Position {
    if (this.size === 0) return -1;
    const { bytes } = other.#block;
    return this.#find(bytes, at + NAME, nameEnd(bytes, at));
  }

  /** Returns the inode of the entry `name` in the directory: d_ino. */
  inodeOf(name: string): Inode | undefined {
    const at = this.find(name);
    return at < 0 ? undefined : this.inodeAt(at);
  }

  /** Sets the inode of an entry to 0, because another file may be there now. */
  forgetInodeAt(at: Position): void {
    this.#block.words[at / 4] = this.#block.words[at / 4 + 1] = 0;
  }

  /** Returns whether both have the same bytes: then no entry differs. */
  equals(other: Listing): boolean {
    if (this === other) return true;
    const length = (this.end - this.start) / 4;
    if (this.size !== other.size) return false;
    if (length !== (other.end - other.start) / 4) return false;
    const [a, b] = [this.#block.words, other.#block.words];
    let [i, j] = [this.start / 4, other.start / 4];
    for (const end = i + length; i < end; i++, j++) {
      if (a[i] !== b[j]) return false;
    }
    return true;
  }

  /** Iterates over the names, and whether each is a directory. */
  *[Symbol.iterator](): Generator<[name: string, isDirectory: boolean], void> {
    for (let at = this.start; at < this.end; at = this.after(at)) {
      yield [this.nameAt(at), this.isDirectoryAt(at)];
    }
  }

  /**
   * Does a part of the work that the first {@linkcode find} would do. Returns
   * `false` if nothing is left.
   */
  prepare(): boolean {
    if (this.size <= MAX_UNHASHED_ENTRIES) return false;
    if (this.#hashed < this.end) this.#hash(ENTRIES_PER_HASHING);
    return this.#hashed < this.end;
  }

  #find(name: Uint8Array, start: number, end: number): Position {
    const { bytes } = this.#block;
    if (this.size <= MAX_UNHASHED_ENTRIES) {
      for (let at = this.start; at < this.end; at += sizeAt(bytes, at)) {
        if (hasName(bytes, at, name, start, end)) return at;
      }
      return -1;
    }
    if (this.#hashed < this.end) this.#hash(Infinity);
    const table = this.#table!;
    const mask = table.length - 1;
    for (let slot = hash(name, start, end) & mask;; slot = slot + 1 & mask) {
      const distance = table[slot]!;
      if (distance === 0) return -1;
      const at = this.start + (distance - 1) * UNIT;
      if (hasName(bytes, at, name, start, end)) return at;
    }
  }

  /** Adds up to `count` entries to the table. */
  #hash(count: number): void {
    const { bytes } = this.#block;
    const length = 2 ** Math.ceil(Math.log2(2 * this.size));
    const table = this.#table ??= new Int32Array(length);
    const mask = table.length - 1;
    let at = this.#hashed;
    for (; at < this.end && count > 0; at += sizeAt(bytes, at), count--) {
      let slot = hash(bytes, at + NAME, nameEnd(bytes, at)) & mask;
      while (table[slot] !== 0) slot = slot + 1 & mask;
      table[slot] = (at - this.start) / UNIT + 1;
    }
    this.#hashed = at;
  }
}

/** Returns the number with these halves, which are unsigned. */
export function toInode(low: number, high: number): Inode {
  return high < 2 ** 21
    ? high * 2 ** 32 + low
    : BigInt(high) << 32n | BigInt(low);
}

// Random: a writer who knows the seed could create many names with the same hash.
const SEED = Math.floor(Math.random() * 2 ** 32) | 0;

/** Returns a hash by FNV-1a. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED;
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  }
  return hash ^ hash >>> 15;
}

// The bytes of the name that is looked up.
let key = new Uint8Array(1024);

/** Writes `name` into `key`, and returns its length in bytes. */
function encodeKey(name: string): number {
  const { length } = name;
  if (MAX_BYTES * length > key.length) {
    key = new Uint8Array(2 * MAX_BYTES * length);
  }
  for (let i = 0; i < length; i++) {
    const code = name.charCodeAt(i);
    if (code > 0x7f) return encodeInto(name, key);
    key[i] = code;
  }
  return length;
}
