/**
 * Fills `vendor/` with the modules of @std that this checkout uses.
 *
 * They come from JSR, as for every user of the library. If JSR does not answer,
 * `shims.ts` uses the same code from npm. A stamp in `vendor/` has a digest of the
 * needed modules, so that a second run has nothing to do.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { readPackages } from "./packages.ts";
import { digest, NPM_PACKAGE, shimFiles } from "./shims.ts";

const VENDOR = "vendor";

/** How long to wait for a registry, in milliseconds. */
const TIMEOUT_MS = 30_000;

const packages = await readPackages(config.imports, "tools/std");
const maker = await Deno.readTextFile("tools/shims.ts");
const stamp = await digest(JSON.stringify([packages, maker]));

if (!await isComplete() && !await fill()) Deno.exit(1);

async function isComplete(): Promise<boolean> {
  try {
    return await Deno.readTextFile(`${VENDOR}/.stamp`) === stamp;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Fills a temporary directory first, so that `vendor/` is never incomplete. */
async function fill(): Promise<boolean> {
  const directory = await Deno.makeTempDir({ dir: ".", prefix: ".vendor-" });
  try {
    const source = await download(directory);
    if (source === undefined) return false;
    await Deno.writeTextFile(`${directory}/${VENDOR}/.stamp`, stamp);
    // Another set-up may have finished meanwhile, and its files may be in use.
    if (!await isComplete()) await replaceVendor(directory);
    console.error(`Filled ${VENDOR}/ from ${source}`);
    return true;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function replaceVendor(directory: string): Promise<void> {
  try {
    await Deno.rename(VENDOR, `${directory}/old`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    await Deno.rename(`${directory}/${VENDOR}`, VENDOR);
  } catch (error) {
    // Another set-up was faster.
    if (!await isComplete()) throw error;
  }
}

/** Fills `vendor/` in the directory, and returns the source. */
async function download(directory: string): Promise<string | undefined> {
  const specifiers = packages.flatMap(({ specifier, modules }) =>
    modules.map(({ entry }) => specifier + entry.slice(1))
  );
  const jsr = await cache(directory, ["--vendor", ...specifiers]);
  if (jsr.success) return "JSR";
  await removeIfPresent(`${directory}/${VENDOR}`);
  // Any module brings the whole package.
  const npm = await cache(directory, [
    "--node-modules-dir=auto",
    `npm:${NPM_PACKAGE}/cli/parse_args.js`,
  ]);
  if (npm.success && await writeShims(directory)) {
    // Checks that Deno finds the modules, and lets it write its own files beside them.
    const shims = await cache(directory, ["--vendor", ...specifiers]);
    if (shims.success) return `npm:${NPM_PACKAGE}, since JSR did not answer`;
    await Deno.stderr.write(shims.stderr);
  }
  for (const { stderr } of [jsr, npm]) await Deno.stderr.write(stderr);
  console.error(`Cannot fill ${VENDOR}/: neither JSR nor npm gave @std`);
}

/**
 * Writes the replacement for JSR from the package of npm in the directory. Returns
 * `false` if a module is missing.
 */
async function writeShims(directory: string): Promise<boolean> {
  const [name] = NPM_PACKAGE.split("@");
  const store = `${directory}/node_modules/.deno/${NPM_PACKAGE}`;
  try {
    for (const each of packages) {
      const shims = await shimFiles(each, `${store}/node_modules/${name}`);
      for (const [path, text] of shims) {
        const file = `${directory}/${VENDOR}/${path}`;
        const folder = file.slice(0, file.lastIndexOf("/"));
        await Deno.mkdir(folder, { recursive: true });
        await Deno.writeTextFile(file, text);
      }
    }
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(error.message);
    return false;
  }
}

/** Makes Deno fetch `args` into the directory. */
function cache(
  directory: string,
  args: readonly string[],
): Promise<Deno.CommandOutput> {
  return new Deno.Command(Deno.execPath(), {
    args: ["cache", "--no-config", "--no-lock", "--quiet", ...args],
    cwd: directory,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).output();
}

async function removeIfPresent(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
