/** Makes text safe for a terminal and for JSON; counts in words. */

// A file name may contain terminal commands, bytes that are not UTF-8, and marks
// that change the text direction. Creating an expression for these takes almost a
// millisecond, and few names need it.
const PLAIN = /^[ !#-[\]-~]*$/;

/** Returns `text` as one line for a terminal, with the escapes of JSON. */
export function escape(text: string): string {
  return PLAIN.test(text) ? text : text.replace(
    /[\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    escapeCharacter,
  );
}

/** Returns `text` as JSON that is safe on a terminal. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : toJson(text);
}

/** Returns `value` as one line of JSON that is safe on a terminal. */
export function toJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const escaped = JSON.stringify(character).slice(1, -1);
  if (escaped !== character) return escaped;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Returns a count in words: `1 path`, `2 paths`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
