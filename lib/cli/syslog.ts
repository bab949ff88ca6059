/** The log of the system, through syslog(3). */

import { Libc } from "../libc.ts";
import { encodePath } from "../path.ts";
import { escape } from "./escape.ts";

const IDENT = encodePath("inotify");
const FORMAT = encodePath("%s");

const LOG_PID = 1;
const LOG_DAEMON = 3 << 3;
const PRIORITIES = { error: 3, notice: 5 } as const;

/** How much it matters. */
export type Priority = keyof typeof PRIORITIES;

/**
 * Sends `text` to the log; where nobody takes it, it is lost.
 *
 * @throws {Deno.errors.NotCapable} If the permission `--allow-ffi` is missing.
 */
export function log(text: string, priority: Priority): void {
  using libc = Libc.acquire();
  const { openlog, syslog, closelog } = libc.symbols;
  // C keeps the pointer to the name until it closes the log.
  openlog(IDENT, LOG_PID, LOG_DAEMON);
  syslog(PRIORITIES[priority], FORMAT, encodePath(escape(text)));
  closelog();
}
