/** Runs a script on a terminal of tmux(1). */

import { TestDirectory } from "./directory.ts";
import { hasTool } from "./tools.ts";
import { DEADLINE_MS } from "./until.ts";

/** Whether tmux(1) is installed. */
export const hasTmux = hasTool("tmux", "tests on a terminal");

/** A terminal of 80 columns and 24 rows, until it is disposed of. */
export class Terminal implements Disposable {
  readonly #directory = new TestDirectory();

  /** Runs a script of sh(1) on it. */
  constructor(script: string) {
    const size = ["-x", "80", "-y", "24"];
    this.#tmux("new-session", "-d", ...size, "sh", "-c", script);
  }

  /** Presses a key by its name in tmux(1): `q`, `C-c`. */
  press(key: string): void {
    this.#tmux("send-keys", key);
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  /** Returns the lines on the screen, without empty lines at the end. */
  screen(): string[] {
    return this.#tmux("capture-pane", "-p").trimEnd().split("\n");
  }

  /** Returns the value of a variable of tmux, such as `cursor_flag`. */
  variable(name: string): string {
    return this.#tmux("display-message", "-p", `#{${name}}`).trimEnd();
  }

  /** Returns the lines on the screen when they are as expected. */
  async until(isReached: (lines: string[]) => boolean): Promise<string[]> {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const lines = this.screen();
      if (isReached(lines)) return lines;
      if (performance.now() > deadline) {
        throw new Error(`The screen stays as it is:\n${lines.join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  [Symbol.dispose](): void {
    this.#tmux("kill-server");
    this.#directory[Symbol.dispose]();
  }

  #tmux(...args: string[]): string {
    const socket = this.#directory.at("socket");
    const { success, stdout, stderr } = new Deno.Command("tmux", {
      args: ["-u", "-f", "/dev/null", "-S", socket, ...args],
      env: { TMUX: "" },
    }).outputSync();
    const text = new TextDecoder();
    if (success) return text.decode(stdout);
    throw new Error(`tmux ${args[0]} failed: ${text.decode(stderr)}`);
  }
}
