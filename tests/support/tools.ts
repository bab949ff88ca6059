/** Programs that some tests need; without them the tests are ignored. */

/** Returns whether a program is installed; if not, prints which tests are ignored. */
export function hasTool(name: string, tests: string): boolean {
  if (isInstalled(name)) return true;
  console.warn(`Ignoring ${tests}: ${name}(1) is missing`);
  return false;
}

/** Returns whether a program is installed. */
export function isInstalled(name: string): boolean {
  return succeeds("sh", "-c", 'command -v "$0"', name);
}

/** Returns whether a program exists, is permitted, and succeeds. */
export function succeeds(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
