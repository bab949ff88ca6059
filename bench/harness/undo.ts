/** What has to be undone in the end, also if that is an interruption. */

const pending = new Set<() => void>();

const INTERRUPTIONS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

for (const [signal, status] of Object.entries(INTERRUPTIONS)) {
  Deno.addSignalListener(signal as keyof typeof INTERRUPTIONS, () => {
    // What came last first: what works in a directory before that goes.
    for (const undo of [...pending].reverse()) {
      try {
        undo();
      } catch (error) {
        // The others are to be undone all the same.
        console.error(error);
      }
    }
    Deno.exit(status);
  });
}

/** Calls `undo` when it is disposed of, or when the program is interrupted. */
export function undoLater(undo: () => void): Disposable {
  pending.add(undo);
  return {
    [Symbol.dispose]() {
      if (pending.delete(undo)) undo();
    },
  };
}
