/** `--timefmt`: prints a time with strftime(3). */

import { loadSymbols } from "../../kernel/libc.ts";
import { decodePath, encodePath } from "../../kernel/byte_path.ts";

/** A field, or the beginning of an unknown field. */
const FIELD = /%[-_0^#]*\d*[EO]?.?/gsu;

/** The fields of C and of glibc, which may have flags and a width. */
const KNOWN =
  /^%[-_0^#]*\d*(?:E[cCxXyY]|O[deHImMSuUVwWy]|[aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%])$/;

/** The size of a buffer for a time; only a field with a width may exceed it. */
const SIZE = 4096;

// Never closed, because times are printed until the end of the program.
const { localtime_r, strftime } = loadSymbols({
  /** `struct tm *localtime_r(const time_t *time, struct tm *result)` */
  localtime_r: { parameters: ["buffer", "buffer"], result: "pointer" },
  /**
   * `size_t strftime(char *text, size_t max, const char *format,
   * const struct tm *time)`
   */
  strftime: {
    parameters: ["buffer", "usize", "buffer", "buffer"],
    result: "usize",
  },
}).symbols;

/**
 * Compiles a format into a function that prints a time, in the time zone of the
 * process and in English.
 *
 * @throws {SyntaxError} If a field is unknown.
 */
export function compileTime(format: string): (date: Date) => string {
  for (const [field] of format.matchAll(FIELD)) {
    if (KNOWN.test(field)) continue;
    throw new SyntaxError(`the field "${field}" is unknown`);
  }
  // strftime(3) returns 0 for an empty text, and for one that does not fit.
  const bytes = encodePath(`${format}.`);
  print(bytes, new Date(0));
  return (date) => print(bytes, date);
}

/** Calls C, because JavaScript does not know the abbreviations of time zones. */
function print(format: Uint8Array<ArrayBuffer>, date: Date): string {
  const seconds = BigInt64Array.of(BigInt(Math.floor(date.getTime() / 1000)));
  // More than `struct tm` has.
  const time = new BigInt64Array(16);
  localtime_r(seconds, time);
  const text = new Uint8Array(SIZE);
  const length = Number(strftime(text, BigInt(SIZE), format, time));
  if (length === 0) throw new SyntaxError("it is too long");
  return decodePath(text, 0, length - 1);
}
