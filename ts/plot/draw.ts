/** @file From curves to an SVG element, by Observable Plot: axes, grid, lines, title and legend. */
import type { Curve } from "./curves.js";
import type { PlotOptions } from "./index.js";
import type { ObservablePlot } from "./peers.js";

/** Okabe and Ito's colours, told apart by colour-blind readers too; without their yellow. */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#4d4d4d", "#56b4e9", "#e69f00"];
/** Lines beyond the last colour begin again at the first, dashed. */
const DASHES = ["", "6 4", "2 4", "10 4 2 4"];

const INK = "#24292f";
const PAPER = "#ffffff";
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const FONT_SIZE = 12;
const CHARACTER = 6.9; // width of an average character at that size
const TITLE_HEIGHT = 28;
const LEGEND_ROW = 20;
const SWATCH = 22; // length of a legend line
const EDGE = 10; // distance of the outermost text from the edge
const MARGIN = { top: 34, right: 24, bottom: 44, left: 48 };

/** Values beyond this are gaps: the axis could not hold both ends of the double range. */
const HUGE = 1e300;
/** An axis cannot tell values apart that are nearer to each other than this. */
const TINY = 1e-300;

/** Draws the curves; gives the `<svg>` element, not yet in any page. */
export function draw(
  library: ObservablePlot,
  document: object,
  curves: readonly Curve[],
  options: PlotOptions,
): SVGElement {
  const { title = "", width = 640, height = 400 } = options;
  const rows = curves.length > 1 ? legendRows(curves, width - MARGIN.left - MARGIN.right) : [];
  const head = (title === "" ? 6 : TITLE_HEIGHT) + rows.length * LEGEND_ROW;
  const x = extent(curves.flatMap((curve) => curve.x));
  const y = checked(options.range) ?? extent(curves.flatMap((curve) => curve.y));
  const { xLabel = "x", yLabel = curves.length === 1 ? curves[0]!.label : "y" } = options;

  const marginTop = head + (yLabel === "" ? MARGIN.top - 20 : MARGIN.top);
  const clip = options.range !== undefined;

  const drawWith = (marginLeft: number): SVGElement =>
    library.plot({
      document,
      width,
      height,
      marginTop,
      marginRight: MARGIN.right,
      marginBottom: xLabel === "" ? MARGIN.bottom - 16 : MARGIN.bottom,
      marginLeft,
      ariaLabel: title || curves.map((curve) => curve.label).join(", "),
      style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, background: PAPER },
      x: { type: "linear", domain: x },
      y: { type: "linear", domain: y, nice: options.range === undefined },
      marks: [
        paper(width, height),
        library.gridX({ ...ticks(x, width / 80), stroke: INK, strokeOpacity: 0.1 }),
        library.gridY({ ...ticks(y, height / 55), stroke: INK, strokeOpacity: 0.1 }),
        library.ruleX(inside(x), { stroke: INK, strokeOpacity: 0.35 }),
        library.ruleY(inside(y), { stroke: INK, strokeOpacity: 0.35 }),
        library.axisX({
          ...ticks(x, width / 80),
          label: xLabel || null,
          labelAnchor: "center",
          labelArrow: "none",
          labelOffset: 36,
          tickSize: 4,
          strokeOpacity: 0.4,
        }),
        library.axisY({
          ...ticks(y, height / 55),
          label: null, // the heading writes it, level, above the axis
          tickSize: 4,
          strokeOpacity: 0.4,
        }),
        ...curves.flatMap((curve, i) => {
          const drawn = points(curve, options.range);
          return [
            library.line(drawn, { ...stroke(i), strokeWidth: 2, clip }),
            library.dot(drawn.filter(alone), { fill: stroke(i).stroke, r: 2.5, clip }),
          ];
        }),
        heading(title, rows, marginLeft),
        label(yLabel, marginLeft, marginTop - 16),
      ],
    });

  const svg = drawWith(MARGIN.left);
  const needed = EDGE + widestTickLabel(svg) + 10;
  return needed > MARGIN.left ? drawWith(needed) : svg;
}

type Point = readonly [x: number, y: number];

/** The points of a curve; NaN, which Observable Plot leaves out, where the line has a gap. */
function points(curve: Curve, range: readonly [number, number] | undefined): Point[] {
  const finite = (value: number): number => (Math.abs(value) < HUGE ? value : Number.NaN);
  const side = (y: number): number => (range === undefined ? 0 : +(y > range[1]) - +(y < range[0]));
  const drawn: Point[] = [];
  curve.x.forEach((x, i) => {
    const [y, before] = [curve.y[i]!, curve.y[i - 1] ?? Number.NaN];
    // From above the picture to below it in one step: a pole, as tan's, not a line.
    if (side(y) * side(before) < 0) drawn.push([Number.NaN, Number.NaN]);
    drawn.push([finite(x), finite(y)]);
  });
  return drawn;
}

/** Whether a point has a gap on either side, so that no line shows it. */
function alone(_point: Point, i: number, all: readonly Point[]): boolean {
  const gap = (point: Point = [Number.NaN, Number.NaN]): boolean =>
    Number.isNaN(point[0] + point[1]);
  return !gap(all[i]) && gap(all[i - 1]) && gap(all[i + 1]);
}

function stroke(i: number): { stroke: string; strokeDasharray?: string } {
  const dash = DASHES[Math.floor(i / COLORS.length) % DASHES.length]!;
  const color = COLORS[i % COLORS.length]!;
  return dash === "" ? { stroke: color } : { stroke: color, strokeDasharray: dash };
}

/** Least and greatest finite value, a little apart even if all values are the same. */
function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!(Math.abs(value) < HUGE)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(1e-13 * size, TINY)) return [low, high];
  const around = size > TINY ? size : 1;
  return [low - around, high + around];
}

function checked(range: readonly [number, number] | undefined): typeof range {
  if (range === undefined || (range[0] < range[1] && range[1] - range[0] < HUGE)) return range;
  throw new RangeError(`plot: range must be [a, b] with a < b, not [${range.join(", ")}]`);
}

/** Zero, where the interval holds it. */
function inside([low, high]: readonly [number, number]): number[] {
  return low <= 0 && high >= 0 ? [0] : [];
}

function ticks([low, high]: readonly [number, number], count: number): object {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const plain = size >= 1e-3 && size < 1e6;
  return plain ? { ticks: Math.round(count) } : { ticks: Math.round(count), tickFormat: "~e" };
}

function widestTickLabel(svg: SVGElement): number {
  const labels = svg.querySelectorAll('[aria-label="y-axis tick label"] text');
  return Math.max(0, ...Array.from(labels, (label) => textWidth(label.textContent ?? "")));
}

function textWidth(text: string): number {
  return Array.from(text).length * CHARACTER;
}

/** A legend entry: which curve, and where its row begins it. */
interface Entry {
  readonly label: string;
  readonly i: number;
  readonly at: number;
}

/** The legend, broken into rows that fit the width. */
function legendRows(curves: readonly Curve[], width: number): Entry[][] {
  const rows: Entry[][] = [];
  let at = Infinity;
  curves.forEach(({ label }, i) => {
    const size = SWATCH + 6 + textWidth(label);
    if (at + size > width) {
      rows.push([]);
      at = 0;
    }
    rows.at(-1)!.push({ label, i, at });
    at += size + 20;
  });
  return rows;
}

/** A mark that is drawn by hand; Observable Plot gives it the document in its context. */
type Mark = (
  index: unknown,
  scales: unknown,
  values: unknown,
  dimensions: unknown,
  context: { document: Document },
) => SVGElement;

/** The white ground: an attribute of the file itself, so that dark viewers show dark on white. */
function paper(width: number, height: number): Mark {
  return (_index, _scales, _values, _dimensions, { document }) =>
    element(document, "rect", { width, height, fill: PAPER });
}

function heading(title: string, rows: readonly Entry[][], left: number): Mark {
  return (_index, _scales, _values, _dimensions, { document }) => {
    const group = element(document, "g", { "text-anchor": "start", "aria-label": "legend" });
    if (title !== "") {
      const place = { x: left, y: 22, "font-size": 15, "font-weight": 600 };
      group.append(element(document, "text", place, title));
    }
    rows.forEach((row, r) => {
      const y = (title === "" ? 6 : TITLE_HEIGHT) + r * LEGEND_ROW + LEGEND_ROW / 2 + 2;
      for (const { label, i, at } of row) {
        const { stroke: color, strokeDasharray: dash } = stroke(i);
        const line = { x1: left + at, x2: left + at + SWATCH, y1: y, y2: y };
        const style = { stroke: color, "stroke-width": 2.5, "stroke-linecap": "round" };
        const dashes = dash === undefined ? {} : { "stroke-dasharray": dash };
        group.append(
          element(document, "line", { ...line, ...style, ...dashes }),
          element(document, "text", { x: left + at + SWATCH + 6, y, dy: "0.35em" }, label),
        );
      }
    });
    return group;
  };
}

/** The label of the vertical axis: level, so that nobody has to tilt their head. */
function label(text: string, left: number, y: number): Mark {
  const long = EDGE + textWidth(text) > left - 9; // else it ends where the tick labels end
  const place = long ? { x: EDGE, "text-anchor": "start" } : { x: left - 9, "text-anchor": "end" };
  return (_index, _scales, _values, _dimensions, { document }) =>
    element(document, "text", { ...place, y }, text);
}

function element(
  document: Document,
  tag: string,
  attributes: Record<string, string | number>,
  text?: string,
): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}
