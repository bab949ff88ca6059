/** The styles of @std/fmt for a command line that asks for them. */

/** The functions that add styles to a text. */
export type Colors = typeof import("@std/fmt/colors");

/**
 * Loads the styles. `NO_COLOR` does not switch them off: whoever calls this has
 * decided, and an explicit `--color always` comes before that variable.
 *
 * @std/fmt reads `Deno.noColor` once, when it is loaded, and lets nothing
 * override it later.
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
