/** The lines of `--csv`, as RFC 4180 has them. */

import { type KernelLine, lineNames } from "./kernel_lines.ts";

// Some readers drop the spaces at the ends of what is not quoted.
const UNSAFE = /[",\r\n]|^ | $/;

/** What is watched, the events, and the entry, with commas between. */
export function toCsv({ watched, mask, name }: KernelLine): string {
  return [watched, lineNames(mask).join(","), name].map(quote).join(",");
}

function quote(text: string): string {
  return UNSAFE.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
