/** The keys that `--exec` knows on a terminal: Enter, `q` and `?`. */

import { loadSymbols } from "../../kernel/libc.ts";
import { onSignal, stopProcess } from "../signals.ts";
import { streams } from "../stdio.ts";

const STDIN = 0;

const { getpgrp, tcgetpgrp } = loadSymbols({
  /** `pid_t getpgrp(void)` */
  getpgrp: { parameters: [], result: "i32" },
  /** `pid_t tcgetpgrp(int fd)` */
  tcgetpgrp: { parameters: ["i32"], result: "i32" },
}).symbols;

/** The actions of the keys. */
export interface KeyActions {
  /** Enter: run the command now. */
  readonly run: () => void;
  /** `q`: end. */
  readonly end: () => void;
  /** `?`: say what the keys do. */
  readonly help: () => void;
  /** Ctrl-Z: stop the running command, before this process stops. */
  readonly stop: () => void;
  /** The shell continues this process. */
  readonly resume: () => void;
}

/** Whether the terminal at standard input is for this process. */
export function hasKeyboard(): boolean {
  return streams.stdin.isTerminal() && isInForeground();
}

/** Changing a terminal from the background would stop the process: SIGTTOU. */
function isInForeground(): boolean {
  return tcgetpgrp(STDIN) === getpgrp();
}

/** Reads keys until it is disposed of. Ctrl-C and Ctrl-Z stay signals. */
export class Keys implements Disposable {
  readonly #resources = new DisposableStack();

  constructor(actions: KeyActions) {
    using resources = new DisposableStack();
    const keys = streams.stdin.readable.getReader();
    resources.defer(() => void keys.cancel().catch(() => {}));
    this.#setRaw(true);
    resources.defer(() => this.#setRaw(false));
    resources.use(onSignal("SIGTSTP", () => {
      actions.stop();
      this.#setRaw(false);
      stopProcess();
    }));
    resources.use(onSignal("SIGCONT", () => {
      this.#setRaw(true);
      actions.resume();
    }));
    readKeys(keys, actions).catch(() => {});
    this.#resources = resources.move();
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }

  #setRaw(isRaw: boolean): void {
    if (isInForeground()) streams.stdin.setRaw(isRaw, { cbreak: true });
  }
}

async function readKeys(
  keys: ReadableStreamDefaultReader<Uint8Array>,
  { run, end, help }: KeyActions,
): Promise<void> {
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await keys.read();
    if (done) return;
    for (const key of decoder.decode(value, { stream: true })) {
      if (key === "\r" || key === "\n") run();
      else if (key === "q") end();
      else if (key === "?") help();
    }
  }
}
