import { assert, assertEquals, assertGreater } from "@std/assert";
import { UsageError } from "../../lib/cli/arguments/tokens.ts";
import { FLAGS } from "../../lib/cli/arguments/flags.ts";
import {
  COLORS,
  type Options,
  parseOptions,
} from "../../lib/cli/arguments/options.ts";
import { type Random, withRandom } from "../support/random.ts";
import { countOf } from "../support/thorough.ts";

const CASES = countOf(5_000, 50_000);

const VALUES: readonly [string, ...string[]] = [
  "0",
  ...["1", "12", "-1", "1e3", "", " ", "true", "false", "null", "1,2"],
  ...["create", "create,delete", "CREATE", "move_self", "all", ",", "auto"],
  ...["(", "[a-", "a*", "**/b", "!a", "/", "\\", "(?:", "a|b", "\udcff", "🐟"],
  ...["a", "b/c", "./-r", "-", "--", "---", "-=", "--=", "=", "@a", "a\nb"],
  ...["__proto__", "constructor", "--__proto__", "--no-recursive", "_", "--_"],
  ...["--_=1", "-_", "-_x", "--no-_", "--_.x", "--a.b=1", "-r.x", "--raw.x"],
];

Deno.test(`\`parseOptions()\` accepts or rejects ${CASES} command lines`, () => {
  withRandom((random) => {
    const counts = { accepted: 0, refused: 0 };
    for (let i = 0; i < CASES; i++) {
      const args = Array.from({ length: random.below(5) }, () => arg(random));
      const given = [...args];
      const options = optionsOrRefusal(args);
      assertEquals(args, given);
      counts[options === undefined ? "refused" : "accepted"]++;
      if (options) assertValid(options, args);
    }
    assertGreater(Math.min(counts.accepted, counts.refused), CASES / 20);
  });
});

/** Returns a flag, right or wrong, with or without a value, or only a value. */
function arg(random: Random): string {
  const value = random.oneOf(VALUES);
  const flag = FLAGS[random.below(FLAGS.length)]!;
  const short = flag.short ? `-${flag.short}` : `--${flag.name}`;
  return random.oneOf([
    () => value,
    () => `--${flag.name}`,
    () => `--${flag.name}=${value}`,
    () => `--${flag.name.slice(0, random.below(flag.name.length))}`,
    () => short,
    () => `${short}${value}`,
    () => `${short}=${value}`,
  ])();
}

function optionsOrRefusal(args: readonly string[]): Options | undefined {
  try {
    return parseOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    assert(/^Cannot .*[^.\s]$/s.test(error.message), error.message);
    return undefined;
  }
}

/** Checks what holds for the options of all arguments. */
function assertValid(options: Options, args: readonly string[]): void {
  const { paths, excludedPaths, rest } = options;
  const operands = [...paths, ...excludedPaths.map((path) => `@${path}`)];
  for (const text of [...operands, ...rest]) assert(args.includes(text));
  assert(options.maxDepth >= 1 && options.count >= 1);
  assert(options.timeout > 0 && options.quietFor >= 0);
  assert(COLORS.includes(options.color));
  assert(options.events.length > 0);
  for (const pattern of [...options.include, ...options.exclude]) {
    assert(pattern instanceof RegExp);
  }
}
