/**
 * @file `tapegrad/plot`: curves of functions, of their derivatives and of data, as SVG.
 *
 * With this entry point, one can:
 *   - draw a function, several functions, or points: `await plot(f, { domain: [-7, 7] })`
 *   - draw a function with its derivatives, made by nested `elementwiseGrad`: `derivatives: 4`
 *   - write the picture to a file in Node, or put it into a page in a browser
 *
 * It draws with [Observable Plot](https://observablehq.com/plot) and, where there is no DOM, with
 * linkedom's document. Both are optional peers, loaded when the first picture is drawn:
 * `npm install @observablehq/plot linkedom` (a browser needs the first only).
 */
import type { Tensor } from "../index.js";
import { toCurves } from "./curves.js";
import { draw } from "./draw.js";
import { loadDocument, loadPlot } from "./peers.js";
import { Picture, type FileURL } from "./picture.js";
import { checkOptions } from "../options.js";

export { Picture, type FileURL };

/** The numbers of one axis: a 1-d tensor of any dtype, a typed array, or an array of numbers. */
export type Series = Tensor | ArrayLike<number>;

/**
 * A function that can be drawn. It is called once with a 1-d float64 tensor that holds the whole
 * domain; if that throws, or gives another shape, it is called number by number instead.
 */
// `any`: so that both (x: Tensor) => … and (x: number) => … fit, and `(x) => …` needs no type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type PlotFunction = (x: any) => unknown;

/** Points to be joined by a line, in their order. A point that is not finite leaves a gap. */
export interface Points {
  /** Where the points are along the horizontal axis. */
  x: Series;
  /** Their heights: as many as `x` has. */
  y: Series;
  /** What the legend calls the curve. */
  label?: string;
}

/** All that {@link plot} can draw. */
export type Plottable =
  | PlotFunction
  | Points
  | readonly (PlotFunction | Points)[]
  | { readonly [label: string]: PlotFunction };

/** Options of {@link plot}; every one may be left out. */
export interface PlotOptions {
  /** Interval over which functions are drawn; `[-5, 5]` by default. */
  domain?: readonly [number, number];
  /** Interval of the vertical axis; by default all finite values fit in. The rest is clipped. */
  range?: readonly [number, number];
  /** How many points of the domain are computed; 401 by default. */
  points?: number;
  /**
   * Also draw derivatives of each function: `4` draws the function and its derivatives of order 1
   * to 4; `[1, 3]` draws just these orders (0 is the function itself).
   */
  derivatives?: number | readonly number[];
  /** Heading of the picture. */
  title?: string;
  /** Label of the horizontal axis; `"x"` by default, `""` for none. */
  xLabel?: string;
  /** Label of the vertical axis; by default the name of the only curve, or `"y"`. */
  yLabel?: string;
  /** Width of the picture in pixels; 640 by default. */
  width?: number;
  /** Height of the picture in pixels, title and legend included; 400 by default. */
  height?: number;
  /** Node: also write the picture to this file, making its folders where they are missing. */
  file?: string | FileURL;
  /** The DOM document to draw with; by default the page's own, or one of linkedom's in Node. */
  document?: object;
}

/**
 * Draws functions, their derivatives, or points, and resolves to a {@link Picture}. (It is
 * asynchronous because the drawing library is loaded on the first call.)
 *
 * @example A function and its first four derivatives, into a file:
 * ```ts
 * import { tanh } from "tapegrad";
 * import { plot } from "tapegrad/plot";
 *
 * await plot(tanh, { domain: [-4, 4], derivatives: 4, title: "tanh", file: "build/tanh.svg" });
 * ```
 *
 * @example Several functions, with names; the picture as a string:
 * ```ts
 * import { cos, sin } from "tapegrad";
 * import { plot } from "tapegrad/plot";
 *
 * const picture = await plot({ sine: sin, cosine: cos }, { domain: [0, 2 * Math.PI] });
 * console.log(picture.svg.length > 1000); // true
 * ```
 *
 * @example Points; in a browser, append picture.toDOM() to the page:
 * ```ts
 * import { plot } from "tapegrad/plot";
 *
 * const picture = await plot({ x: [0, 1, 2, 3], y: [1.1, 0.6, 0.4, 0.3] }, { yLabel: "loss" });
 * picture.toDOM();
 * ```
 */
export async function plot(what: Plottable, options: PlotOptions = {}): Promise<Picture> {
  checkOptions(
    options,
    "plot",
    "domain range points derivatives title xLabel yLabel width height file document",
  );
  const curves = toCurves(what, options);
  const library = await loadPlot();
  const document = options.document ?? (await loadDocument());
  const picture = new Picture(draw(library, document, curves, options), curves);
  if (options.file !== undefined) await picture.save(options.file);
  return picture;
}
