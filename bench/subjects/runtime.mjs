// What Deno and Node.js have under different names. To use Node's in Deno would
// count against the watchers that run there: it loads for 30 ms.

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
