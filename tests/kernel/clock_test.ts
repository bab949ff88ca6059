import { assert } from "@std/assert";
import { ClockMonitor } from "../../lib/kernel/clock.ts";

/** Sets the clock ahead by `milliseconds`, until the result is disposed of. */
function setClock(milliseconds: number): Disposable {
  const { now } = Date;
  Date.now = () => now() + milliseconds;
  return { [Symbol.dispose]: () => Date.now = now };
}

Deno.test("`ClockMonitor` notices that the clock is set, and only that", () => {
  const monitor = new ClockMonitor();
  const end = performance.now() + 50;
  while (performance.now() < end) assert(!monitor.wasSet);
  for (const milliseconds of [-3_600_000, -50, 50, 3_600_000]) {
    using _ = setClock(milliseconds);
    assert(monitor.wasSet);
  }
  assert(!monitor.wasSet);
  using _ = setClock(-3_600_000);
  monitor.restart();
  assert(!monitor.wasSet);
});
