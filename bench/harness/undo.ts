/** Undoes changes to the machine at the end, also after an interruption. */

const pending = new Set<() => void>();

const INTERRUPTIONS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

for (const [signal, status] of Object.entries(INTERRUPTIONS)) {
  Deno.addSignalListener(signal as keyof typeof INTERRUPTIONS, () => {
    // The last first: a program ends before its directory is removed.
    for (const undo of [...pending].reverse()) {
      try {
        undo();
      } catch (error) {
        // The other changes have to be undone as well.
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
