/** Watches paths and does with the events what the options say. */

import { Libc } from "../libc.ts";
import type { Context } from "./context.ts";
import type { Options } from "./options.ts";
import type { Outfile } from "./outfile.ts";
import { isToFile, note, print, printToFile } from "./output.ts";
import { printEvents } from "./print.ts";

/** Watches until there is reason to end; returns the exit status. */
export async function watchPaths(options: Options): Promise<number> {
  // For all who need it, since to load it again takes as long as the rest.
  using libc = Libc.acquire();
  using outfile = options.outfile === undefined
    ? undefined
    : new (await import("./outfile.ts")).Outfile(options.outfile, options);
  const context = await contextOf(options, outfile, libc);
  // Of these there is one at a time, and what is not loaded takes no time.
  switch (options.mode) {
    case "stats":
      return await (await import("./stats.ts")).countEvents(options, context);
    case "top":
      return await (await import("./top.ts")).showEvents(options, context);
    case "exec":
      return await (await import("./exec.ts")).runCommand(options, context);
  }
  switch (options.format) {
    case "csv":
    case "format":
      return await (await import("./lines.ts")).printLines(options, context);
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
  const isTerminal = !outfile && Deno.stdout.isTerminal();
  const isColored = color === "always" ||
    color === "auto" && isTerminal && !Deno.noColor;
  return {
    count,
    timeout,
    prints: quiet <= 1 && !outfile,
    notes: quiet > 0 ? () => {} : note,
    warn: quiet > 1 ? () => {} : note,
    print: printerFor(options, outfile, libc),
    ...quiet === 0 && { remarks: () => warningsFor(options.paths) },
    ...options.daemon && { ready: (await import("./daemon.ts")).detach },
    ...outfile && { isOwn: (path: string) => outfile.isAt(path) },
    style: { color: isColored, escape: isColored || isTerminal },
  };
}

// Until then nobody waits for it.
async function warningsFor(paths: readonly string[]): Promise<string[]> {
  const { warningsFor } = await import("./file_system.ts");
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
