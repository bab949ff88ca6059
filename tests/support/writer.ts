/**
 * Runs `write` on a thread of its own, at the same time as what the caller goes
 * on to do.
 *
 * Only the text of the function gets there: it can use its argument and what is
 * global, but nothing else from around it.
 */
export async function writeBeside(
  path: string,
  write: (path: string) => void,
): Promise<void> {
  const source = `(${write})(${JSON.stringify(path)}); self.postMessage("");`;
  const url = URL.createObjectURL(
    new Blob([source], { type: "text/javascript" }),
  );
  const worker = new Worker(url, { type: "module" });
  try {
    await new Promise((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}
