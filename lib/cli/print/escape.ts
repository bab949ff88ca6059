/** Words that no terminal obeys, and counts. */

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
