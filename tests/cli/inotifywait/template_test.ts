import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/cli/arguments/tokens.ts";
import type { KernelLine } from "../../../lib/cli/inotifywait/lines.ts";
import { toCsv } from "../../../lib/cli/inotifywait/print.ts";
import { compileTemplate } from "../../../lib/cli/inotifywait/template.ts";
import { IN } from "../../../mod.ts";

const LINE: KernelLine = {
  watched: "a/",
  name: "b",
  mask: IN.CLOSE_NOWRITE | IN.ISDIR,
  cookie: 0x2af,
};

const DATE = new Date(1_000_000_000_000);

const ROWS: [template: string, text: string][] = [
  ["", ""],
  ["%w%f", "a/b"],
  ["%e", "CLOSE_NOWRITE,CLOSE,ISDIR"],
  ["%:e %.e", "CLOSE_NOWRITE:CLOSE:ISDIR CLOSE_NOWRITE.CLOSE.ISDIR"],
  ["% e", "CLOSE_NOWRITE CLOSE ISDIR"],
  ["%€e", "CLOSE_NOWRITE€CLOSE€ISDIR"],
  ["%we%fe%ce%0e%ne%%e", "a/ebe2afe\0e\ne%e"],
  ["%eee", "CLOSE_NOWRITE,CLOSE,ISDIRee"],
  ["%T.%T", "1000000000.1000000000"],
  ["100%% %%w", "100% %w"],
];

for (const [template, text] of ROWS) {
  Deno.test(`\`compileTemplate()\` accepts '${template}'`, () => {
    assertEquals(compileTemplate(template, "%s")(LINE, DATE), text);
  });
}

const ERRORS: [template: string, timeFormat: string | undefined, string][] = [
  ["%W", undefined, 'Cannot use "%W" for --format: the field "%W" is unknown'],
  ["a%", undefined, 'Cannot use "a%" for --format: the field "%" is unknown'],
  [
    "%ab",
    undefined,
    'Cannot use "%ab" for --format: the field "%a" is unknown',
  ],
  ["%T", undefined, "Cannot use %T in --format without --timefmt"],
  ["%w", "%Q", 'Cannot use "%Q" for --timefmt: the field "%Q" is unknown'],
];

for (const [template, timeFormat, message] of ERRORS) {
  Deno.test(`\`compileTemplate()\` rejects '${template}' ${timeFormat}`, () => {
    assertThrows(
      () => compileTemplate(template, timeFormat),
      UsageError,
      message,
    );
  });
}

Deno.test("`toCsv()` quotes fields that need it", () => {
  const rows: [watched: string, name: string, csv: string][] = [
    ["a b/", "c d", "a b/,OPEN,c d"],
    ["a,b", "", '"a,b",OPEN,'],
    ['"/', "\n", '"""/",OPEN,"\n"'],
    ["a/", "\r", 'a/,OPEN,"\r"'],
    [" a/", "b ", '" a/",OPEN,"b "'],
  ];
  for (const [watched, name, csv] of rows) {
    assertEquals(toCsv({ watched, name, mask: IN.OPEN, cookie: 0 }), csv);
  }
  assertEquals(toCsv(LINE), 'a/,"CLOSE_NOWRITE,CLOSE,ISDIR",b');
});
