import { assertEquals, assertThrows } from "@std/assert";
import { compileTime } from "../../../lib/cli/inotifywait/strftime.ts";

const FIELDS = [..."aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%"];
const VARIANTS = ["%-d", "%_m", "%05e", "%^a", "%#Z", "%Ey", "%OH", "%10Y"];
const FORMAT = [...FIELDS.map((field) => `%${field}`), ...VARIANTS]
  .join("|").replace("%n|%", "%%|%");

/** Days whose week belongs to another year, leap days, … */
const TIMES = [
  "1969-12-31T23:59:59Z",
  "1999-12-31T23:59:59Z",
  "2000-02-29T12:00:00Z",
  "2008-12-29T00:00:00Z",
  "2010-01-03T01:02:03Z",
  "2024-03-31T01:00:00Z",
  "2024-12-30T13:00:00Z",
  "2026-11-01T06:30:00Z",
  "2038-01-19T03:14:08Z",
].map((time) => Date.parse(time) / 1000);

const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"];

for (const zone of ZONES) {
  Deno.test(`\`compileTime()\` prints what date(1) prints in ${zone}`, () => {
    // A process has only one time zone.
    const program = `
      import { compileTime } from "${
      import.meta.resolve("../../../lib/cli/inotifywait/strftime.ts")
    }";
      const print = compileTime(${JSON.stringify(FORMAT)});
      for (const time of ${JSON.stringify(TIMES)}) {
        console.log(print(new Date(1000 * time)));
      }`;
    const url = `data:application/javascript,${encodeURIComponent(program)}`;
    const ours = run(zone, [Deno.execPath(), "run", "--allow-ffi", url]);
    const theirs = TIMES.map((time) =>
      run(zone, ["date", "-d", `@${time}`, `+${FORMAT}`])
    );
    assertEquals(ours, theirs.join(""));
  });
}

function run(zone: string, [executable, ...args]: string[]): string {
  const { stdout, stderr, success } = new Deno.Command(executable!, {
    args,
    env: { TZ: zone, LC_ALL: "C", NO_COLOR: "1" },
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("`compileTime()` accepts any text, also an empty one", () => {
  const date = new Date();
  assertEquals(compileTime("")(date), "");
  assertEquals(compileTime("caf\udce9 ü%%")(date), "caf\udce9 ü%");
});

Deno.test("`compileTime()` rejects an unknown field", () => {
  for (const field of ["%f", "%Q", "%N", "%", "%-", "%E", "%Oq"]) {
    assertThrows(
      () => compileTime(`%H:${field}`),
      SyntaxError,
      `the field "${field}" is unknown`,
    );
  }
});

Deno.test("`compileTime()` rejects an endless text", () => {
  assertThrows(() => compileTime("%9999d"), SyntaxError, "it is too long");
});
