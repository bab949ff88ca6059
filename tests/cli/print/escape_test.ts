import { assertEquals } from "@std/assert";
import { escape, toJson } from "../../../lib/cli/print/escape.ts";

/** A text, its form on a terminal, and its JSON. */
const TEXTS: [text: string, shown: string, json: string][] = [
  ["a b", "a b", '"a b"'],
  ["é🐟", "é🐟", '"é🐟"'],
  ['"', '"', '"\\""'],
  ["\\n", "\\\\n", '"\\\\n"'],
  ["\n", "\\n", '"\\n"'],
  ["\x1b[2J", "\\u001b[2J", '"\\u001b[2J"'],
  ["\x7f", "\\u007f", '"\\u007f"'],
  ["\x9b2J", "\\u009b2J", '"\\u009b2J"'],
  ["\udcff", "\\udcff", '"\\udcff"'],
  ["\x85", "\\u0085", '"\\u0085"'],
  ["\u2028", "\\u2028", '"\\u2028"'],
  ["\u2029", "\\u2029", '"\\u2029"'],
  ["\u202e", "\\u202e", '"\\u202e"'],
];

for (const [text, shown, json] of TEXTS) {
  Deno.test(`\`escape()\` shows ${json} on one line`, () => {
    assertEquals(escape(text), shown);
    assertEquals(escape(`a${text}${text}b`), `a${shown}${shown}b`);
  });

  Deno.test(`\`toJson()\` loses nothing of ${json}`, () => {
    assertEquals(toJson(text), json);
    assertEquals(JSON.parse(toJson({ [text]: [text] })), { [text]: [text] });
  });
}
