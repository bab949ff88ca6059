/** What only some flags need a permission for: files, and the command to run. */

/**
 * Makes sure of the permission for `subject`. It asks nobody, as Deno would
 * when that is used.
 *
 * @throws {Deno.errors.NotCapable} It says which flag grants the permission.
 */
export function requirePermission(
  name: "read" | "write" | "run",
  subject: string,
): void {
  const { state } = Deno.permissions.querySync(
    name === "run" ? { name, command: subject } : { name, path: subject },
  );
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(
    `Requires ${name} access to '${subject}', ` +
      `run again with the --allow-${name}=${subject} flag`,
  );
}

/**
 * `error`, with what failed at which `path` in its message: Deno leaves that
 * out if it comes no further than to look up what is granted.
 */
export function withPath(
  error: unknown,
  { call, path }: { call: string; path: string },
): unknown {
  const { message } = error as Error;
  if (message.includes(path)) return error;
  return new Error(`${message}: ${call} '${path}'`, { cause: error });
}
