/**
 * Stands in for packages of @std with their code from npm, in the layout in
 * which Deno keeps what it has from JSR under `vendor/`.
 *
 * The package on npm is @std as plain JavaScript. A shim joins each module of
 * it with its declarations, so that sources are checked as with the original.
 *
 * @module
 */

import type { Module, Package } from "./packages.ts";

/** The package on npm; it is made from the versions in `deno.json`. */
export const NPM_PACKAGE = "deno-std@1.4.0";

/** Gives the text of each file of a package, by its path in `vendor/`. */
export async function shimFiles(
  { name, version, modules }: Package,
): Promise<[path: string, text: string][]> {
  const home = `jsr.io/${name}`;
  const sources = modules.flatMap((module) => sourceFiles(name, module));
  const manifest = await Promise.all(sources.map(manifestEntry));
  const exports = modules.map(({ entry, file }) => [entry, `./${file}.ts`]);
  const [scope, unscoped] = name.slice(1).split("/");
  return [
    ...sources.map(([path, text]): [string, string] => [
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

/** Gives the sources of a module, by their path in the package. */
function sourceFiles(
  name: string,
  { file, declarations }: Module,
): [path: string, text: string][] {
  const path = `${name.replace("@std/", "")}/${file}.js`;
  return [
    [
      `/${file}.ts`,
      `// @ts-types="./${file}.d.ts"\n` +
      `export * from "npm:${NPM_PACKAGE}/${path}";\n`,
    ],
    [`/${file}.d.ts`, declarations],
  ];
}

async function manifestEntry(
  [path, text]: [path: string, text: string],
): Promise<[string, { size: number; checksum: string }]> {
  const { length: size } = new TextEncoder().encode(text);
  return [path, { size, checksum: `sha256-${await digest(text)}` }];
}

/** Gives the SHA-256 of a text in hexadecimal digits. */
export async function digest(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toHex();
}
