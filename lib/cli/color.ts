/**
 * Colours for a terminal.
 *
 * Those of @std/fmt obey `NO_COLOR` without exception. A flag comes before it:
 * `--color always` gives colours all the same.
 */

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
