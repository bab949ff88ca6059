/** Replaces the system log of syslog(3). */

import { withDeadline } from "./until.ts";

/** Prints "ready", and then a line for each datagram. */
const LISTENER = `
  const [path] = Deno.args;
  const listener = Deno.listenDatagram({ transport: "unixpacket", path });
  console.log("ready");
  const decoder = new TextDecoder();
  for await (const [bytes] of listener) console.log(decoder.decode(bytes));
`;

/** A log, which ends when it is disposed of. */
export class Log implements AsyncDisposable {
  /** A command that runs its arguments as a command with this log. */
  readonly within: readonly string[];
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(directory: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--unstable-net", "-", `${directory}/log`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#lines = linesOf(this.#child.stdout);
    // A device directory with the few devices that Deno needs.
    const devices = `${directory}/dev`;
    const script = `mkdir ${devices}
      ln -s ${directory}/log ${devices}/log
      for name in null random urandom; do
        touch ${devices}/$name
        mount --bind /dev/$name ${devices}/$name
      done
      mount --rbind ${devices} /dev
      exec "$@"`;
    this.within = ["unshare", "-Urm", "sh", "-ec", script, "sh"];
  }

  /** Starts a log with its files in `directory`. */
  static async at(directory: string): Promise<Log> {
    const log = new Log(directory);
    await new Blob([LISTENER]).stream().pipeTo(log.#child.stdin);
    await log.line();
    return log;
  }

  /** Returns the next line of the log. */
  async line(): Promise<string> {
    const { value } = await withDeadline(this.#lines.next(), "a line");
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await Promise.all([this.#child.status, this.#lines.return!()]);
  }
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop()!;
    yield* lines;
  }
}
