/** Runs Chromium without a window. */

import { isInstalled } from "./tools.ts";
import { settle } from "./until.ts";

const PROGRAM = ["chromium", "chromium-browser", "google-chrome"]
  .find(isInstalled);

if (PROGRAM === undefined) {
  console.warn("Ignoring the tests that need a browser: install chromium");
}

/** A browser with one page, until it is disposed of. */
export class Browser implements AsyncDisposable {
  static readonly isInstalled = PROGRAM !== undefined;

  readonly #profile = Deno.makeTempDirSync({ prefix: "inotify-test-" });
  readonly #child: Deno.ChildProcess;

  constructor(url: string) {
    this.#child = new Deno.Command(PROGRAM!, {
      args: [
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        // Root cannot use the sandbox. The pages of the tests are harmless.
        "--no-sandbox",
        `--user-data-dir=${this.#profile}`,
        url,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    // The child processes end later, and write files until then.
    await settle(() => isRemoved(this.#profile));
  }
}

function isRemoved(directory: string): boolean {
  try {
    Deno.removeSync(directory, { recursive: true });
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
