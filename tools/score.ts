/**
 * Prints the score on JSR, as far as a checkout can compute it: the points of each
 * part, and whether it is fulfilled. The description and the runtimes are set on
 * JSR.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** The part of the output of `deno doc --json` that is used here. */
interface Docs {
  nodes: Record<string, {
    module_doc?: { doc?: string };
    symbols?: { declarations: { jsDoc?: { doc?: string } }[] }[];
  }>;
}

interface Part {
  points: number;
  /** What is counted, and the count. */
  what: string;
  isFulfilled: boolean;
}

const readme = await Deno.readTextFile("README.md");
const entries = Object.entries(config.exports);
const modules = await Promise.all(entries.map(([, path]) => readDocs(path)));
const publication = await run("publish", "--dry-run", "--allow-dirty");
const isPublished = (path: string) => publication.text.includes(`/${path} (`);

const parts: Part[] = [
  { points: 2, what: "README", isFulfilled: isPublished("README.md") },
  {
    points: 1,
    what: "README with an example",
    isFulfilled: /^```ts$/m.test(readme),
  },
  entryPoints(),
  symbols(),
  {
    points: 5,
    what: "No slow types",
    isFulfilled: publication.success,
  },
  await provenance(),
];

for (const { points, what, isFulfilled } of parts) {
  console.log(`${isFulfilled ? points : 0}/${points}  ${what}`);
}
console.log("-/1  Description: to be set at JSR");
console.log("-/1  A compatible runtime, Deno: to be marked at JSR");
if (!publication.success) console.error(publication.text);
if (!parts.every(({ isFulfilled }) => isFulfilled)) Deno.exit(1);

function entryPoints(): Part {
  const missing = entries.filter((_, i) => !modules[i]!.isDocumented)
    .map(([name]) => name);
  const what = missing.length > 0
    ? `No module docs: ${missing.join(", ")}`
    : `Module docs of ${entries.length} entry points`;
  return { points: 1, what, isFulfilled: missing.length === 0 };
}

function symbols(): Part {
  const all = modules.flatMap(({ symbols }) => symbols);
  const documented = all.filter(Boolean);
  return {
    points: 5,
    what: `Docs of ${documented.length} of ${all.length} symbols`,
    // JSR requires 80 %.
    isFulfilled: documented.length >= 0.8 * all.length,
  };
}

/** Checks that a workflow publishes with a token, which proves the origin. */
async function provenance(): Promise<Part> {
  const workflow = await Deno.readTextFile(".github/workflows/publish.yml");
  return {
    points: 1,
    what: "Provenance",
    isFulfilled: /^ +id-token: write$/m.test(workflow) &&
      /^ +- run: deno publish$/m.test(workflow),
  };
}

/** Returns whether the module at `path` and each of its symbols has docs. */
async function readDocs(
  path: string,
): Promise<{ isDocumented: boolean; symbols: boolean[] }> {
  const { text } = await run("doc", "--json", path);
  const { nodes } = JSON.parse(text) as Docs;
  const [module] = Object.values(nodes);
  return {
    isDocumented: Boolean(module?.module_doc?.doc),
    symbols: (module?.symbols ?? []).map(({ declarations }) =>
      declarations.some(({ jsDoc }) => Boolean(jsDoc?.doc))
    ),
  };
}

async function run(
  ...args: string[]
): Promise<{ success: boolean; text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(
    Deno.execPath(),
    { args, env: { NO_COLOR: "1" } },
  ).output();
  const decoder = new TextDecoder();
  const isText = args[0] === "doc";
  return {
    success,
    text: decoder.decode(stdout) + (isText ? "" : decoder.decode(stderr)),
  };
}
