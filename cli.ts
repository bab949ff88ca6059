/**
 * The command `inotify`: prints what happens to files and directories.
 *
 * ```sh
 * deno run --allow-ffi jsr:@x/inotify/cli PATH...
 * ```
 *
 * It prints events until Ctrl-C. `--help` lists the flags and the exit statuses.
 * Flags shared with inotifywait(1) behave the same.
 *
 * @module
 */

import { main } from "./lib/cli/main.ts";
import { endProcess } from "./lib/cli/signals.ts";

if (import.meta.main) endProcess(await main(Deno.args));
