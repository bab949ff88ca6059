/** The manual page. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { FLAGS } from "../lib/cli/arguments/flags.ts";
import { TEMPLATE_FIELDS } from "../lib/cli/inotifywait/template_fields.ts";
import { manPage } from "../tools/man.ts";
import { hasTool } from "./support/tools.ts";

const page = new URL("../man/inotify.1", import.meta.url);
const ignore = !hasTool("groff", "a test of the manual");

Deno.test("`man/inotify.1` is the output of `deno task man`", async () => {
  assertEquals(await Deno.readTextFile(page), manPage());
});

Deno.test({
  name: "man(1) prints all of `man/inotify.1` without a warning",
  ignore,
  async fn() {
    const { code, stdout, stderr } = await new Deno.Command("groff", {
      args: [
        "-ww",
        "-man",
        "-rHY=0",
        "-Tascii",
        "-P-cbou",
        decodeURIComponent(page.pathname),
      ],
    }).output();
    const decoder = new TextDecoder();
    assertEquals({ code, stderr: decoder.decode(stderr) }, {
      code: 0,
      stderr: "",
    });
    const printed = decoder.decode(stdout).replaceAll(/\s+/g, " ");
    for (const { name, value, meaning } of FLAGS) {
      const flag = `--${name}${value ? ` ${value}` : ""}`;
      assertStringIncludes(printed, `${flag} ${meaning} `);
    }
    for (const { name, meaning } of TEMPLATE_FIELDS) {
      assertStringIncludes(printed, `${name} ${meaning} `);
    }
  },
});
