/** The signals that the command listens for. */

import type { Reason } from "./source.ts";

// What a shell reports for a process that the signal killed.
const STATUSES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Interrupt = keyof typeof STATUSES;

/** Calls `listener` for each `signal`, until it is disposed of. */
export function onSignal(
  signal: Deno.Signal,
  listener: () => void,
): Disposable {
  const listening = new DisposableStack();
  Deno.addSignalListener(signal, listener);
  listening.defer(() => Deno.removeSignalListener(signal, listener));
  return listening;
}

/** Why it ends when this signal, or its key, asks for that. */
export function interruption(signal: Interrupt): Reason {
  return { status: STATUSES[signal], note: "Interrupted, exiting" };
}

/**
 * Calls `interrupt` with the reason for the first SIGHUP, SIGINT or SIGTERM.
 *
 * A second one kills the process, as it does without a listener: the first may
 * wait for a reader of standard output that never comes back.
 */
export function onInterrupt(interrupt: (reason: Reason) => void): Disposable {
  const listening = onInterrupts((reason) => {
    listening.dispose();
    interrupt(reason);
  });
  return listening;
}

/** The same for each of them: none kills the process. */
export function onInterrupts(
  interrupt: (reason: Reason) => void,
): DisposableStack {
  const listening = new DisposableStack();
  for (const signal of Object.keys(STATUSES) as Interrupt[]) {
    listening.use(onSignal(signal, () => interrupt(interruption(signal))));
  }
  return listening;
}
