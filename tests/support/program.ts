/**
 * Programs that use the library in a process of their own, where permissions
 * and limits can be other than those of the tests.
 */

type Library =
  & typeof import("../../mod.ts")
  & typeof import("../../watch_fs.ts");

interface ProgramOptions {
  /** The flags for Deno; by default the one that the library needs. */
  permissions?: string[];
  /** A command that runs the command that its arguments are. */
  within?: readonly string[];
  /** What the program gets as its second argument. */
  input?: string;
}

/** What a program did: a value that it returned, or an error that it threw. */
export interface Outcome {
  value?: unknown;
  error?: Record<string, unknown>;
}

/**
 * Runs `program` in a new process and returns its outcome as JSON carries it.
 *
 * Only the text of the function gets there: it can use its arguments and what
 * is global, but nothing else from around it.
 */
export async function run(
  program: (library: Library, input: string) => unknown,
  { permissions = ["--allow-ffi"], within = [], input = "" }: ProgramOptions =
    {},
): Promise<Outcome> {
  const options = ["--quiet", "--no-prompt", "--no-config", "--no-lock"];
  const command = [Deno.execPath(), "run", ...options, ...permissions, "-"];
  const [executable, ...args] = [...within, ...command];
  const source = new Blob([`
    import * as mod from "${import.meta.resolve("../../mod.ts")}";
    import * as watchFs from "${import.meta.resolve("../../watch_fs.ts")}";
    const library = { ...mod, ...watchFs };
    const outcome = {};
    try {
      outcome.value = await (${program})(library, ${JSON.stringify(input)});
    } catch (error) {
      outcome.error = error;
    }
    console.log(JSON.stringify(outcome, (_, value) =>
      value instanceof Error
        ? { ...value, name: value.name, message: value.message }
        : value
    ));
  `]);
  const child = new Deno.Command(executable!, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ success, stdout, stderr }] = await Promise.all([
    child.output(),
    source.stream().pipeTo(child.stdin),
  ]);
  const text = new TextDecoder();
  if (!success) throw new Error(`The program failed: ${text.decode(stderr)}`);
  return JSON.parse(text.decode(stdout));
}
