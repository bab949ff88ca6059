/** `--syslog`: writes to the system log with syslog(3). */

import { loadSymbols } from "../kernel/libc.ts";
import { encodePath } from "../kernel/byte_path.ts";
import { escape } from "./print/escape.ts";

const IDENT = encodePath("inotify");
const FORMAT = encodePath("%s");

const LOG_PID = 1;
const LOG_DAEMON = 3 << 3;
const PRIORITIES = { error: 3, notice: 5 } as const;

/** The priority of a message. */
export type Priority = keyof typeof PRIORITIES;

const { openlog, syslog, closelog } = loadSymbols({
  /** `void openlog(const char *ident, int option, int facility)` */
  openlog: { parameters: ["buffer", "i32", "i32"], result: "void" },
  /**
   * `void syslog(int priority, const char *format, ...)`
   *
   * The only argument here is a string, so the format has to be `%s`.
   */
  syslog: { parameters: ["i32", "buffer", "buffer"], result: "void" },
  /** `void closelog(void)` */
  closelog: { parameters: [], result: "void" },
}).symbols;

/** Sends `text` to the log. Without a log daemon, it is lost. */
export function log(text: string, priority: Priority): void {
  // The C library keeps the pointer to the name until the log is closed.
  openlog(IDENT, LOG_PID, LOG_DAEMON);
  syslog(PRIORITIES[priority], FORMAT, encodePath(escape(text)));
  closelog();
}
