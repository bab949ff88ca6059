// Functions that Deno and Node.js name differently. Loading Node's modules in Deno
// takes 30 ms, which would count against the watchers that run there.

const { Deno } = globalThis;

/** The arguments of the script. */
export const args = Deno ? Deno.args : process.argv.slice(2);

/** Calls `report` on SIGTERM, and ends the program. */
export function onEnd(report) {
  if (Deno) {
    Deno.addSignalListener("SIGTERM", () => {
      report();
      Deno.exit();
    });
  } else {
    process.on("SIGTERM", () => {
      report();
      process.exit();
    });
  }
}
