/** The time as strftime(3) prints it, for `--timefmt`. */

import { loadSymbols } from "../../kernel/libc.ts";
import { decodePath, encodePath } from "../../kernel/byte_path.ts";

/** Where a field begins and, if it is one, ends. */
const FIELD = /%[-_0^#]*\d*[EO]?.?/gsu;

/** The fields of C and of glibc, which may have flags and a width in them. */
const KNOWN =
  /^%[-_0^#]*\d*(?:E[cCxXyY]|O[deHImMSuUVwWy]|[aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%])$/;

/** More than any time takes, unless a field is given such a width. */
const SIZE = 4096;

// For as long as the program runs, which is to print times until its end.
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
 * Compiles a format into a function that prints a time in it, in the time zone
 * of the process and in English.
 *
 * @throws {SyntaxError} If it has a field that is unknown.
 */
export function compileTime(format: string): (date: Date) => string {
  for (const [field] of format.matchAll(FIELD)) {
    if (KNOWN.test(field)) continue;
    throw new SyntaxError(`the field "${field}" is unknown`);
  }
  // What is empty looks like what does not fit.
  const bytes = encodePath(`${format}.`);
  print(bytes, new Date(0));
  return (date) => print(bytes, date);
}

/** Calls into C, since nothing else knows what a time zone is called. */
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
