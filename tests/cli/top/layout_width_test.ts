import { assertEquals } from "@std/assert";
import { widthOf } from "../../../lib/cli/top/layout.ts";

Deno.test("`widthOf()` recognizes wide and combining characters", () => {
  const widths = [
    [" a~éßπя…█▏→", 1],
    ["天あアㄅ한。Ａ￥𠀀🎉👍🈁", 2],
    ["\u0301\u200d\ufe0f\u20dd\u0e31", 0],
  ] as const;
  for (const [characters, width] of widths) {
    for (const character of characters) {
      assertEquals([character, widthOf(character)], [character, width]);
    }
  }
});
