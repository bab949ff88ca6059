/** Warnings about the arguments, which are found while the paths are opened. */

import { joinPath } from "../kernel/byte_path.ts";
import { fileSystemWarnings } from "../kernel/file_system.ts";
import type { Options } from "./arguments/options.ts";

/** Returns the warnings about `options`. */
export async function remarksOn(
  options: Pick<Options, "paths" | "include" | "exclude">,
): Promise<string[]> {
  const warnings = new Map<string, string>();
  for await (
    const { fileSystem, reason } of fileSystemWarnings(options.paths)
  ) {
    // One warning for each type of file system is enough.
    if (!warnings.has(fileSystem)) warnings.set(fileSystem, reason);
  }
  return [
    ...warnings.values(),
    ...options.include.flatMap((pattern) => remarkOnGlob("include", pattern)),
    ...options.exclude.flatMap((pattern) => remarkOnGlob("exclude", pattern)),
    ...remarksOnExcluded(options),
  ];
}

/** Warns about a star after a slash, which a regular expression rarely has. */
function remarkOnGlob(name: "include" | "exclude", pattern: RegExp): string[] {
  const text = textOf(pattern);
  if (!text.includes("/*")) return [];
  return [
    `--${name} expects a regular expression, but '${text}' looks like a glob`,
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

/** Returns the text of a regular expression as it was given. */
function textOf({ source }: RegExp): string {
  return source.replaceAll("\\/", "/");
}
