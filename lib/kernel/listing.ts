/**
 * The entries of a directory, kept in the bytes that getdents64(2) gave; pure.
 *
 * Most names are never asked for, and decoding them takes longer than the kernel
 * takes to list them. No other file knows the form of these bytes.
 */

import { decodePath, encodePath } from "./byte_path.ts";

// struct linux_dirent64: inode and offset of 64 bits each, the size of the entry
// in 16, its type in 8, then the name and a NUL, up to a multiple of 8 bytes.
const SIZE = 16;
const TYPE = 18;
const NAME = 19;
const UNIT = 8;

const DT_UNKNOWN = 0;
const DT_DIR = 4;
const DT_REG = 8;

const DOT = 0x2e;

/** Listings up to this size share blocks of memory, in bytes. */
const MAX_SHARED_SIZE = 16 * 1024;
const BLOCK_SIZE = 64 * 1024;

/** Among so few entries a search takes no longer than hashing the name. */
const MAX_UNHASHED_ENTRIES = 8;

/** How many entries to hash at a time: more take longer than a millisecond. */
const ENTRIES_PER_HASHING = 32 * 1024;

/** Where an entry of a {@linkcode Listing} begins, in its memory. */
export type Position = number;

/** The number of an inode: a bigint where a number would not be exact. */
export type Inode = number | bigint;

/** Memory of one or more listings. */
class Block {
  static #shared = new Block(0);

  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  #used = 0;

  constructor(source: number | ArrayBuffer) {
    this.bytes = new Uint8Array(source as ArrayBuffer);
    this.words = new Uint32Array(this.bytes.buffer);
  }

  /** The block that has room for `size` more bytes. */
  static withRoom(size: number): Block {
    const { bytes } = Block.#shared;
    if (Block.#shared.#used + size > bytes.length) {
      Block.#shared = new Block(BLOCK_SIZE);
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
 * An entry is denoted by its {@linkcode Position}: from
 * {@linkcode Listing.start} on, {@linkcode Listing.after} leads from one to the
 * next, until {@linkcode Listing.end}.
 */
export class Listing {
  /** The listing of an empty directory. */
  static readonly EMPTY: Listing = new Listing(new Block(0), 0, 0, 0);

  /** The first entry. */
  readonly start: Position;
  readonly end: Position;
  /** How many entries there are. */
  readonly size: number;

  readonly #block: Block;
  /** Open addressing by name: the distance of an entry in units, from 1 on. */
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

  /** The listing of the `size` entries in `bytes`. */
  static of(bytes: Uint8Array<ArrayBuffer>, size: number): Listing {
    if (size === 0) return Listing.EMPTY;
    if (bytes.length <= MAX_SHARED_SIZE) {
      const block = Block.withRoom(bytes.length);
      const start = block.append(bytes);
      return new Listing(block, start, start + bytes.length, size);
    }
    // A view of half its buffer or less would waste the rest.
    const { buffer } = 2 * bytes.length > bytes.buffer.byteLength
      ? bytes
      : bytes.slice();
    return new Listing(new Block(buffer), 0, bytes.length, size);
  }

  /** The entry after the one at `at`. */
  after(at: Position): Position {
    return at + sizeAt(this.#block.bytes, at);
  }

  nameAt(at: Position): string {
    const { bytes } = this.#block;
    return decodePath(bytes, at + NAME, nameEnd(bytes, at));
  }

  isDirectoryAt(at: Position): boolean {
    return this.#block.bytes[at + TYPE] === DT_DIR;
  }

  inodeAt(at: Position): Inode {
    const { words } = this.#block;
    const low = words[at / 4]!;
    const high = words[at / 4 + 1]!;
    return high < 2 ** 21
      ? high * 2 ** 32 + low
      : BigInt(high) << 32n | BigInt(low);
  }

  /** Writes the name of the entry at `at` to `target`, as a C string. */
  copyNameAt(at: Position, target: Uint8Array): void {
    const { bytes } = this.#block;
    const end = nameEnd(bytes, at);
    let length = 0;
    for (let i = at + NAME; i < end; i++) target[length++] = bytes[i]!;
    target[length] = 0;
  }

  /** The entry `name`, or -1. */
  find(name: string): Position {
    if (this.size === 0) return -1;
    const length = encodeKey(name);
    return this.#find(key, 0, length);
  }

  /** The entry here that has the name of the one at `at` in `other`, or -1. */
  findSame(other: Listing, at: Position): Position {
    if (this.size === 0) return -1;
    const { bytes } = other.#block;
    return this.#find(bytes, at + NAME, nameEnd(bytes, at));
  }

  /** The inode of the entry `name`, as the directory has it; see d_ino. */
  inodeOf(name: string): Inode | undefined {
    const at = this.find(name);
    return at < 0 ? undefined : this.inodeAt(at);
  }

  /**
   * Sets the inode of the entry `name` to 0, since another file may be there
   * now; `false` if there is no such entry.
   */
  forgetInodeOf(name: string): boolean {
    const at = this.find(name);
    if (at < 0) return false;
    this.#block.words[at / 4] = this.#block.words[at / 4 + 1] = 0;
    return true;
  }

  /** Whether both consist of the same bytes: then no entry differs. */
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

  /** The names, and of each whether it is a directory. */
  *[Symbol.iterator](): Generator<[name: string, isDirectory: boolean], void> {
    for (let at = this.start; at < this.end; at = this.after(at)) {
      yield [this.nameAt(at), this.isDirectoryAt(at)];
    }
  }

  /**
   * Does a part of what the first {@linkcode find} would do at once. Returns
   * `false` when nothing of that is left.
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

  /** Puts up to `count` more entries into the table. */
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

/** Gathers what getdents64(2) gives, one buffer after the other. */
export class ListingBuilder {
  // Several scans may be at work, but most of them need no more than one turn.
  static #spare: Uint8Array<ArrayBuffer> | undefined;

  #bytes = ListingBuilder.#takeSpare();
  #length = 0;
  #size = 0;

  static #takeSpare(): Uint8Array<ArrayBuffer> {
    const bytes = ListingBuilder.#spare ?? new Uint8Array(2 * BLOCK_SIZE);
    ListingBuilder.#spare = undefined;
    return bytes;
  }

  /** How many entries were added. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds the entries in the first `length` bytes of `buffer`, but `.` and `..`.
   * Calls `isDirectory` with the name, as a C string, of each entry whose type
   * the file system does not report.
   *
   * @throws {RangeError} If that are not whole entries, as those of the kernel
   * always are.
   */
  add(
    buffer: Uint8Array,
    length: number,
    isDirectory: (name: Uint8Array) => boolean,
  ): void {
    this.#reserve(length);
    const bytes = this.#bytes;
    const start = this.#length;
    bytes.set(
      length === buffer.length ? buffer : buffer.subarray(0, length),
      start,
    );
    let end = start + length;
    let size = 0;
    for (let at = start; at < end;) {
      const next = checkEntry(bytes, at, end);
      if (isDots(bytes, at + NAME)) {
        bytes.copyWithin(at, next, end);
        end -= next - at;
        continue;
      }
      if (bytes[at + TYPE] === DT_UNKNOWN) {
        const name = bytes.slice(at + NAME, next);
        bytes[at + TYPE] = isDirectory(name) ? DT_DIR : DT_REG;
      }
      size++;
      at = next;
    }
    this.#length = end;
    this.#size += size;
  }

  /** The listing of all that was added; the builder has nothing then. */
  build(): Listing {
    const bytes = this.#bytes;
    const listing = Listing.of(bytes.subarray(0, this.#length), this.#size);
    const isTaken = this.#length > MAX_SHARED_SIZE &&
      2 * this.#length > bytes.length;
    if (!isTaken && bytes.length <= 2 * BLOCK_SIZE) {
      ListingBuilder.#spare = bytes;
    }
    this.#bytes = new Uint8Array(0);
    this.#length = this.#size = 0;
    return listing;
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, needed));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

function sizeAt(bytes: Uint8Array, at: Position): number {
  return bytes[at + SIZE]! | bytes[at + SIZE + 1]! << 8;
}

/**
 * Returns where the entry at `at` ends, and fills what is behind its name with
 * NULs: the kernel leaves there what was in the buffer before.
 */
function checkEntry(bytes: Uint8Array, at: Position, end: Position): Position {
  const left = end - at;
  const size = left < NAME ? 0 : sizeAt(bytes, at);
  if (size > NAME && size <= left && size % UNIT === 0) {
    const next = at + size;
    let nul = Math.max(next - UNIT, at + NAME);
    while (nul < next && bytes[nul] !== 0) nul++;
    if (nul < next) {
      for (let i = nul + 1; i < next; i++) bytes[i] = 0;
      return next;
    }
  }
  throw new RangeError(
    `Cannot decode the entry at byte ${at}: ` +
      `its size is ${size}, ${left} bytes are left`,
  );
}

/** Whether the name at `start` is `.` or `..`. */
function isDots(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === DOT &&
    (bytes[start + 1] === 0 ||
      bytes[start + 1] === DOT && bytes[start + 2] === 0);
}

/** Where the name of the entry at `at` ends. */
function nameEnd(bytes: Uint8Array, at: Position): number {
  let end = at + sizeAt(bytes, at) - 1;
  // An empty name ends where it begins, and no other begins with a NUL.
  while (end > at + NAME && bytes[end - 1] === 0) end--;
  return end;
}

function hasName(
  bytes: Uint8Array,
  at: Position,
  name: Uint8Array,
  start: number,
  end: number,
): boolean {
  const offset = at + NAME - start;
  for (let i = start; i < end; i++) {
    if (bytes[offset + i] !== name[i]) return false;
  }
  return nameEnd(bytes, at) === offset + end;
}

/** FNV-1a. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  }
  return hash ^ hash >>> 15;
}

// The name that is looked up.
let key = new Uint8Array(1024);

/** Puts `name` into `key`, and returns how many bytes it has. */
function encodeKey(name: string): number {
  const { length } = name;
  if (length > key.length) key = new Uint8Array(2 * length);
  for (let i = 0; i < length; i++) {
    const code = name.charCodeAt(i);
    if (code > 0x7f) return encodeBytes(name);
    key[i] = code;
  }
  return length;
}

function encodeBytes(name: string): number {
  const bytes = encodePath(name);
  if (bytes.length > key.length) key = new Uint8Array(2 * bytes.length);
  key.set(bytes);
  return bytes.length - 1;
}
