import { assertEquals, assertThrows } from "@std/assert";
import {
  DEFAULT_EVENTS,
  type EventKind,
  EVENTS,
} from "../../lib/cli/events.ts";
import { type Options, parseFlags } from "../../lib/cli/flags.ts";
import { parseGlob } from "../../lib/cli/glob.ts";
import { UsageError } from "../../lib/cli/usage_error.ts";

const DEFAULTS: Options = {
  paths: [],
  recursive: false,
  maxDepth: Infinity,
  include: [],
  exclude: [],
  ignore: [],
  wait: false,
  events: DEFAULT_EVENTS,
  format: "text",
  color: "auto",
  quiet: 0,
  limits: false,
  help: false,
  version: false,
};

function kinds(...names: string[]): EventKind[] {
  return names.map((name) => EVENTS.find((kind) => kind.name === name)!);
}

const ACCEPTED: [args: string[], options: Partial<Options>][] = [
  [["a", "b"], { paths: ["a", "b"] }],
  [["007", "1e3", ""], { paths: ["007", "1e3", ""] }],
  [["-", "--", "-q", "--json"], { paths: ["-", "-q", "--json"] }],
  [["-q", "true", "--json", "false"], {
    paths: ["true", "false"],
    quiet: 1,
    format: "json",
  }],
  [["-r", "a"], { paths: ["a"], recursive: true }],
  [["-mrq", "a"], { paths: ["a"], recursive: true, quiet: 1 }],
  [["--recursive", "--max-depth", "2"], { recursive: true, maxDepth: 2 }],
  [["-r", "--max-depth=9", "--max-depth=10"], {
    recursive: true,
    maxDepth: 10,
  }],
  [["--include", "\\.ts$"], { include: [/\.ts$/] }],
  [["--include=a", "--includei=b", "--include=c"], {
    include: [/a/, /c/, /b/i],
  }],
  [["--exclude=a", "--excludei=b", "--exclude=c"], {
    exclude: [/a/, /c/, /b/i],
  }],
  [["--include", "true", "a"], { paths: ["a"], include: [/true/] }],
  [["--ignore", "a/", "--ignore=*.o"], {
    ignore: [parseGlob("a/"), parseGlob("*.o")],
  }],
  [["--wait", "a"], { paths: ["a"], wait: true }],
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
  [["-e", "create", "a"], { paths: ["a"], events: kinds("create") }],
  [["-mqe", "create", "a"], {
    paths: ["a"],
    quiet: 1,
    events: kinds("create"),
  }],
  [["--event", "create"], { events: kinds("create") }],
  [["--event=create,delete"], { events: kinds("create", "delete") }],
  [["-e", "open", "-e", "access"], { events: kinds("open", "access") }],
  [["-e", "MOVED_TO,Move_Self"], { events: kinds("moved_to", "move_self") }],
  [["-e", "move,close"], { events: kinds("move", "close") }],
  [["-e", "all"], { events: kinds("all") }],
  [["--limits"], { limits: true }],
  [["--limits", "--json"], { limits: true, format: "json" }],
  [["-q", "--limits", "--color=never"], {
    limits: true,
    quiet: 1,
    color: "never",
  }],
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
  "-0 -1 -P -c -d -n -o -s -t -x --count --csv --daemon --exec --format",
  "--fromfile --no-dereference --no-newline --on-busy --once --outfile",
  "--quiet-for --stats --syslog --timefmt --timeout --top",
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
  [["-mt", "a"], "Cannot use the option '-t': it is not supported yet"],
  [["--foo", "a"], "Cannot use the option '--foo': --help lists the known"],
  [["--foo=1", "a"], "Cannot use the option '--foo': --help lists the known"],
  [["--no-json", "a"], "Cannot use the option '--no-json'"],
  [["--__proto__", "a"], "Cannot use the option '--__proto__'"],
  [["@a", "b"], "Cannot exclude '@a': it is not supported yet"],
  [["--json", "--raw", "a"], "Cannot combine --json with --raw"],
  [["--raw", "-r", "a"], "Cannot combine --recursive with --raw"],
  [["--raw", "--max-depth=1"], "Cannot combine --max-depth with --raw"],
  [["--raw", "--include=a"], "Cannot combine --include with --raw"],
  [["--raw", "--includei=a"], "Cannot combine --includei with --raw"],
  [["--raw", "--exclude=a"], "Cannot combine --exclude with --raw"],
  [["--raw", "--excludei=a"], "Cannot combine --excludei with --raw"],
  [["--raw", "--ignore=a"], "Cannot combine --ignore with --raw"],
  [["--raw", "--wait"], "Cannot combine --wait with --raw"],
  [["--limits", "--raw"], "Cannot combine --raw with --limits"],
  [["--limits", "-r"], "Cannot combine --recursive with --limits"],
  [["-e", "open", "--limits"], "Cannot combine --event with --limits"],
  [["--limits", "a"], "Cannot combine the path 'a' with --limits"],
  [["--max-depth", "1"], "Cannot use --max-depth without --recursive"],
  [["-r", "--max-depth", "0"], "Cannot use '0' for --max-depth: it takes"],
  [["-r", "--max-depth=1.5"], "Cannot use '1.5' for --max-depth: it takes"],
  [["-r", "--max-depth=-1"], "Cannot use '-1' for --max-depth: it takes"],
  [["-r", "--max-depth"], "Cannot use '' for --max-depth: it takes"],
  [["--include", "("], "Cannot use '(' for --include: Unterminated group"],
  [["--includei", "["], "Cannot use '[' for --includei: Unterminated"],
  [["--exclude", "*"], "Cannot use '*' for --exclude: Nothing to repeat"],
  [["--excludei", "a: ++"], "Cannot use 'a: ++' for --excludei: Nothing"],
  [["--exclude"], "Cannot use '' for --exclude: it is empty"],
  [["--ignore", "[b-a]"], "Cannot use '[b-a]' for --ignore: Range out of"],
  [["--ignore", "!a"], "Cannot use '!a' for --ignore: nothing can be taken"],
  [["--ignore"], "Cannot use '' for --ignore: nothing matches it"],
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
