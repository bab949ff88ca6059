/** Words that no terminal obeys, counts and colours. */

// Among the names that anyone may give to a file are commands to a terminal,
// bytes that are not UTF-8, and marks that turn the order of what follows. To
// make an expression for these takes most of a millisecond, and few names need
// one.
const PLAIN = /^[ !#-[\]-~]*$/;

/** `text` on one line for a terminal, with the escapes of JSON. */
export function escape(text: string): string {
  return PLAIN.test(text) ? text : text.replace(
    /[\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    escapeCharacter,
  );
}

/** `text` as JSON, safe as {@linkcode toJson} makes it. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : toJson(text);
}

/** `value` as JSON on one line, which is safe on a terminal, too. */
export function toJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const escaped = JSON.stringify(character).slice(1, -1);
  if (escaped !== character) return escaped;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** `1 path`, `2 paths`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

// Those of @std/fmt obey `NO_COLOR` without exception. A flag comes before it:
// `--color always` gives colours all the same.
type Style = (text: string) => string;

export const bold: Style = style(1, 22);
export const dim: Style = style(2, 22);
export const red: Style = style(31, 39);
export const green: Style = style(32, 39);
export const yellow: Style = style(33, 39);
export const blue: Style = style(34, 39);
export const magenta: Style = style(35, 39);
export const cyan: Style = style(36, 39);

/** `begin` and `end` are parameters of SGR: console_codes(4). */
function style(begin: number, end: number): Style {
  return (text) => `\x1b[${begin}m${text}\x1b[${end}m`;
}
