/** Ends the program because its arguments are wrong. */
export function refuse(message: string): never {
  console.error(message);
  Deno.exit(2);
}
