/**
 * Types of `@std/fmt/colors`.
 *
 * @module
 */

/** A color of 24 bits, each part from 0 to 255. */
export interface Rgb {
  r: number;
  g: number;
  b: number;
}

type Style = (str: string) => string;
type Rgb8Style = (str: string, color: number) => string;
type Rgb24Style = (str: string, color: number | Rgb) => string;

/** Switches all styles on or off; without effect under `NO_COLOR`. */
export function setColorEnabled(value: boolean): void;

/** Whether styles are written. */
export function getColorEnabled(): boolean;

/** Removes the escape codes of styles from a string. */
export function stripAnsiCode(string: string): string;

export const reset: Style;
export const bold: Style;
export const dim: Style;
export const italic: Style;
export const underline: Style;
export const inverse: Style;
export const hidden: Style;
export const strikethrough: Style;
export const black: Style;
export const red: Style;
export const green: Style;
export const yellow: Style;
export const blue: Style;
export const magenta: Style;
export const cyan: Style;
export const white: Style;
export const gray: Style;
export const brightBlack: Style;
export const brightRed: Style;
export const brightGreen: Style;
export const brightYellow: Style;
export const brightBlue: Style;
export const brightMagenta: Style;
export const brightCyan: Style;
export const brightWhite: Style;
export const bgBlack: Style;
export const bgRed: Style;
export const bgGreen: Style;
export const bgYellow: Style;
export const bgBlue: Style;
export const bgMagenta: Style;
export const bgCyan: Style;
export const bgWhite: Style;
export const bgBrightBlack: Style;
export const bgBrightRed: Style;
export const bgBrightGreen: Style;
export const bgBrightYellow: Style;
export const bgBrightBlue: Style;
export const bgBrightMagenta: Style;
export const bgBrightCyan: Style;
export const bgBrightWhite: Style;
export const rgb8: Rgb8Style;
export const bgRgb8: Rgb8Style;
export const rgb24: Rgb24Style;
export const bgRgb24: Rgb24Style;
