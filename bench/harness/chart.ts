/** Draws series of numbers as small line charts in one SVG file. */

import { formatNumber } from "./print.ts";

/** One chart. */
export interface Chart {
  title: string;
  unit: string;
  /** Pairs of x and y, sorted by x. */
  points: readonly (readonly [x: number, y: number])[];
}

/** The layout of the charts. */
export interface Layout {
  /** How many charts are in a row. */
  columns: number;
  /** Whether x grows by factors, each point with a label, or by steps. */
  scale: "logarithmic" | "linear";
}

const WIDTH = 240;
const HEIGHT = 150;
const MARGIN = { top: 40, right: 20, bottom: 25, left: 50 };
const PLOT = {
  width: WIDTH - MARGIN.left - MARGIN.right,
  height: HEIGHT - MARGIN.top - MARGIN.bottom,
};

/** Returns the SVG; every y axis begins at 0. */
export function drawCharts(charts: readonly Chart[], layout: Layout): string {
  const width = layout.columns * WIDTH;
  const height = Math.ceil(charts.length / layout.columns) * HEIGHT;
  const parts = charts.map((chart, i) => {
    const x = i % layout.columns * WIDTH;
    const y = Math.floor(i / layout.columns) * HEIGHT;
    return `<g transform="translate(${x} ${y})">\n${draw(chart, layout)}</g>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="10">
<rect width="${width}" height="${height}" fill="white"/>
${parts.join("")}</svg>
`;
}

function draw({ title, unit, points }: Chart, { scale }: Layout): string {
  const isLogarithmic = scale === "logarithmic";
  const position = isLogarithmic ? Math.log10 : (x: number) => x;
  const xs = points.map(([x]) => position(x));
  const [first, span] = [xs[0]!, xs.at(-1)! - xs[0]! || 1];
  const top = Math.max(...points.map(([, y]) => y)) * 1.1 || 1;
  const places = points.map(([x, y]) => [
    round(MARGIN.left + PLOT.width * (position(x) - first) / span),
    round(MARGIN.top + PLOT.height * (1 - y / top)),
  ]);
  const bottom = MARGIN.top + PLOT.height;
  const right = MARGIN.left + PLOT.width;
  const labelled = isLogarithmic ? points : [points[0]!, points.at(-1)!];
  const line = places.map((place) => place.join(",")).join(" ");
  return [
    text(MARGIN.left, 18, title, 'font-weight="bold"'),
    text(MARGIN.left, 31, unit, 'fill="#555"'),
    `<path d="M${MARGIN.left},${MARGIN.top}V${bottom}H${right}" fill="none" stroke="#999"/>`,
    text(MARGIN.left - 5, bottom + 3, "0", 'text-anchor="end"'),
    text(
      MARGIN.left - 5,
      MARGIN.top + 7,
      formatNumber(top / 1.1),
      'text-anchor="end"',
    ),
    ...labelled.map(([x]) => {
      const at = MARGIN.left + PLOT.width * (position(x) - first) / span;
      return text(round(at), bottom + 14, short(x), 'text-anchor="middle"');
    }),
    `<polyline points="${line}" fill="none" stroke="#1565c0" stroke-width="1.5"/>`,
    ...isLogarithmic
      ? places.map(([x, y]) =>
        `<circle cx="${x}" cy="${y}" r="2.5" fill="#1565c0"/>`
      )
      : [],
    "",
  ].join("\n");
}

function text(x: number, y: number, content: string, style = ""): string {
  return `<text x="${x}" y="${y}" ${style}>${content}</text>`;
}

function round(position: number): number {
  return Math.round(10 * position) / 10;
}

function short(x: number): string {
  return x >= 1000 ? `${x / 1000}k` : `${round(x)}`;
}
