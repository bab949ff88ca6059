/** The seeds of the storms, which the environment may change. */

/** Returns the seeds 1 to `count`, or those of the environment. */
export function seeds(count: number): number[] {
  const only = Deno.env.get("STORM_SEED");
  if (only !== undefined) return [Number(only)];
  const length = Number(Deno.env.get("STORM_SEEDS") ?? count);
  return Array.from({ length }, (_, i) => i + 1);
}
