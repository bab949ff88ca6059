/** Tools that some tests need, and without which they are ignored. */

/** Whether a program is there; says which tests are ignored if it is not. */
export function hasTool(name: string, tests: string): boolean {
  if (isInstalled(name)) return true;
  console.warn(`Ignoring ${tests}: ${name}(1) is missing`);
  return false;
}

/** Whether a program of this name is there. */
export function isInstalled(name: string): boolean {
  return succeeds("sh", "-c", 'command -v "$0"', name);
}

/** Whether a program exists, is permitted, and succeeds. */
export function succeeds(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
