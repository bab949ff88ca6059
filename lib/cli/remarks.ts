/** What people may want to know of what they asked for: the start does not wait. */

import { joinPath } from "../kernel/byte_path.ts";
import { fileSystemWarnings } from "../kernel/file_system.ts";
import type { Options } from "./arguments/options.ts";

/** The remarks on what `options` ask for. */
export async function remarksOn(
  options: Pick<Options, "paths" | "include" | "exclude">,
): Promise<string[]> {
  const warnings = new Map<string, string>();
  for await (
    const { fileSystem, reason } of fileSystemWarnings(options.paths)
  ) {
    // One of each kind says enough.
    if (!warnings.has(fileSystem)) warnings.set(fileSystem, reason);
  }
  return [
    ...warnings.values(),
    ...options.include.flatMap((pattern) => remarkOnGlob("include", pattern)),
    ...options.exclude.flatMap((pattern) => remarkOnGlob("exclude", pattern)),
    ...remarksOnExcluded(options),
  ];
}

/** In a regular expression, a star there repeats a slash. */
function remarkOnGlob(name: "include" | "exclude", pattern: RegExp): string[] {
  const text = textOf(pattern);
  if (!text.includes("/*")) return [];
  return [
    `--${name} takes a regular expression, and '${text}' looks like a glob`,
  ];
}

function remarksOnExcluded(
  { paths, exclude }: Pick<Options, "paths" | "exclude">,
): string[] {
  return paths.flatMap((path) => {
    const pattern = exclude.find((pattern) =>
      pattern.test(path) && pattern.test(joinPath(path, "a"))
    );
    if (!pattern) return [];
    return [
      `--exclude '${textOf(pattern)}' matches the path '${path}' itself, ` +
      "so nothing below it is reported",
    ];
  });
}

/** The pattern as it was given. */
function textOf({ source }: RegExp): string {
  return source.replaceAll("\\/", "/");
}
