/** The command, from its arguments to its exit status. */

import { UsageError } from "./arguments.ts";
import { BACKGROUND, USAGE } from "./flags.ts";
import { type Options, parseOptions } from "./options.ts";
import { note, noteTo, print } from "./output.ts";
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
  // What few runs need is loaded where it is needed: the rest starts sooner.
  if (options.daemon && !isBackground) {
    const { startDaemon } = await import("./daemon.ts");
    return await startDaemon(args, options);
  }
  if (options.syslog && !options.daemon) {
    const { log } = await import("./syslog.ts");
    noteTo(log);
  }
  if (options.about) {
    const { textOf } = await import("./about.ts");
    await print(textOf(options.about, options));
    return 0;
  }
  return await watchPaths(await withListedPaths(options));
}

/** The options with the paths of `--fromfile` before the others. */
async function withListedPaths(options: Options): Promise<Options> {
  const { fromfile } = options;
  if (fromfile === undefined) {
    if (options.paths.length === 0) throw new UsageError(USAGE);
    return options;
  }
  const { readPaths } = await import("./fromfile.ts");
  const listed = await readPaths(fromfile);
  const paths = [...listed.paths, ...options.paths];
  if (paths.length === 0) {
    throw new UsageError(
      `Cannot watch what --fromfile lists: there is no path in '${fromfile}'`,
    );
  }
  const excludedPaths = [...listed.excludedPaths, ...options.excludedPaths];
  return { ...options, paths, excludedPaths };
}
