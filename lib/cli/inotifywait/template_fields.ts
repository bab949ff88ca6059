/** The fields of `--format`, for the help and the manual page. */

/** A field of a template. */
export interface TemplateField {
  /** The text of the field in a template. */
  readonly name: string;
  /** The text that replaces the field, in a few words. */
  readonly meaning: string;
}

/** The fields, in the order in which the help has them. */
export const TEMPLATE_FIELDS: readonly TemplateField[] = [
  { name: "%w", meaning: "the watched path; a directory ends with a slash" },
  { name: "%f", meaning: "the name of the entry; empty for the path itself" },
  { name: "%e", meaning: "the events, separated by commas" },
  { name: "%Xe", meaning: "the events, separated by any character X" },
  {
    name: "%c",
    meaning: "a number that both halves of a move have; otherwise 0",
  },
  { name: "%T", meaning: "the time, in the form of --timefmt" },
  { name: "%0, %n, %%", meaning: "a NUL, a newline, a percent sign" },
];
