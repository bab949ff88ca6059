/** Watches paths and prints what happens to them. */

import type { Options } from "./flags.ts";
import { note, print } from "./output.ts";
import { openRawSource } from "./raw_source.ts";
import { onInterrupt } from "./signals.ts";
import type { Source } from "./source.ts";
import { openWatchSource } from "./watch_source.ts";

/** Watches until nothing is left or a signal comes; returns the exit status. */
export async function watchPaths(options: Options): Promise<number> {
  const notes = options.quiet > 0 ? () => {} : note;
  const output = options.quiet > 1 ? () => Promise.resolve() : print;
  const interrupt = new AbortController();
  const { signal } = interrupt;
  using _listening = onInterrupt((status) => interrupt.abort(status));
  let reported = false;
  try {
    await using source = await open(options, signal);
    notes(`Watching ${source.subject}`);
    await output(source.preamble);
    for await (const text of source.texts()) {
      reported = true;
      await output(text);
    }
  } catch (error) {
    // What is interrupted before it watches throws the reason.
    if (error !== signal.reason) throw error;
  }
  if (signal.aborted) {
    notes("Interrupted, exiting");
    return signal.reason;
  }
  notes("Nothing is left to watch");
  return reported ? 0 : 1;
}

function open(options: Options, signal: AbortSignal): Promise<Source> {
  return options.format === "raw"
    ? openRawSource(options, signal)
    : openWatchSource(options, signal);
}
