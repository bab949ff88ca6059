/** Builds a {@linkcode Listing} from the buffers of getdents64(2). */

import { checkEntry, DT, isDots, NAME, TYPE } from "./dirent.ts";
import { Listing, MAX_SHARED_SIZE } from "./listing.ts";

/** The size of a buffer that most directories fit into, in bytes. */
const SPARE_SIZE = 128 * 1024;

/** The size of each buffer of a large listing, in bytes. */
const PART_SIZE = 1024 * 1024;

const NO_PARTS: Uint8Array[] = [];

/** Collects the results of getdents64(2), one buffer after the other. */
export class ListingBuilder {
  // Several scans may run at a time, but most of them need only one turn.
  static #spare: Uint8Array<ArrayBuffer> | undefined;

  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  #size = 0;
  /** The parts before these bytes. One growing buffer would be copied often. */
  #parts = NO_PARTS;
  /** The memory in which the parts are joined, and the joined length. */
  #whole: Uint8Array<ArrayBuffer> | undefined;
  #copied = 0;

  constructor() {
    this.#bytes = ListingBuilder.#spare ?? new Uint8Array(SPARE_SIZE);
    ListingBuilder.#spare = undefined;
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
   * @throws {RangeError} If they are not whole entries. The kernel returns only
   * whole entries.
   */
  add(
    buffer: Uint8Array,
    length: number,
    isDirectory: (name: Uint8Array) => boolean,
  ): void {
    // Most file systems list these two first, and most directories are empty.
    let first = 0;
    while (first < length && isDots(buffer, first + NAME)) {
      first = checkEntry(buffer, first, length);
    }
    if (first === length) return;
    this.#reserve(length - first);
    const bytes = this.#bytes;
    const start = this.#length;
    bytes.set(buffer.subarray(first, length), start);
    let end = start + length - first;
    let size = 0;
    for (let at = start; at < end;) {
      const next = checkEntry(bytes, at, end);
      if (isDots(bytes, at + NAME)) {
        bytes.copyWithin(at, next, end);
        end -= next - at;
        continue;
      }
      if (bytes[at + TYPE] === DT.UNKNOWN) {
        const name = bytes.slice(at + NAME, next);
        bytes[at + TYPE] = isDirectory(name) ? DT.DIRECTORY : DT.FILE;
      }
      size++;
      at = next;
    }
    this.#length = end;
    this.#size += size;
  }

  /**
   * Does a part of the work of {@linkcode build}. Returns `false` if nothing is
   * left.
   */
  assemble(): boolean {
    if (this.#parts.length === 0) return false;
    if (this.#whole === undefined) {
      this.#parts.push(this.#bytes.subarray(0, this.#length));
      const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
      this.#whole = new Uint8Array(length);
      // Begins with the last part, because an array is cheap to shorten.
      this.#copied = length;
    }
    const part = this.#parts.pop()!;
    this.#copied -= part.length;
    this.#whole.set(part, this.#copied);
    if (this.#parts.length > 0) return true;
    this.#bytes = this.#whole;
    this.#length = this.#whole.length;
    return false;
  }

  /** Returns the listing of all added entries. The builder must not be used again. */
  build(): Listing {
    while (this.assemble());
    const bytes = this.#bytes;
    if (this.#size === 0) {
      ListingBuilder.#spare = bytes;
      return Listing.EMPTY;
    }
    const isWhole = this.#whole !== undefined;
    const isShared = this.#length <= MAX_SHARED_SIZE;
    const all = isWhole ? bytes : bytes.subarray(0, this.#length);
    const listing = Listing.of(
      isWhole || isShared ? all : all.slice(),
      this.#size,
    );
    if (!isWhole) ListingBuilder.#spare = bytes;
    return listing;
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    if (this.#parts === NO_PARTS) this.#parts = [];
    this.#parts.push(this.#bytes.subarray(0, this.#length));
    this.#bytes = new Uint8Array(Math.max(PART_SIZE, length));
    this.#length = 0;
  }
}
