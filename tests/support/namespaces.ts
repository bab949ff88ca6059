/**
 * Whether a process may have namespaces of its own, in which it is root: with
 * limits to lower and file systems to mount that are none of the machine's.
 */
export const hasNamespaces = canUnshare();

if (!hasNamespaces) {
  console.warn(
    "Ignoring the tests that need user namespaces: `unshare -Urm` is refused",
  );
}

function canUnshare(): boolean {
  try {
    return new Deno.Command("unshare", { args: ["-Urm", "true"] })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
