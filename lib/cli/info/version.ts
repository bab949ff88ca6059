/** The texts that the command prints instead of watching. */

import config from "../../../deno.json" with { type: "json" };
import { inotifyLimits } from "../../kernel/limits.ts";
import { completions } from "./completions.ts";
import { helpText } from "./help.ts";
import { limitsText } from "./limits_report.ts";
import type { Options } from "../arguments/options.ts";
import { toJson } from "../print/escape.ts";

/** Returns the text of a flag such as `--help`. */
export function textOf(
  about: NonNullable<Options["about"]>,
  { format, shell }: Options,
): string {
  switch (about) {
    case "help":
      return helpText();
    case "version":
      return `inotify ${config.version}\n`;
    case "completions":
      return completions(shell);
    case "limits":
      return format === "json"
        ? `${toJson(inotifyLimits())}\n`
        : limitsText(inotifyLimits());
  }
}
