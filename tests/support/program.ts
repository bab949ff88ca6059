/**
 * Runs programs that use the library in a process of their own, with other
 * permissions and limits than the tests.
 */

type Library =
  & typeof import("../../mod.ts")
  & typeof import("../../watch_fs.ts");

interface ProgramOptions {
  /** The flags for Deno; by default the one that the library needs. */
  permissions?: string[];
  /** A command that runs its arguments as a command. */
  within?: readonly string[];
  /** The second argument of the program. */
  input?: string;
}

/** The result of a program: the value that it returned, or the error. */
export interface Outcome {
  value?: unknown;
  error?: Record<string, unknown>;
}

/**
 * Runs `program` in a new process and returns its result, which is passed as JSON.
 *
 * Only the text of the function is passed. It can use its arguments and global
 * names, but no other names of its file.
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
