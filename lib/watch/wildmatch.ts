/**
 * Matches names and paths against the globs of git, byte by byte as git does.
 *
 * Other users choose the names. A matcher that backtracks would take hours for a
 * name of 255 dashes and a glob with five stars. This matcher keeps the set of all
 * places in the glob that the text may have reached. So its time is at most the
 * length of the glob times the length of the text.
 */

const SLASH = 0x2f;
const STAR = 0x2a;
const QUESTION = 0x3f;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BANG = 0x21;
const CARET = 0x5e;
const DASH = 0x2d;
const COLON = 0x3a;

/** The set of bytes that a place in a glob accepts. */
type ByteSet = Uint8Array<ArrayBuffer>;

/** One place in a glob. */
interface Token {
  /** The byte, or the set of bytes, that the next byte may be. */
  readonly accepts: number | ByteSet;
  /** Whether it accepts any number of bytes, none included. */
  readonly isRepeated: boolean;
  /** How many tokens may be left out here; then it accepts no byte itself. */
  readonly optional: number;
}

/** Returns whether `text`, from `start` on, matches a glob. */
export type GlobTest = (text: Uint8Array, start: number) => boolean;

/**
 * Compiles `glob`, bytes of a path without a leading slash.
 *
 * `*`, `?` and sets do not match `/`. A double star that is a component of its own
 * matches any number of components. A glob with an unclosed set matches nothing.
 */
export function compileGlob(glob: Uint8Array): GlobTest {
  const tokens = parse(glob);
  if (tokens === undefined) return () => false;
  const length = tokens.length;
  return (text, start) => {
    let places = reach(new Uint8Array(length + 1), 0, tokens);
    for (let i = start; i < text.length; i++) {
      const byte = text[i]!;
      const next = new Uint8Array(length + 1);
      let isAlive = false;
      for (let place = 0; place < length; place++) {
        if (!places[place]) continue;
        const { accepts, isRepeated } = tokens[place]!;
        const isAccepted = typeof accepts === "number"
          ? accepts === byte
          : accepts[byte] === 1;
        if (!isAccepted) continue;
        reach(next, isRepeated ? place : place + 1, tokens);
        isAlive = true;
      }
      if (!isAlive) return false;
      places = next;
    }
    return places[length] === 1;
  };
}

/** Adds `place` to `places`, and every place that needs no further byte. */
function reach(
  places: Uint8Array,
  place: number,
  tokens: readonly Token[],
): Uint8Array {
  if (places[place] === 1) return places;
  places[place] = 1;
  const token = tokens[place];
  if (token === undefined) return places;
  const { isRepeated, optional } = token;
  if (isRepeated || optional > 0) reach(places, place + 1, tokens);
  if (optional > 0) reach(places, place + 1 + optional, tokens);
  return places;
}

/** Returns `undefined` for a glob that matches nothing. */
function parse(glob: Uint8Array): Token[] | undefined {
  const tokens: Token[] = [];
  for (let i = 0; i < glob.length; i++) {
    const byte = glob[i]!;
    if (byte === STAR) {
      let end = i + 1;
      while (glob[end] === STAR) end++;
      const isComponent = end > i + 1 && (i === 0 || glob[i - 1] === SLASH) &&
        isSeparator(glob, end);
      // If it matches no component, its slash is also left out.
      if (isComponent && glob[end] === SLASH) tokens.push(LEAVE_OUT_TWO);
      const accepts = isComponent ? ANY : NO_SLASH;
      tokens.push({ accepts, isRepeated: true, optional: 0 });
      i = end - 1;
    } else if (byte === QUESTION) {
      tokens.push(once(NO_SLASH));
    } else if (byte === OPEN) {
      const set = parseSet(glob, i + 1);
      if (set === undefined) return undefined;
      tokens.push(once(set.bytes));
      i = set.end;
    } else if (byte === BACKSLASH) {
      const escaped = glob[++i];
      if (escaped === undefined) return undefined;
      tokens.push(once(escaped));
    } else {
      tokens.push(once(byte));
    }
  }
  return tokens;
}

/** Returns whether `glob` ends at `i` or continues with a slash. */
function isSeparator(glob: Uint8Array, i: number): boolean {
  return i === glob.length || glob[i] === SLASH ||
    glob[i] === BACKSLASH && glob[i + 1] === SLASH;
}

function once(accepts: number | ByteSet): Token {
  return { accepts, isRepeated: false, optional: 0 };
}

const ANY: ByteSet = new Uint8Array(256).fill(1);
const NO_SLASH: ByteSet = without(ANY, SLASH);
const LEAVE_OUT_TWO: Token = {
  accepts: new Uint8Array(256),
  isRepeated: false,
  optional: 2,
};

function without(set: ByteSet, byte: number): ByteSet {
  const rest = set.slice();
  rest[byte] = 0;
  return rest;
}

/** A set in brackets; `end` is the place of the closing bracket. */
interface ParsedSet {
  readonly bytes: ByteSet;
  readonly end: number;
}

/** Parses the set whose first byte after the bracket is at `start`. */
function parseSet(glob: Uint8Array, start: number): ParsedSet | undefined {
  const isNegated = glob[start] === BANG || glob[start] === CARET;
  const bytes: ByteSet = new Uint8Array(256);
  /** The start of a range, if a dash comes next. */
  let low = 0;
  let i = isNegated ? start + 1 : start;
  // The first byte is a member, even if it is a closing bracket.
  do {
    let byte = glob[i];
    if (byte === undefined) return undefined;
    const isRange = byte === DASH && low > 0 && i + 1 < glob.length &&
      glob[i + 1] !== CLOSE;
    if (isRange) {
      byte = glob[++i]!;
      if (byte === BACKSLASH) byte = glob[++i];
      if (byte === undefined) return undefined;
      if (low <= byte) bytes.fill(1, low, byte + 1);
      low = 0;
    } else if (byte === OPEN && glob[i + 1] === COLON) {
      const end = glob.indexOf(CLOSE, i + 2);
      if (end < 0) return undefined;
      if (end > i + 2 && glob[end - 1] === COLON) {
        if (!addClass(bytes, glob.subarray(i + 2, end - 1))) return undefined;
        i = end;
        low = 0;
      } else {
        bytes[byte] = 1;
        low = byte;
      }
    } else {
      if (byte === BACKSLASH) byte = glob[++i];
      if (byte === undefined) return undefined;
      bytes[byte] = 1;
      low = byte;
    }
    i++;
  } while (glob[i] !== CLOSE);
  const members = isNegated ? bytes.map((is) => 1 - is) : bytes;
  return { bytes: without(members, SLASH), end: i };
}

/** The ranges of each class of characters, see isalpha(3). */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: "09AZaz",
  alpha: "AZaz",
  blank: "\t\t  ",
  cntrl: "\0\x1f\x7f\x7f",
  digit: "09",
  graph: "!~",
  lower: "az",
  print: " ~",
  punct: "!/:@[`{~",
  space: "\t\r  ",
  upper: "AZ",
  xdigit: "09AFaf",
};

/** Adds a class to `bytes`; returns `false` if there is no class of this name. */
function addClass(bytes: ByteSet, name: Uint8Array): boolean {
  const ranges = CLASSES[String.fromCharCode(...name)];
  if (ranges === undefined) return false;
  for (let i = 0; i < ranges.length; i += 2) {
    bytes.fill(1, ranges.charCodeAt(i), ranges.charCodeAt(i + 1) + 1);
  }
  return true;
}
