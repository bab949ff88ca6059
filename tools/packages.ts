/**
 * Lists the parts of @std that the checkout uses: the packages in the imports of
 * `deno.json`, and their modules with a file of declarations in `tools/std/`.
 *
 * @module
 */

/** A package of @std. */
export interface Package {
  /** The name, such as `@std/cli`. */
  readonly name: string;
  /** The lowest version that the checkout accepts. */
  readonly version: string;
  /** The specifier, such as `jsr:@std/cli@^1.0.32`. */
  readonly specifier: string;
  /** The modules that are used. */
  readonly modules: readonly Module[];
}

/** A module of a package. */
export interface Module {
  /** The key in the exports of the package, such as `./parse-args`. */
  readonly entry: string;
  /** The file in the package without its extension, such as `parse_args`. */
  readonly file: string;
  /** The text of the declarations. */
  readonly declarations: string;
}

/** Reads the packages from the `imports` of `deno.json` and a directory. */
export function readPackages(
  imports: Record<string, string>,
  directory: string,
): Promise<Package[]> {
  return Promise.all(
    Object.entries(imports).map(async ([name, specifier]) => ({
      name,
      version: specifier.slice(specifier.indexOf("^") + 1),
      specifier,
      modules: await readModules(name.replace("@std", directory)),
    })),
  );
}

async function readModules(directory: string): Promise<Module[]> {
  const modules = [];
  for await (const { name } of Deno.readDir(directory)) {
    const file = name.replace(".d.ts", "");
    modules.push({
      entry: file === "mod" ? "." : `./${file.replaceAll("_", "-")}`,
      file,
      declarations: await Deno.readTextFile(`${directory}/${name}`),
    });
  }
  // The order of a directory differs from machine to machine.
  return modules.sort((a, b) => a.file < b.file ? -1 : 1);
}
