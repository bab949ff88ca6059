/**
 * Fills `vendor/` with the modules of @std that this checkout uses.
 *
 * They come from JSR, as for every user of the library. Where JSR does not
 * answer, `shims.ts` stands in for it with the same code from npm. A stamp in
 * `vendor/` says what it was made for, so that a second run has nothing to do.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { readPackages } from "./packages.ts";
import { digest, NPM_PACKAGE, shimFiles } from "./shims.ts";

const VENDOR = "vendor";

/** How long to wait for a registry, in milliseconds. */
const PATIENCE = 30_000;

const packages = await readPackages(config.imports, "tools/std");
const shims = (await Promise.all(packages.map(shimFiles))).flat();
const stamp = await digest(JSON.stringify(shims));

if (!await isComplete() && !await fill()) Deno.exit(1);

async function isComplete(): Promise<boolean> {
  try {
    return await Deno.readTextFile(`${VENDOR}/.stamp`) === stamp;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Fills a directory beside `vendor/` first: nothing half-made takes its name. */
async function fill(): Promise<boolean> {
  const directory = await Deno.makeTempDir({ dir: ".", prefix: ".vendor-" });
  try {
    const source = await download(directory);
    if (source === undefined) return false;
    await Deno.writeTextFile(`${directory}/${VENDOR}/.stamp`, stamp);
    // A set-up that ran at the same time may be done, and its files in use.
    if (!await isComplete()) {
      await removeIfPresent(VENDOR);
      await Deno.rename(`${directory}/${VENDOR}`, VENDOR);
    }
    console.error(`Filled ${VENDOR}/ from ${source}`);
    return true;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Fills `vendor/` in the directory, and says from where. */
async function download(directory: string): Promise<string | undefined> {
  const jsr = await cache(directory);
  if (jsr.success) return "JSR";
  await removeIfPresent(`${directory}/${VENDOR}`);
  for (const [path, text] of shims) {
    const file = `${directory}/${VENDOR}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  const npm = await cache(directory);
  if (npm.success) return `npm:${NPM_PACKAGE}, since JSR did not answer`;
  for (const { stderr } of [jsr, npm]) await Deno.stderr.write(stderr);
  console.error(`Cannot fill ${VENDOR}/: neither JSR nor npm gave @std`);
}

/** Lets Deno fetch the modules into `vendor/` in the directory. */
function cache(directory: string): Promise<Deno.CommandOutput> {
  const options = ["--no-config", "--no-lock", "--vendor", "--quiet"];
  const specifiers = packages.flatMap(({ specifier, modules }) =>
    modules.map(({ entry }) => specifier + entry.slice(1))
  );
  return new Deno.Command(Deno.execPath(), {
    // The packages of npm belong to the checkout, not to this directory.
    args: ["cache", ...options, "--node-modules-dir=none", ...specifiers],
    cwd: directory,
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
}

async function removeIfPresent(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
