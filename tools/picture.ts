/**
 * Draws the output of the command on a terminal, while a script changes files, as
 * an SVG. It needs script(1) of util-linux.
 *
 *     deno task picture
 *
 * @module
 */

const PICTURE = "docs/terminal.svg";
const SCRIPT = `
  mkdir -p notes/2026/may
  echo Hello > notes/2026/may/draft.txt
  sleep 0.2
  mv notes/2026 notes/archive
  echo Again >> notes/archive/may/draft.txt
  sleep 0.1
  chmod 600 notes/archive/may/draft.txt
  rm -r notes/archive/may
`;

/** The colors by their codes in ECMA-48, "select graphic rendition". */
const STYLES: Record<string, string> = {
  "1": "font-weight='bold'",
  "2": "fill='#8b949e'",
  "31": "fill='#ff7b72'",
  "32": "fill='#7ee787'",
  "33": "fill='#e3b341'",
  "34": "fill='#79c0ff'",
  "35": "fill='#d2a8ff'",
  "36": "fill='#76e3ea'",
};

const WIDTH = 660;
const LINE = 22;
const MARGIN = 24;

const lines = ["\x1b[2m$\x1b[22m inotify -r notes", ...await record()];
await Deno.writeTextFile(PICTURE, draw(lines));
console.log(`Drew ${PICTURE}, ${lines.length} lines`);

/** The lines that the command writes to a terminal while the script runs. */
async function record(): Promise<string[]> {
  const cwd = await Deno.makeTempDir();
  await Deno.mkdir(`${cwd}/notes`);
  const cli = decodeURIComponent(
    new URL("../cli.ts", import.meta.url).pathname,
  );
  const child = new Deno.Command("script", {
    args: [
      "--quiet",
      "--flush",
      "--command",
      `'${Deno.execPath()}' run --quiet --allow-ffi '${cli}' -r notes`,
      "/dev/null",
    ],
    cwd,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  let text = "";
  let last = "Watching";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (!text.includes(last)) continue;
    if (last === "Watching") {
      last = "delete       \x1b[39m notes/archive/may/\r\n";
      new Deno.Command("sh", { args: ["-ec", SCRIPT], cwd }).spawn();
    } else {
      last = "\0";
      const writer = child.stdin.getWriter();
      // Ctrl-C
      await writer.write(new Uint8Array([3]));
      await writer.close();
    }
  }
  await child.status;
  await Deno.remove(cwd, { recursive: true });
  return text.trimEnd().split("\r\n");
}

function draw(lines: readonly string[]): string {
  const height = lines.length * LINE + 2 * MARGIN;
  const texts = lines.map((line, i) => {
    const y = MARGIN + (i + 0.75) * LINE;
    return `    <text x="${MARGIN}" y="${y}">${drawLine(line)}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" role="img">
  <title>A terminal in which the command reports changes as they happen</title>
  <rect width="100%" height="100%" rx="8" fill="#0d1117"/>
  <g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3">
${texts.join("")}  </g>
</svg>
`;
}

/** Returns each run of text in the style of the code before it. */
function drawLine(line: string): string {
  // deno-lint-ignore no-control-regex
  const [first = "", ...styled] = line.split(/\x1b\[(\d+)m/);
  let drawn = escape(first);
  for (let i = 0; i < styled.length; i += 2) {
    const style = STYLES[styled[i]!];
    const text = escape(styled[i + 1]!);
    drawn += style ? `<tspan ${style}>${text}</tspan>` : text;
  }
  return drawn;
}

/** Replaces spaces by non-breaking ones, which every viewer draws. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(" ", "\u00a0");
}
