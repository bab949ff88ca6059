/** Reads the setting of git that names a file of ignored patterns: git-config(1). */

/**
 * Returns the value of `core.excludesFile` in the text of a configuration file;
 * `undefined` if it is not set there. Included files are not read.
 */
export function excludesFileIn(text: string): string | undefined {
  let isCore = false;
  let value: string | undefined;
  for (const line of text.replaceAll("\\\n", "").split(/\r?\n/)) {
    const [, section, rest = ""] = /^\s*\[([^\]]*)\](.*)$/.exec(line) ??
      [line, undefined, line];
    if (section !== undefined) isCore = section.toLowerCase() === "core";
    const [, name, text] = /^\s*([a-z0-9-]+)\s*=(.*)$/i.exec(rest) ?? [];
    if (!isCore || name?.toLowerCase() !== "excludesfile") continue;
    value = parseValue(text!) ?? value;
  }
  return value;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", b: "\b" };

/** Returns `undefined` for a value that git does not accept. */
function parseValue(text: string): string | undefined {
  let value = "";
  /** The length without the blanks at the end. */
  let length = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    let char = text[i]!;
    if (char === '"') {
      isQuoted = !isQuoted;
      length = value.length;
      continue;
    }
    const isBlank = char === " " || char === "\t";
    if (!isQuoted) {
      if (char === "#" || char === ";") break;
      if (isBlank && value === "") continue;
    }
    if (char === "\\") {
      char = text[++i] ?? "";
      if (!'\\"ntb'.includes(char) || char === "") return undefined;
      char = ESCAPES[char] ?? char;
    }
    value += char;
    if (isQuoted || !isBlank) length = value.length;
  }
  return isQuoted ? undefined : value.slice(0, length);
}
