import { assertEquals, assertStringIncludes } from "@std/assert";
import { EVENTS } from "../../../lib/cli/arguments/event_names.ts";
import { FLAGS } from "../../../lib/cli/arguments/flags.ts";
import { helpText } from "../../../lib/cli/info/help.ts";

Deno.test("`helpText()` fits 80 columns", () => {
  const wide = helpText().split("\n").filter((line) => line.length > 80);
  assertEquals(wide, []);
});

Deno.test("`helpText()` has every flag and every event", () => {
  const help = helpText();
  for (const { name, meaning } of FLAGS) {
    assertStringIncludes(help, `--${name}`);
    assertStringIncludes(help, `  ${meaning}\n`);
  }
  for (const { name, meaning } of EVENTS) {
    assertStringIncludes(help, ` ${name} `);
    assertStringIncludes(help, `  ${meaning}\n`);
  }
});

Deno.test("`helpText()` shows how a flag is written", () => {
  assertStringIncludes(helpText(), "\n  -e, --event LIST         report");
  assertStringIncludes(helpText(), "\n      --color WHEN         use");
  assertStringIncludes(helpText(), "\n  -h, --help               print");
});

Deno.test("`helpText()` stars the events that are reported by default", () => {
  const stars = [...helpText().matchAll(/^ {2}\* (\w+)/gm)].map(([, name]) =>
    name
  );
  assertEquals(stars, [
    "attrib",
    "close_write",
    "create",
    "delete",
    "delete_self",
    "modify",
    "moved_from",
    "moved_to",
    "move",
    "move_self",
    "unmount",
  ]);
});
