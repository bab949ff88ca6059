/** Mounts file systems in a mount namespace of the test. */

import { libraryNames } from "../../lib/kernel/libc.ts";
import { encodePath } from "../../lib/kernel/byte_path.ts";

const MS_BIND = 0x1000n;
const MNT_DETACH = 2;

// Loaded before the first test, so that the sanitizers do not blame a test.
const libc = Deno.dlopen(libraryNames(Deno.build)[0], {
  /**
   * `int mount(const char *source, const char *target, const char *type,
   * unsigned long flags, const void *data)`
   */
  mount: {
    parameters: ["buffer", "buffer", "buffer", "u64", "buffer"],
    result: "i32",
  },
  /** `int umount2(const char *target, int flags)` */
  umount2: { parameters: ["buffer", "i32"], result: "i32" },
}).symbols;

/** Mounts `source` at `target`: a bind mount if there is no `type`. */
export function mount(source: string, target: string, type = ""): void {
  const flags = type === "" ? MS_BIND : 0n;
  const [from, to, kind] = [source, target, type].map(encodePath);
  check(libc.mount(from!, to!, kind!, flags, null), target);
}

/** Unmounts the last mount at `target`, even if it is in use. */
export function unmount(target: string): void {
  check(libc.umount2(encodePath(target), MNT_DETACH), target);
}

function check(result: number, path: string): void {
  if (result === 0) return;
  const error = new Error(`The call failed for '${path}'`);
  throw Object.assign(error, { code: "UNKNOWN" });
}
