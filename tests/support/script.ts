/**
 * Runs a script of sh(1) in `directory`, and blocks until its end. So a watcher in
 * this process sees all of its changes at once.
 */
export function runScript(script: string, directory: string): void {
  const command = new Deno.Command("sh", {
    args: ["-ec", script],
    cwd: directory,
  });
  const { success, stderr } = command.outputSync();
  if (success) return;
  const message = new TextDecoder().decode(stderr);
  throw new Error(`The script '${script}' failed: ${message}`);
}
