/**
 * Converts paths between the bytes of the kernel and strings, without loss.
 *
 * A name on Linux may contain all bytes except NUL and `/`. A byte that is not
 * part of UTF-8 becomes a lone surrogate U+DC80..U+DCFF, which is converted back
 * to the byte. Python calls this `surrogateescape`.
 */

const ESCAPE = 0xdc00;

/** How many bytes a UTF-16 code unit takes at most in UTF-8. */
export const MAX_BYTES = 3;

const encoder = new TextEncoder();

/**
 * Returns the path of an argument that may be a file URL. A percent-encoded byte
 * of a URL is a byte of the path.
 *
 * @throws {TypeError} If it is a URL that is not of a local file.
 */
export function toPath(path: string | URL): string {
  if (typeof path === "string") return path;
  // Checked for callers without a compiler.
  if (!(path instanceof URL)) {
    throw new TypeError(
      `Cannot use ${Deno.inspect(path)} as a path: expected a string or a URL`,
    );
  }
  if (path.protocol !== "file:") {
    throw new TypeError(`Cannot use the URL '${path}': it is not a file URL`);
  }
  if (path.host !== "") {
    throw new TypeError(
      `Cannot use the URL '${path}': its file is on '${path.host}'`,
    );
  }
  const bytes = encoder.encode(path.pathname);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const hex = /^%[0-9a-f]{2}$/i.exec(path.pathname.slice(i, i + 3));
    bytes[length++] = hex ? parseInt(hex[0].slice(1), 16) : bytes[i]!;
    if (hex) i += 2;
  }
  return decodePath(bytes.subarray(0, length));
}

const scratch = new Uint8Array(MAX_BYTES * 4096);

/**
 * Returns `path` as a C string, in memory that the next call overwrites.
 *
 * @throws {TypeError} If `path` contains a NUL, or a surrogate that stands for
 * no byte.
 */
export function toCString(path: string): Uint8Array<ArrayBuffer> {
  const fits = path.length < 4096 && path.isWellFormed() &&
    !path.includes("\0");
  if (fits) scratch[encoder.encodeInto(path, scratch).written] = 0;
  // The kernel rejects a longer path after it has read 4096 bytes of it.
  else scratch.set(encodePath(path).subarray(0, scratch.length));
  return scratch;
}

/**
 * Returns `path` as a C string with its closing NUL, in memory of its own.
 *
 * @throws {TypeError} If `path` contains a NUL, or a surrogate that stands for
 * no byte.
 */
export function encodePath(path: string): Uint8Array<ArrayBuffer> {
  if (path.includes("\0")) {
    throw new TypeError(
      `Cannot use the path '${path.replaceAll("\0", "\\0")}': ` +
        "it contains a NUL byte",
    );
  }
  const text = encodeText(path);
  const bytes = new Uint8Array(text.length + 1);
  bytes.set(text);
  return bytes;
}

/** Returns `text` as bytes; paths in it get the bytes that they have on disk. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes = new Uint8Array(MAX_BYTES * text.length);
  return bytes.slice(0, encodeInto(text, bytes));
}

/**
 * Writes the bytes of {@linkcode encodeText} into `bytes`, which has
 * {@linkcode MAX_BYTES} for each code unit, and returns their number.
 */
export function encodeInto(text: string, bytes: Uint8Array): number {
  if (text.isWellFormed()) return encoder.encodeInto(text, bytes).written;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (isEscape(code)) {
      bytes[length++] = code - ESCAPE;
    } else if (code >= 0xd800 && code <= 0xdfff) {
      throw new TypeError(
        `Cannot use the path '${text.toWellFormed()}': ` +
          `the lone surrogate U+${code.toString(16).toUpperCase()} ` +
          "stands for no byte",
      );
    } else {
      length = putCodePoint(bytes, length, code);
      if (code > 0xffff) i++;
    }
  }
  return length;
}

/** Writes `code` as UTF-8 at `at`, and returns the position after it. */
function putCodePoint(bytes: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    bytes[at++] = code;
    return at;
  }
  const trail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  // The lead byte begins with as many bits 1 as there are bytes.
  bytes[at++] = 0xff00 >> trail + 1 & 0xff | code >> 6 * trail;
  for (let i = trail - 1; i >= 0; i--) {
    bytes[at++] = 0x80 | code >> 6 * i & 0x3f;
  }
  return at;
}

/**
 * Returns the bytes from `start` to `end` as a string, which
 * {@linkcode encodePath} converts back.
 */
export function decodePath(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): string {
  return decodeAscii(bytes, start, end) ??
    decodeLong(bytes.subarray(start, end)) ??
    decodeEscaping(bytes.subarray(start, end));
}

/** Returns the name that begins at `start` and ends at a NUL or at `limit`. */
export function decodeName(
  bytes: Uint8Array,
  start: number,
  limit: number,
): string {
  let end = start;
  while (end < limit && bytes[end] !== 0) end++;
  return end === start ? "" : decodePath(bytes, start, end);
}

/** The most bytes of a text that is not decoded by TextDecoder: all names are shorter. */
const MAX_SHORT = 256;

// For short names, TextDecoder takes three times as long as this loop.
function decodeAscii(
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  if (end - start > MAX_SHORT) return undefined;
  // If one array were reused, its length would change, and V8 would discard the
  // compiled code.
  const codes: number[] = [];
  for (let i = start; i < end; i++) {
    const code = bytes[i]!;
    if (code > 0x7f) return undefined;
    codes.push(code);
  }
  return String.fromCharCode.apply(null, codes);
}

let decoder: TextDecoder | undefined;

// Long texts, such as files of /proc, are read at the start, when loops are slow.
// They are rarely malformed, so the exceptions of TextDecoder do not matter.
function decodeLong(bytes: Uint8Array): string | undefined {
  if (bytes.length <= MAX_SHORT) return undefined;
  decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The code units of a part of a string; it ends before they are full. */
const units = new Uint16Array(1024);

// Any user may create many files with names that are not UTF-8. TextDecoder would
// need a call for each run of valid bytes, and report the others by exceptions.
function decodeEscaping(bytes: Uint8Array): string {
  let text = "";
  let count = 0;
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes, i);
    const code = length === 0
      ? ESCAPE + bytes[i]!
      : length === 1
      ? bytes[i]!
      : codePointAt(bytes, i, length);
    if (code > 0xffff) {
      units[count++] = 0xd7c0 + (code >> 10);
      units[count++] = 0xdc00 | code & 0x3ff;
    } else {
      units[count++] = code;
    }
    i += length || 1;
    if (count < units.length - 1) continue;
    text += toText(count);
    count = 0;
  }
  return text + toText(count);
}

/** Returns the first `count` of the units as a string. */
function toText(count: number): string {
  // The types require an array, but the function accepts a typed array.
  const codes = units.subarray(0, count) as ArrayLike<number> as number[];
  return String.fromCharCode.apply(null, codes);
}

/** Returns the code point of the valid sequence of 2 to 4 bytes at `start`. */
function codePointAt(bytes: Uint8Array, start: number, length: number): number {
  let code = bytes[start]! & (0x7f >> length);
  for (let i = start + 1; i < start + length; i++) {
    code = code << 6 | bytes[i]! & 0x3f;
  }
  return code;
}

/** Returns the length of the UTF-8 sequence at `start`; 0 if it is malformed. */
function sequenceLength(bytes: Uint8Array, start: number): number {
  const lead = bytes[start]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // The second byte shows whether the sequence is overlong, a surrogate, or
  // beyond Unicode.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (!isBetween(bytes[start + 1], low, high)) return 0;
  for (let i = start + 2; i < start + length; i++) {
    if (!isBetween(bytes[i], 0x80, 0xbf)) return 0;
  }
  return length;
}

/** Returns whether there is a byte in the range. */
function isBetween(byte: number | undefined, low: number, high: number) {
  return byte !== undefined && byte >= low && byte <= high;
}

function isEscape(code: number): boolean {
  return code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
}

/** Returns the path of `name` in `directory`; `directory` if `name` is empty. */
export function joinPath(directory: string, name: string): string {
  if (directory === "") return name;
  if (name === "") return directory;
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}
