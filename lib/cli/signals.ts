/** The signals that ask the command to end. */

// What a shell reports for a process that the signal killed.
const STATUSES = [["SIGINT", 130], ["SIGTERM", 143]] as const;

/**
 * Calls `interrupt` with the exit status for the first SIGINT or SIGTERM.
 *
 * A second one kills the process, as it does without a listener: the first may
 * wait for a reader of standard output that never comes back.
 */
export function onInterrupt(interrupt: (status: number) => void): Disposable {
  const listening = new DisposableStack();
  for (const [signal, status] of STATUSES) {
    const listener = () => {
      listening.dispose();
      interrupt(status);
    };
    Deno.addSignalListener(signal, listener);
    listening.defer(() => Deno.removeSignalListener(signal, listener));
  }
  return listening;
}
