/** Loads the colors of @std/fmt, if they are used. */

/** The functions that add styles to a text. */
export type Colors = typeof import("@std/fmt/colors");

/**
 * Loads the colors, even if `NO_COLOR` is set: an explicit `--color always` has
 * precedence over that variable, and the caller has checked it.
 *
 * @std/fmt reads `Deno.noColor` once, when it is loaded, and this cannot be
 * changed later.
 */
export async function loadColors(): Promise<Colors> {
  const noColor = Object.getOwnPropertyDescriptor(Deno, "noColor")!;
  Object.defineProperty(Deno, "noColor", { value: false, configurable: true });
  try {
    return await import("@std/fmt/colors");
  } finally {
    Object.defineProperty(Deno, "noColor", noColor);
  }
}
