/** The fields of a template of `--format`, for the help and the manual. */

/** A field of a template. */
export interface TemplateField {
  /** How it is written. */
  readonly name: string;
  /** What it stands for, in a few words. */
  readonly meaning: string;
}

/** The fields, in the order in which the help has them. */
export const TEMPLATE_FIELDS: readonly TemplateField[] = [
  { name: "%w", meaning: "the path that is watched, a directory with a slash" },
  { name: "%f", meaning: "the entry of that directory; nothing for itself" },
  { name: "%e", meaning: "the events, with commas between" },
  { name: "%Xe", meaning: "the same with X between, which is any character" },
  {
    name: "%c",
    meaning: "a number that both halves of a move have; 0 if none",
  },
  { name: "%T", meaning: "the time, as --timefmt says" },
  { name: "%0, %n, %%", meaning: "a NUL, a line end, a percent sign" },
];
