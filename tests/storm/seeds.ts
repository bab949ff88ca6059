/** The seeds of the storms, of which the environment may ask for others. */

/** The seeds from 1 to `count`, unless the environment says otherwise. */
export function seeds(count: number): number[] {
  const only = Deno.env.get("STORM_SEED");
  if (only !== undefined) return [Number(only)];
  const length = Number(Deno.env.get("STORM_SEEDS") ?? count);
  return Array.from({ length }, (_, i) => i + 1);
}
