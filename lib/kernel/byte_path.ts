/**
 * Paths as the kernel has them, bytes, and as programs want them, strings.
 *
 * A name on Linux is any bytes but NUL and `/`. Those that are not UTF-8 become
 * lone surrogates U+DC80..U+DCFF, one for a byte, and find their way back:
 * what Python calls `surrogateescape`.
 */

const ESCAPE = 0xdc00;

const encoder = new TextEncoder();

/** The path that a caller gave; a file URL stands for the bytes it encodes. */
export function toPath(path: string | URL): string {
  if (!(path instanceof URL)) return path;
  if (path.protocol !== "file:") {
    throw new TypeError(`Cannot use the URL '${path}': it is not a file's`);
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

// Three bytes are the most that a unit of a string takes in UTF-8.
const scratch = new Uint8Array(3 * 4096);

/**
 * `path` as a C string for a call into C, until the next one takes its place.
 */
export function toCString(path: string): Uint8Array<ArrayBuffer> {
  const fits = path.length < 4096 && path.isWellFormed() &&
    !path.includes("\0");
  if (fits) scratch[encoder.encodeInto(path, scratch).written] = 0;
  // Of one that is longer, the kernel takes none: it looks at 4096 bytes.
  else scratch.set(encodePath(path).subarray(0, scratch.length));
  return scratch;
}

/** `path` as a C string, its closing NUL included. */
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

/** `text` in bytes, the paths in it with those that they have on disk. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes = new Uint8Array(3 * text.length);
  let length = 0;
  // With the flag `u`, a surrogate of a pair is none of these.
  for (const run of text.split(/([\ud800-\udfff])/u)) {
    const code = run.charCodeAt(0);
    if (run.isWellFormed()) {
      length += encoder.encodeInto(run, bytes.subarray(length)).written;
    } else if (isEscape(code)) {
      bytes[length++] = code - ESCAPE;
    } else {
      throw new TypeError(
        `Cannot use the path '${text.toWellFormed()}': ` +
          `the lone surrogate U+${code.toString(16).toUpperCase()} ` +
          "stands for no byte",
      );
    }
  }
  return bytes.slice(0, length);
}

/**
 * The string for the bytes from `start` up to `end`, which
 * {@linkcode encodePath} maps back to them.
 */
export function decodePath(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): string {
  return decodeAscii(bytes, start, end) ??
    decodeEscaping(bytes.subarray(start, end));
}

/** The name that begins at `start` and ends at a NUL, or at `limit`. */
export function decodeName(
  bytes: Uint8Array,
  start: number,
  limit: number,
): string {
  let end = start;
  while (end < limit && bytes[end] !== 0) end++;
  return end === start ? "" : decodePath(bytes, start, end);
}

// A call of TextDecoder costs three times what these short names do.
function decodeAscii(
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  if (end - start > 256) return undefined;
  // One array for all of them would change its length, upon which V8 throws away
  // what it has compiled.
  const codes: number[] = [];
  for (let i = start; i < end; i++) {
    const code = bytes[i]!;
    if (code > 0x7f) return undefined;
    codes.push(code);
  }
  return String.fromCharCode.apply(null, codes);
}

// Made when a name is not ASCII, which many programs never see.
let decoder: TextDecoder | undefined;

// TextDecoder would find what is not UTF-8 by an exception each time, and
// anyone may give such names to files, and many of them.
function decodeEscaping(bytes: Uint8Array): string {
  // A name may begin with the bytes of a byte order mark: they are part of it.
  decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  /** Where what is well-formed begins. */
  let start = 0;
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
    } else {
      if (start < i) text += decoder.decode(bytes.subarray(start, i));
      text += String.fromCharCode(ESCAPE + bytes[i]!);
      start = ++i;
    }
  }
  return text + decoder.decode(bytes.subarray(start));
}

/** How long the well-formed UTF-8 sequence at `start` is; 0 if there is none. */
function sequenceLength(bytes: Uint8Array, start: number): number {
  const lead = bytes[start]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // What is overlong, a surrogate or beyond Unicode shows in the second byte.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (!isBetween(bytes[start + 1], low, high)) return 0;
  for (let i = start + 2; i < start + length; i++) {
    if (!isBetween(bytes[i], 0x80, 0xbf)) return 0;
  }
  return length;
}

/** Whether there is a byte, and it is in the range. */
function isBetween(byte: number | undefined, low: number, high: number) {
  return byte !== undefined && byte >= low && byte <= high;
}

function isEscape(code: number): boolean {
  return code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
}

/** The path of the entry `name` in `directory`; without a name, its own. */
export function joinPath(directory: string, name: string): string {
  if (directory === "") return name;
  if (name === "") return directory;
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}
