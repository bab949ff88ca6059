/** The text of `--limits`. */

import { sprintf } from "@std/fmt/printf";
import { type Limit, suggestedLimit } from "../../kernel/limit_error.ts";
import type {
  InotifyLimits,
  LimitUsage,
  ProcessUsage,
} from "../../kernel/limits.ts";
import { escape } from "../print/escape.ts";

/** The columns for a command. */
const COMMAND_WIDTH = 49;

/** The used part of a limit above which the report advises to raise it. */
const HIGH = 0.8;

/** Returns the limits and their users, for a terminal of 80 columns. */
export function limitsText(limits: InotifyLimits): string {
  const { instances, watches, processes, unreadable } = limits;
  const paragraphs = [limitTable(limits)];
  if (processes.length > 0) paragraphs.push(processTable(processes));
  if (unreadable > 0) {
    paragraphs.push(
      `Processes of this user that may not be read, and are not counted: ${unreadable}\n`,
    );
  }
  for (const { used, limits: [limit] } of [instances, watches]) {
    const part = partOf(used, limit);
    if (part > HIGH) paragraphs.push(advice(limit, part));
  }
  return paragraphs.join("\n");
}

function limitTable(
  { queuedEvents, instances, watches }: InotifyLimits,
): string {
  return limitRow("LIMIT", "VALUE", "USED") +
    limitRow(queuedEvents.name, queuedEvents.value) +
    [instances, watches].map(usageRows).join("");
}

function usageRows({ used, limits }: LimitUsage): string {
  return limits.map((limit) =>
    limitRow(limit.name, limit.value, used, percent(partOf(used, limit)))
  ).join("");
}

function limitRow(
  limit: string,
  value: string | number,
  used: string | number = "",
  part = "",
): string {
  return sprintf("%-30s%12s%12s%9s", limit, `${value}`, `${used}`, part)
    .trimEnd() + "\n";
}

function processTable(processes: readonly ProcessUsage[]): string {
  return processRow("PID", "WATCHES", "INSTANCES", "COMMAND") +
    processes.map(({ pid, watches, instances, command }) =>
      processRow(pid, watches, instances, shorten(escape(command)))
    ).join("");
}

function processRow(
  ...columns: readonly [
    pid: string | number,
    watches: string | number,
    instances: string | number,
    command: string,
  ]
): string {
  return sprintf("%7s%11s%11s  %s\n", ...columns.map(String));
}

/** Shortens `text` to the columns for a command, between two characters. */
function shorten(text: string): string {
  const characters = [...text];
  return characters.length > COMMAND_WIDTH
    ? `${characters.slice(0, COMMAND_WIDTH - 1).join("")}…`
    : text;
}

function advice({ name, value }: Limit, part: number): string {
  const setting = `${name}=${suggestedLimit(value)}`;
  const keep = name.startsWith("user.")
    ? "The limit belongs to this user namespace, and ends with it."
    : `To keep it after a restart, put this line into /etc/sysctl.d/60-inotify.conf:
  ${setting}`;
  return `${percent(part)} of ${name} is used. To double it, run as root:
  sysctl -w ${setting}
${keep}
`;
}

function partOf(used: number, { value }: Limit): number {
  return value > 0 ? used / value : 1;
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}
