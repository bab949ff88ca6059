import { TestDirectory } from "./directory.ts";
import { countAbove } from "./process.ts";
import { succeeds } from "./tools.ts";

/**
 * Whether a process may have namespaces of its own, in which it is root. There it can
 * lower limits and mount file systems without effect on the machine.
 */
export const hasNamespaces = succeeds("unshare", "-Urm", "true");

if (!hasNamespaces) {
  console.warn(
    "Ignoring the tests that need user namespaces: `unshare -Urm` is refused",
  );
}

/**
 * Returns a command that runs its arguments in a namespace with the limit `value` on
 * the user's `kind`. It has few descriptors, so that a leaked one is noticed.
 */
export function limited(
  kind: "instances" | "watches",
  value: number,
  { above = 0 } = {},
): string[] {
  const file = `/proc/sys/user/max_inotify_${kind}`;
  const script = `ulimit -n 100 && echo ${
    value + above
  } > ${file} && exec "$@"`;
  return ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"];
}

/** How many directories above a {@linkcode TestDirectory} have watches as well. */
export const ABOVE = { above: countAboveTests() };

function countAboveTests(): number {
  using directory = new TestDirectory();
  return countAbove(directory.at("name"));
}

/** A command that runs its arguments where mounts affect nothing else. */
export const WITH_MOUNTS: readonly string[] = [
  "unshare",
  "--user",
  "--map-root-user",
  "--mount",
];
