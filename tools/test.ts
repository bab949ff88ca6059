/**
 * Runs the tests, each file in a process of its own: a test may count what its
 * process holds, change its working directory or send it a signal.
 *
 *     deno task test [FILE | FOLDER]... [FLAG OF DENO TEST]...
 *
 * As many files run at a time as there are processors, but at least four, because
 * most tests wait most of the time; or `DENO_JOBS`. The last line is the sum, in the
 * form that `deno test` gives it. A run that executes no test fails.
 *
 * @module
 */

import { bold, green, red, stripAnsiCode } from "@std/fmt/colors";

/** The files that take longest start first, so that none is left alone. */
const SLOWEST = [
  "faults/",
  "storm/storm_",
  "file_systems/everyday",
  "storm/",
  "watch/unref",
  "cli/inotifywait/differential",
  "cli/terminal",
  "cli/exec/",
  "watch/watcher_limits",
  "file_systems/hung_mount",
  "kernel/unload",
  "watch/watcher_",
  "fuzz/",
  "cli/",
  "watch/",
];

/** After how many milliseconds a file is taken to hang. */
const DEADLINE_MS = 8 * 60_000;

/** What became of one file, or of all of them. */
interface Counts {
  passed: number;
  failed: number;
  ignored: number;
}

const TEST = ["test", "--no-prompt", "--allow-all"];

/** Where a plain user may mount some file systems. */
const NAMESPACES = ["unshare", "--user", "--map-root-user", "--mount"];

const start = performance.now();
const sum: Counts = { passed: 0, failed: 0, ignored: 0 };
const failures: string[] = [];
const reasons = new Set<string>();
const { paths, flags } = parse(Deno.args);
const mountsInNamespaces = !succeeds("unshare", "--mount", "true") &&
  succeeds(...NAMESPACES, "true");
const files = (paths.length > 0 ? paths : ["tests/"]).flatMap(testFiles)
  .sort((a, b) => rank(a) - rank(b));
// One file has the terminal to itself, and says what it does meanwhile.
if (files.length === 1) Deno.exit(await testAlone(files[0]!));
const jobs = files.map((file) => () => test(file));
if (!flags.includes("--no-check")) jobs.unshift(() => check(files));
const workers = Number(
  Deno.env.get("DENO_JOBS") ?? Math.max(4, navigator.hardwareConcurrency),
);
await Promise.all(Array.from({ length: workers }, work));
report();

/** Flags are passed on to Deno; `--filter` may have its value as an argument. */
function parse(args: readonly string[]): { paths: string[]; flags: string[] } {
  const paths: string[] = [];
  const flags: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--filter") flags.push(`${arg}=${args[++i] ?? ""}`);
    else if (arg.startsWith("-")) flags.push(arg);
    else paths.push(arg);
  }
  return { paths, flags };
}

/** The test files at `path`, or below it. */
function testFiles(path: string): string[] {
  if (!Deno.statSync(path).isDirectory) return [path];
  const directory = path.replace(/\/+$/, "");
  return [...Deno.readDirSync(directory)]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) =>
      isDirectory || name.endsWith("_test.ts")
        ? testFiles(`${directory}/${name}`)
        : []
    );
}

function rank(file: string): number {
  const i = SLOWEST.findIndex((part) => file.includes(part));
  return i < 0 ? SLOWEST.length : i;
}

/** Does one job after the other, until none is left. */
async function work(): Promise<void> {
  for (let job; (job = jobs.shift());) await job();
}

async function testAlone(file: string): Promise<number> {
  const [program, ...args] = commandFor(file, [...TEST, ...flags, file]);
  return (await new Deno.Command(program, { args }).spawn().status).code;
}

/** The command that runs Deno for a test file. */
function commandFor(
  file: string,
  args: readonly string[],
): [string, ...string[]] {
  const isWithin = mountsInNamespaces && file.includes("file_systems/");
  const [program, ...rest] = [
    ...isWithin ? NAMESPACES : [],
    Deno.execPath(),
    ...args,
  ];
  return [program!, ...rest];
}

async function check(files: readonly string[]): Promise<void> {
  const args = ["check", "--quiet", ...files];
  const { code, text } = await output([Deno.execPath(), ...args]);
  if (code !== 0) fail("deno check", text);
}

async function test(file: string): Promise<void> {
  const begin = performance.now();
  const args = [...TEST, "--no-check", ...flags, file];
  const { code, text } = await output(commandFor(file, args));
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const plain = stripAnsiCode(text);
  for (const [reason] of plain.matchAll(/^Ignoring .*/gm)) reasons.add(reason);
  const summary = plain.match(/^(ok|FAILED) \| \d+ passed.*/gm)?.at(-1);
  const counts: Counts = {
    passed: count("passed", summary),
    failed: count("failed", summary),
    ignored: count("ignored", summary),
  };
  // It may have been killed, or fail outside of its tests.
  if (code !== 0) counts.failed ||= 1;
  sum.passed += counts.passed;
  sum.failed += counts.failed;
  sum.ignored += counts.ignored;
  if (counts.failed > 0) return fail(file, text);
  const ran = counts.passed + counts.ignored;
  if (ran > 0) {
    console.log(`${file} ... ${counts.passed} ${green("ok")} (${seconds}s)`);
  }
}

/** Runs a program to its end; `text` is all that it wrote. */
async function output(
  [program, ...args]: [string, ...string[]],
): Promise<{ code: number; text: string }> {
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // A test that listens for SIGTERM does not end with it.
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(deadline);
  const decoder = new TextDecoder();
  const end = signal ? `Ended by ${signal}\n` : "";
  return {
    code,
    text: decoder.decode(stdout) + decoder.decode(stderr) + end,
  };
}

/** The number before a word of a summary; 0 without one. */
function count(word: string, summary = ""): number {
  return Number(new RegExp(`(\\d+) ${word}`).exec(summary)?.[1] ?? 0);
}

function fail(what: string, text: string): void {
  failures.push(what);
  console.log(`${text.trimEnd()}\n\n${what} ... ${red("FAILED")}\n`);
}

function report(): void {
  const { passed, failed, ignored } = sum;
  if (passed + failed === 0) failures.push("No test ran");
  console.log();
  for (const reason of reasons) console.log(reason);
  for (const failure of failures) console.log(red(`FAILED: ${failure}`));
  const seconds = Math.round((performance.now() - start) / 1000);
  const isGood = failures.length === 0;
  console.log(
    `${bold(isGood ? green("ok") : red("FAILED"))} | ${passed} passed | ` +
      `${failed} failed | ${ignored} ignored (${seconds}s)`,
  );
  Deno.exit(isGood ? 0 : 1);
}

/** Returns whether `program` can be run and succeeds. */
function succeeds(...[program, ...args]: string[]): boolean {
  try {
    const io = { stdin: "null", stdout: "null", stderr: "null" } as const;
    return new Deno.Command(program!, { args, ...io }).outputSync().success;
  } catch {
    return false;
  }
}
