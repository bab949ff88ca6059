/** The command, from its arguments to its exit status. */

import { Libc } from "../kernel/libc.ts";
import { UsageError } from "./arguments/tokens.ts";
import type { Context } from "./context.ts";
import { BACKGROUND, USAGE } from "./arguments/flags.ts";
import {
  type Options,
  parseOptions,
  type PathList,
} from "./arguments/options.ts";
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

/** The status for wrong arguments alone, as in sysexits.h(3head). */
const EX_USAGE = 64;

/** The status if there was no event in the time of `--timeout`. */
const TIMED_OUT = 2;

/**
 * Runs the command with these arguments and standard streams; returns its exit
 * status. One command runs at a time.
 */
export async function main(
  args: readonly string[],
  standardStreams: StandardStreams = Deno,
): Promise<ExitStatus> {
  useStreams(standardStreams);
  let options: Options | undefined;
  try {
    const isBackground = args[0] === BACKGROUND;
    options = parseOptions(isBackground ? args.slice(1) : args);
    return isBackground || !options.daemon
      ? await run(options)
      : await runInBackground(args, options);
  } catch (error) {
    // The reader of standard output, such as head(1), has closed it.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    const { explain } = await import("./arguments/advice.ts");
    note(explain(error as Error, options), "error");
    return error instanceof UsageError ? EX_USAGE : 1;
  }
}

// Modules that few runs need are loaded on use, so that other runs start sooner.
async function runInBackground(
  args: readonly string[],
  options: Options,
): Promise<ExitStatus> {
  const { startDaemon } = await import("./daemon.ts");
  return await startDaemon(args, options);
}

async function run(options: Options): Promise<ExitStatus> {
  if (options.syslog && !options.daemon) {
    const { log } = await import("./syslog.ts");
    noteTo(log);
  }
  if (options.about) {
    const { textOf } = await import("./info/version.ts");
    await print(textOf(options.about, options));
    return 0;
  }
  return await watchPaths(await withAllPaths(options));
}

/**
 * Returns the options with the paths of `--fromfile` before the other paths, and with
 * excluded paths in the form that events have.
 */
async function withAllPaths(options: Options): Promise<Options> {
  const { fromfile, quiet } = options;
  let list: PathList = options;
  if (fromfile !== undefined) {
    const { readPaths } = await import("./arguments/path_list.ts");
    const { paths, excludedPaths } = await readPaths(fromfile);
    list = {
      paths: [...paths, ...options.paths],
      excludedPaths: [...excludedPaths, ...options.excludedPaths],
    };
    if (list.paths.length === 0) {
      throw new UsageError(
        `Cannot watch what --fromfile lists: there is no path in "${fromfile}"`,
      );
    }
  }
  if (list.paths.length === 0) throw new UsageError(`No PATH given. ${USAGE}`);
  if (list.excludedPaths.length > 0) {
    const { resolveExclusions } = await import("./arguments/excluded_paths.ts");
    const { hints, ...rest } = resolveExclusions(list);
    list = rest;
    if (list.paths.length === 0) {
      throw new UsageError("Cannot watch anything: every PATH is excluded");
    }
    if (quiet === 0) hints.forEach((hint) => note(hint));
  }
  return { ...options, ...list };
}

/** Watches until there is a reason to end; returns the exit status. */
async function watchPaths(options: Options): Promise<ExitStatus> {
  // Keeps the C library loaded: loading it again would take as long as the rest.
  using libc = Libc.acquire();
  using outfile = options.outfile === undefined
    ? undefined
    : await (await import("./output_file.ts")).Outfile
      .open(options.outfile, options);
  if (options.outfile !== undefined && !outfile) return TIMED_OUT;
  const context = await contextOf(options, outfile, libc);
  // A run has one mode. The modules of the other modes are not loaded.
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
  const { count, timeout, untilEof, color, quiet } = options;
  const isTerminal = !outfile && streams.stdout.isTerminal();
  const isColored = color === "always" ||
    color === "auto" && isTerminal && !Deno.noColor;
  return {
    count,
    timeout,
    untilEof,
    writesStdout: quiet <= 1 && !outfile,
    notes: quiet > 0 ? () => {} : note,
    warn: quiet > 1 ? () => {} : note,
    print: printerFor(options, outfile, libc),
    ...quiet === 0 && { remarks: () => loadRemarks(options) },
    ...options.daemon && { ready: (await import("./daemon.ts")).detach },
    ...outfile && { isOwn: (path: string) => outfile.isAt(path) },
    style: {
      ...isColored && {
        colors: await (await import("./print/colors.ts")).loadColors(),
      },
      escape: isColored || isTerminal,
      date: outfile !== undefined || isToFile(libc),
    },
  };
}

// Loaded on use, because the start does not wait for remarks.
async function loadRemarks(options: Options): Promise<string[]> {
  const { remarksOn } = await import("./remarks.ts");
  return remarksOn(options);
}

/** Returns the function that prints text to the output of the options. */
function printerFor(
  { quiet }: Options,
  outfile: Outfile | undefined,
  libc: Libc,
): Context["print"] {
  if (quiet > 1) return () => Promise.resolve();
  if (outfile) return (text) => outfile.print(text);
  return isToFile(libc) ? printToFile : print;
}
