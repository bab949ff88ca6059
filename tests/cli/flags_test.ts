import { assertEquals, assertThrows } from "@std/assert";
import { IN } from "../../mod.ts";
import { DEFAULT_MASK } from "../../lib/cli/events.ts";
import { type Options, parseFlags } from "../../lib/cli/flags.ts";
import { UsageError } from "../../lib/cli/usage_error.ts";

const DEFAULTS: Options = {
  paths: [],
  mask: DEFAULT_MASK,
  format: "text",
  color: "auto",
  quiet: 0,
  help: false,
  version: false,
};

const ACCEPTED: [args: string[], options: Partial<Options>][] = [
  [["a", "b"], { paths: ["a", "b"] }],
  [["007", "1e3", ""], { paths: ["007", "1e3", ""] }],
  [["-", "--", "-q", "--json"], { paths: ["-", "-q", "--json"] }],
  [["-q", "true", "--json", "false"], {
    paths: ["true", "false"],
    quiet: 1,
    format: "json",
  }],
  [["-m", "a"], { paths: ["a"] }],
  [["--monitor", "a"], { paths: ["a"] }],
  [["--json", "a"], { paths: ["a"], format: "json" }],
  [["a", "--raw"], { paths: ["a"], format: "raw" }],
  [["-q", "a"], { paths: ["a"], quiet: 1 }],
  [["-qq", "a"], { paths: ["a"], quiet: 2 }],
  [["-q", "a", "--quiet"], { paths: ["a"], quiet: 2 }],
  [["--color", "always", "a"], { paths: ["a"], color: "always" }],
  [["--color=never", "a"], { paths: ["a"], color: "never" }],
  [["--color=never", "--color=auto"], { color: "auto" }],
  [["-e", "create", "a"], { paths: ["a"], mask: IN.CREATE }],
  [["-mqe", "create", "a"], { paths: ["a"], quiet: 1, mask: IN.CREATE }],
  [["--event", "create"], { mask: IN.CREATE }],
  [["--event=create,delete"], { mask: IN.CREATE | IN.DELETE }],
  [["-e", "open", "-e", "access"], { mask: IN.OPEN | IN.ACCESS }],
  [["-e", "MOVED_TO,Move_Self"], { mask: IN.MOVED_TO | IN.MOVE_SELF }],
  [["-e", "move,close"], { mask: IN.MOVE | IN.CLOSE }],
  [["-e", "all"], { mask: IN.ALL_EVENTS }],
  [["-h"], { help: true }],
  [["--help"], { help: true }],
  [["-V"], { version: true }],
  [["--version"], { version: true }],
];

for (const [args, options] of ACCEPTED) {
  Deno.test(`\`parseFlags()\` accepts ${args.join(" ")}`, () => {
    assertEquals(parseFlags(args), { ...DEFAULTS, ...options });
  });
}

const PLANNED = [
  "-0 -1 -P -c -d -n -o -r -s -t -x --count --csv --daemon --exclude",
  "--excludei --exec --format --fromfile --ignore --include --includei",
  "--limits --max-depth --no-dereference --no-newline --on-busy --once",
  "--outfile --quiet-for --recursive --stats --syslog --timefmt --timeout",
  "--top --wait",
].flatMap((flags) => flags.split(" "));

for (const flag of PLANNED) {
  Deno.test(`\`parseFlags()\` does not support ${flag} yet`, () => {
    for (const args of [[flag, "a"], ["a", flag], [flag, "1", "a"]]) {
      assertThrows(
        () => parseFlags(args),
        UsageError,
        `Cannot use the option '${flag}': it is not supported yet`,
      );
    }
  });
}

const REFUSED: [args: string[], message: string][] = [
  [["-z", "a"], "Cannot use the option '-z': --help lists the known"],
  [["-mz", "a"], "Cannot use the option '-z': --help lists the known"],
  [["-mr", "a"], "Cannot use the option '-r': it is not supported yet"],
  [["--foo", "a"], "Cannot use the option '--foo': --help lists the known"],
  [["--foo=1", "a"], "Cannot use the option '--foo': --help lists the known"],
  [["--no-json", "a"], "Cannot use the option '--no-json'"],
  [["--__proto__", "a"], "Cannot use the option '--__proto__'"],
  [["@a", "b"], "Cannot exclude '@a': it is not supported yet"],
  [["--json", "--raw", "a"], "Cannot combine --json with --raw"],
  [["--color", "red", "a"], "Cannot use 'red' for --color"],
  [["a", "--color"], "Cannot use '' for --color: the known are auto, always"],
  [["-e", "foo", "a"], "Cannot report the event 'foo': the known are access"],
  [["-e", "constructor", "a"], "Cannot report the event 'constructor'"],
  [["-e", "true", "a"], "Cannot report the event 'true'"],
  [["-e", "create,", "a"], "Cannot report the event ''"],
  [["a", "-e"], "Cannot report the event ''"],
];

for (const [args, message] of REFUSED) {
  Deno.test(`\`parseFlags()\` refuses ${args.join(" ")}`, () => {
    assertThrows(() => parseFlags(args), UsageError, message);
  });
}
