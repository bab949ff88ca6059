/** The command, from its arguments to its exit status. */

import config from "../../deno.json" with { type: "json" };
import { limits } from "../usage.ts";
import { completions } from "./completions.ts";
import { BACKGROUND, startDaemon } from "./daemon.ts";
import { toJson } from "./escape.ts";
import { USAGE } from "./flags.ts";
import { readPaths, sortPaths } from "./fromfile.ts";
import { helpText } from "./help.ts";
import { limitsText } from "./limits.ts";
import { type Options, parseOptions } from "./options.ts";
import { note, noteToSyslog, print } from "./output.ts";
import { UsageError } from "./usage_error.ts";
import { watchPaths } from "./watch.ts";

/** Runs the command and returns its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    // The reader of standard output has seen enough, as `head` has.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    note((error as Error).message, "error");
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const isBackground = args[0] === BACKGROUND;
  const options = parseOptions(isBackground ? args.slice(1) : args);
  if (options.daemon && !isBackground) return await startDaemon(args, options);
  if (options.syslog && !options.daemon) noteToSyslog();
  switch (options.mode) {
    case "help":
      await print(helpText());
      return 0;
    case "version":
      await print(`inotify ${config.version}\n`);
      return 0;
    case "completions":
      await print(completions(options.shell));
      return 0;
    case "limits":
      await print(limitsOutput(options));
      return 0;
    default:
      return await watchPaths(await withListedPaths(options));
  }
}

/** The options with the paths of `--fromfile` before the others. */
async function withListedPaths(options: Options): Promise<Options> {
  const listed = options.fromfile === undefined
    ? sortPaths([])
    : await readPaths(options.fromfile);
  const paths = [...listed.paths, ...options.paths];
  if (paths.length === 0) throw new UsageError(USAGE);
  const excludedPaths = [...listed.excludedPaths, ...options.excludedPaths];
  return { ...options, paths, excludedPaths };
}

function limitsOutput({ format }: Options): string {
  const inForce = limits();
  return format === "json" ? `${toJson(inForce)}\n` : limitsText(inForce);
}
