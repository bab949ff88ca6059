import { TestDirectory } from "./directory.ts";
import { countAbove } from "./process.ts";
import { succeeds } from "./tools.ts";

/**
 * Whether a process may have namespaces of its own, in which it is root: with
 * limits to lower and file systems to mount that are none of the machine's.
 */
export const hasNamespaces = succeeds("unshare", "-Urm", "true");

if (!hasNamespaces) {
  console.warn(
    "Ignoring the tests that need user namespaces: `unshare -Urm` is refused",
  );
}

/**
 * The command for a namespace in which the limit on the user's `kind` is
 * `value`, with so few descriptors that a refusal must not cost one.
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

/** The directories above what is in a {@linkcode TestDirectory} have watches too. */
export const ABOVE = { above: countAboveTests() };

function countAboveTests(): number {
  using directory = new TestDirectory();
  return countAbove(directory.at("name"));
}
