// Measures how long the event loop is blocked.

import { readFileSync } from "node:fs";

// The time between two calls of a timer also passes while the thread waits for a
// processor that other programs use. The kernel counts that time.
const SCHEDULING = "/proc/thread-self/schedstat";

/** Begins to measure. Returns a function that ends it and returns milliseconds. */
export function measureBlocks() {
  let longest = 0;
  let last = now();

  function tick() {
    const time = now();
    longest = Math.max(longest, time - last - 1);
    last = time;
  }

  const ticking = setInterval(tick, 1);
  return () => {
    tick();
    clearInterval(ticking);
    return longest;
  };
}

/** The time in which the thread did not wait for a processor, in milliseconds. */
function now() {
  const waited = Number(readFileSync(SCHEDULING, "utf8").split(" ")[1]) / 1e6;
  return performance.now() - waited;
}
