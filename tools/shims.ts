/**
 * Replaces packages of @std by their code from npm, in the layout of `vendor/` for
 * packages from JSR.
 *
 * The package on npm is @std as plain JavaScript. Each used module gets its
 * declarations, so that types are checked as with the original.
 *
 * @module
 */

import type { Package } from "./packages.ts";

/** The package on npm; it is made from the versions in `deno.json`. */
export const NPM_PACKAGE = "deno-std@1.4.0";

/**
 * Returns the text of each file of a package, by its path in `vendor/`; `source`
 * is the folder of the package on npm.
 */
export async function shimFiles(
  { name, version, modules }: Package,
  source: string,
): Promise<[path: string, text: string][]> {
  const home = `jsr.io/${name}`;
  const folder = name.replace("@std", "");
  const files = new Map<string, string>();
  for (const { file, declarations } of modules) {
    const path = `${folder}/${file}`;
    await addWithImports(`${path}.js`, source, files);
    files.set(`${path}.d.ts`, declarations);
    const typed = `// @ts-self-types="./${file}.d.ts"\n`;
    files.set(`${path}.js`, typed + files.get(`${path}.js`));
  }
  const manifest = await Promise.all([...files].map(manifestEntry));
  const exports = modules.map(({ entry, file }) =>
    [entry, `.${folder}/${file}.js`] as const
  );
  const [scope, unscoped] = name.slice(1).split("/");
  return [
    ...[...files].map(([path, text]): [string, string] => [
      `${home}/${version}${path}`,
      text,
    ]),
    [
      `${home}/${version}_meta.json`,
      JSON.stringify({
        manifest: Object.fromEntries(manifest),
        exports: Object.fromEntries(exports),
      }),
    ],
    [
      `${home}/meta.json`,
      JSON.stringify({
        scope,
        name: unscoped,
        latest: version,
        versions: { [version]: {} },
      }),
    ],
  ];
}

/** Adds the module at `path` below `source` to `files`, with all its imports. */
async function addWithImports(
  path: string,
  source: string,
  files: Map<string, string>,
): Promise<void> {
  if (files.has(path)) return;
  const text = await Deno.readTextFile(source + path);
  files.set(path, text);
  // An import in an example is not at the beginning of a line.
  const imports = /^(?:import|export)\b[^;'"]*\bfrom "(\.[^"]+)"/gm;
  for (const [, specifier] of text.matchAll(imports)) {
    const { pathname } = new URL(specifier!, `file://${path}`);
    await addWithImports(pathname, source, files);
  }
}

async function manifestEntry(
  [path, text]: [path: string, text: string],
): Promise<[string, { size: number; checksum: string }]> {
  const { length: size } = new TextEncoder().encode(text);
  return [path, { size, checksum: `sha256-${await digest(text)}` }];
}

/** Returns the SHA-256 of a text in hexadecimal digits. */
export async function digest(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toHex();
}
