// Images read at any places: sums over the elements around each place, and places of affine maps.
import {
  abs,
  add,
  clip,
  floor,
  greaterEqual,
  lessEqual,
  logicalAnd,
  matmul,
  multiply,
  remainder,
  round,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { gather } from "../along.js";
import { describe, fromData, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { toFloat, toFloats } from "./options.js";
import { checkOptions } from "../options.js";

/** What −1 and 1 mean. */
export interface GridOptions {
  /** The centres of the outermost elements, else their outer edges. Default false. */
  alignCorners?: boolean;
}

/** Options of gridSample. */
export interface GridSampleOptions extends GridOptions {
  /** How elements around a place are weighted. Default "bilinear" (of volumes: trilinear). */
  mode?: "bilinear" | "nearest" | "bicubic";
  /** What lies outside: zeros, the nearest element, or the image mirrored. Default "zeros". */
  paddingMode?: "zeros" | "border" | "reflection";
}

/** A weight of an element along one axis, its place, and whether it is there. */
interface Tap {
  weight: Tensor | undefined;
  at: Tensor;
  inside: Tensor | undefined;
}

/** x between two numbers, which have derivative 0 themselves. */
function limited(x: Tensor, high: number): Tensor {
  return where(lessEqual(x, 0), 0, where(greaterEqual(x, high), high, x));
}

/** Places mirrored at low and high until they lie between. */
function mirrored(x: Tensor, low: number, high: number): Tensor {
  const span = high - low;
  if (span === 0) return multiply(x, 0);
  const far = abs(subtract(x, low));
  const turns = floor(multiply(far, 1 / span));
  const rest = subtract(far, multiply(turns, span));
  return add(where(remainder(turns, 2), subtract(span, rest), rest), low);
}

/** Places that padding moves into the image. */
function moved(x: Tensor, size: number, aligned: boolean, padding: string): Tensor {
  if (padding === "zeros") return x;
  if (padding === "border") return limited(x, size - 1);
  const inner = aligned ? mirrored(x, 0, size - 1) : mirrored(x, -0.5, size - 0.5);
  return limited(inner, size - 1);
}

/** An element at whole places. */
function tap(
  place: Tensor,
  weight: Tensor | undefined,
  size: number,
  aligned: boolean,
  padding: string,
): Tap {
  const at = moved(place, size, aligned, padding);
  const inside =
    padding === "zeros" ? logicalAnd(greaterEqual(at, 0), lessEqual(at, size - 1)) : undefined;
  return { weight, at: clip(at, 0, size - 1), inside };
}

/** Cubic convolution (Keys, 1981) with slope −3/4: the weights of four neighbours. */
function cubic(t: Tensor): Tensor[] {
  const a = -0.75;
  const near = (x: Tensor): Tensor =>
    add(multiply(multiply(subtract(multiply(x, a + 2), a + 3), x), x), 1);
  const far = (x: Tensor): Tensor =>
    subtract(multiply(add(multiply(subtract(multiply(x, a), 5 * a), x), 8 * a), x), 4 * a);
  const back = subtract(1, t);
  return [far(add(t, 1)), near(t), near(back), far(add(back, 1))];
}

/** The elements around places in units of the grid, along one axis. */
function taps(g: Tensor, size: number, mode: string, aligned: boolean, padding: string): Tap[] {
  const shifted = add(g, 1);
  const x = aligned
    ? multiply(shifted, (size - 1) / 2)
    : multiply(subtract(multiply(shifted, size), 1), 0.5);
  if (mode === "bicubic") {
    const from = floor(x);
    return cubic(subtract(x, from)).map((weight, k) =>
      tap(add(from, k - 1), weight, size, aligned, padding),
    );
  }
  const place = moved(x, size, aligned, padding);
  if (mode === "nearest") return [tap(round(place), undefined, size, aligned, padding)];
  const from = floor(place);
  const part = subtract(place, from);
  return [
    tap(from, subtract(1, part), size, aligned, padding),
    tap(add(from, 1), part, size, aligned, padding === "zeros" ? padding : "border"),
  ];
}

/**
 * Images x [N, C, H, W] read at the places of a grid [N, H′, W′, 2]: pairs (x, y), where −1 and 1 are
 * the left and right, top and bottom edges; [N, C, H′, W′]. Volumes [N, C, D, H, W] want triples
 * (x, y, z).
 *
 * @example
 * ```ts
 * gridSample([[[[1, 3]]]], [[[[0, 0]]]]).toArray(); // [[[[2]]]]
 * ```
 * @throws if shapes do not suit each other, or there is no such mode
 */
export function gridSample(
  x: TensorLike,
  grid: TensorLike,
  options: GridSampleOptions = {},
): Tensor {
  const who = "gridSample";
  checkOptions(options, who, "mode paddingMode alignCorners");
  const { mode = "bilinear", paddingMode = "zeros", alignCorners = false } = options;
  if (mode !== "bilinear" && mode !== "nearest" && mode !== "bicubic") {
    throw new RangeError(
      `${who}: mode is ${describe(mode)}, not "bilinear", "nearest" or "bicubic"`,
    );
  }
  if (paddingMode !== "zeros" && paddingMode !== "border" && paddingMode !== "reflection") {
    throw new RangeError(
      `${who}: paddingMode is ${describe(paddingMode)}, not "zeros", "border" or "reflection"`,
    );
  }
  const [images, places] = toFloats(who, x, grid);
  const axes = images.ndim - 2;
  const { shape } = places;
  if (
    (axes !== 2 && axes !== 3) ||
    shape.length !== axes + 2 ||
    shape[0] !== images.shape[0] ||
    shape.at(-1) !== axes
  ) {
    throw new RangeError(
      `${who}: x ${shapeText(images.shape)} and grid ${shapeText(shape)} do not fit: they are ` +
        "[N, C, H, W] and [N, H′, W′, 2], or [N, C, D, H, W] and [N, D′, H′, W′, 3]",
    );
  }
  if (axes === 3 && mode === "bicubic")
    throw new RangeError(`${who}: "bicubic" is for images only`);
  const [n, channels, ...size] = images.shape as [number, number, ...number[]];
  if (size.includes(0)) {
    throw new RangeError(
      `${who}: there is nothing to read in x of shape ${shapeText(images.shape)}`,
    );
  }
  const out = shape.slice(1, -1);
  const points = out.reduce((a, b) => a * b, 1);
  const flat = images.reshape([n, channels, size.reduce((a, b) => a * b, 1)]);
  const coordinates = places.reshape([n, points, axes]);
  // The last axis of the image comes first in the grid.
  const lists = size.map((d, i) => {
    const one = coordinates.slice([null, null, axes - 1 - i]);
    return taps(one, d, mode, alignCorners, paddingMode);
  });
  let y: Tensor | undefined;
  for (const chosen of lists.reduce<Tap[][]>(
    (all, list) => all.flatMap((before) => list.map((own) => [...before, own])),
    [[]],
  )) {
    const part = read(flat, chosen, size, who);
    y = y === undefined ? part : add(y, part);
  }
  return y!.reshape([n, channels, ...out]);
}

/** Elements [N, C, points] where one tap of each axis lies, times the weights. */
function read(flat: Tensor, chosen: readonly Tap[], size: readonly number[], who: string): Tensor {
  const index = chosen.reduce<Tensor | undefined>((at, own, i) => {
    const whole = own.at.astype("int32");
    return at === undefined ? whole : add(multiply(at, size[i]!), whole);
  }, undefined)!;
  const values = gather(flat, index.expandDims(1), 0, who);
  const weights = chosen.flatMap(({ weight }) => (weight === undefined ? [] : [weight]));
  const inside = chosen.flatMap((own) => (own.inside === undefined ? [] : [own.inside]));
  const weighted = weights.length === 0 ? values : multiply(values, product(weights).expandDims(1));
  if (inside.length === 0) return weighted;
  return where(inside.reduce((a, b) => logicalAnd(a, b)).expandDims(1), weighted, 0);
}

function product(list: readonly Tensor[]): Tensor {
  return list.reduce((a, b) => multiply(a, b));
}

/** The places of n elements between −1 and 1. */
function spaced(n: number, aligned: boolean): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    if (n === 1) return 0;
    const x = (2 * i) / (n - 1) - 1;
    return aligned ? x : (x * (n - 1)) / n;
  });
}

/**
 * The grid that `gridSample` wants for affine maps theta [N, 2, 3] of images of this size [N, C, H, W]:
 * [N, H, W, 2]. Maps of volumes [N, 3, 4] give [N, D, H, W, 3].
 *
 * @example
 * ```ts
 * affineGrid([[[1, 0, 0], [0, 1, 0]]], [1, 1, 1, 2]).toArray(); // [[[[-0.5, 0], [0.5, 0]]]]
 * ```
 * @throws if shape and size do not suit each other
 */
export function affineGrid(
  theta: TensorLike,
  size: readonly number[],
  options: GridOptions = {},
): Tensor {
  const who = "affineGrid";
  checkOptions(options, who, "alignCorners");
  const maps = toFloat(theta, who);
  const axes = Array.isArray(size) ? size.length - 2 : 0;
  if (
    (axes !== 2 && axes !== 3) ||
    shapeText(maps.shape) !== shapeText([size[0]!, axes, axes + 1]) ||
    !size.every((d) => Number.isInteger(d) && d >= 0)
  ) {
    throw new RangeError(
      `${who}: theta ${shapeText(maps.shape)} and size ${Array.isArray(size) ? shapeText(size as number[]) : describe(size)} do not fit: they are ` +
        "[N, 2, 3] and [N, C, H, W], or [N, 3, 4] and [N, C, D, H, W]",
    );
  }
  const sizes = size.slice(2);
  const points = sizes.reduce((a, b) => a * b, 1);
  const base = new Float64Array(points * (axes + 1)).fill(1);
  const along = sizes.map((d) => spaced(d, options.alignCorners ?? false));
  for (let point = 0; point < points; point++) {
    let rest = point;
    for (let i = axes - 1; i >= 0; i--) {
      base[point * (axes + 1) + (axes - 1 - i)] = along[i]![rest % sizes[i]!]!;
      rest = Math.floor(rest / sizes[i]!);
    }
  }
  const places = fromData(base, undefined, who)
    .reshape([points, axes + 1])
    .astype(maps.dtype);
  return matmul(places, maps.swapaxes(-1, -2)).reshape([size[0]!, ...sizes, axes]);
}
