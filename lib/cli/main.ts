/** The command, from its arguments to its exit status. */

import { Libc } from "../kernel/libc.ts";
import { UsageError } from "./arguments/tokens.ts";
import type { Context } from "./context.ts";
import { BACKGROUND, USAGE } from "./arguments/flags.ts";
import { type Options, parseOptions } from "./arguments/options.ts";
import type { Outfile } from "./output_file.ts";
import type { ExitStatus } from "./source.ts";
import {
  isToFile,
  note,
  noteTo,
  print,
  printToFile,
  type StandardStreams,
  streams,
  useStreams,
} from "./stdio.ts";
import { printEvents } from "./print/print.ts";

/**
 * Runs the command with these arguments and standard streams; returns its exit
 * status. One command runs at a time.
 */
export async function main(
  args: readonly string[],
  standardStreams: StandardStreams = Deno,
): Promise<ExitStatus> {
  useStreams(standardStreams);
  try {
    return await run(args);
  } catch (error) {
    // The reader of standard output has seen enough, as `head` has.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    note((error as Error).message, "error");
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: readonly string[]): Promise<ExitStatus> {
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
    const { textOf } = await import("./info/version.ts");
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
  const { readPaths } = await import("./arguments/path_list.ts");
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

/** Watches until there is reason to end; returns the exit status. */
async function watchPaths(options: Options): Promise<ExitStatus> {
  // For all who need it, since to load it again takes as long as the rest.
  using libc = Libc.acquire();
  using outfile = options.outfile === undefined
    ? undefined
    : new (await import("./output_file.ts")).Outfile(options.outfile, options);
  const context = await contextOf(options, outfile, libc);
  // Of these there is one at a time, and what is not loaded takes no time.
  switch (options.mode) {
    case "stats":
      return await (await import("./stats/stats.ts")).countEvents(
        options,
        context,
      );
    case "top":
      return await (await import("./top/top.ts")).showEvents(options, context);
    case "exec":
      return await (await import("./exec/exec.ts")).runCommand(
        options,
        context,
      );
  }
  switch (options.format) {
    case "csv":
    case "format":
      return await (await import("./inotifywait/print.ts")).printLines(
        options,
        context,
      );
    default:
      return await printEvents(options, context);
  }
}

async function contextOf(
  options: Options,
  outfile: Outfile | undefined,
  libc: Libc,
): Promise<Context> {
  const { count, timeout, color, quiet } = options;
  const isTerminal = !outfile && streams.stdout.isTerminal();
  const isColored = color === "always" ||
    color === "auto" && isTerminal && !Deno.noColor;
  return {
    count,
    timeout,
    writesStdout: quiet <= 1 && !outfile,
    notes: quiet > 0 ? () => {} : note,
    warn: quiet > 1 ? () => {} : note,
    print: printerFor(options, outfile, libc),
    ...quiet === 0 && { remarks: () => remarksOn(options.paths) },
    ...options.daemon && { ready: (await import("./daemon.ts")).detach },
    ...outfile && { isOwn: (path: string) => outfile.isAt(path) },
    style: { color: isColored, escape: isColored || isTerminal },
  };
}

// What is loaded here is nothing that the start waits for.
async function remarksOn(paths: readonly string[]): Promise<string[]> {
  const { warningsFor } = await import("../kernel/file_system.ts");
  return warningsFor(paths);
}

/** Whatever takes the text to print. */
function printerFor(
  { quiet }: Options,
  outfile: Outfile | undefined,
  libc: Libc,
): Context["print"] {
  if (quiet > 1) return () => Promise.resolve();
  if (outfile) return (text) => outfile.print(text);
  return isToFile(libc) ? printToFile : print;
}
