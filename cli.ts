/**
 * The command: reports what happens to paths, until it is interrupted.
 *
 * ```sh
 * deno run --allow-ffi jsr:@x/inotify/cli PATH...
 * ```
 *
 * `--help` lists its options, which are those of inotifywait(1) where the two
 * have the same purpose, and its exit statuses.
 *
 * @module
 */

import { main } from "./lib/cli/main.ts";
import { endProcess } from "./lib/cli/signals.ts";

if (import.meta.main) endProcess(await main(Deno.args));
