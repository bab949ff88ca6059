/**
 * Runs `write` on a thread of its own, in parallel to the caller.
 *
 * Only the text of the function is passed. It can use its argument and global
 * names, but no other names of its file.
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
