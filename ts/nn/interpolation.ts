// Images of other sizes, one axis after the other: each element is a weighted sum of few elements.
import { add, matmul, multiply, take } from "../../build/generated/ops.js";
import { MOST_ELEMENTS } from "../arguments.js";
import { describe, fromData, toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./adaptive.js";
import { toPair, type Pair } from "./geometry.js";
import { toFloat } from "./options.js";
import { checkOptions } from "../options.js";

/** How new elements come about: see {@link interpolate}. */
export type InterpolateMode =
  "nearest" | "nearest-exact" | "linear" | "bilinear" | "trilinear" | "bicubic" | "area";

/** Options of interpolate. */
export interface InterpolateOptions {
  /** The new size: one for all axes, or one for each. */
  size?: Pair;
  /** Factors of the sizes, instead of a size. */
  scaleFactor?: number | readonly number[];
  /** Default "nearest". */
  mode?: InterpolateMode;
  /** The centres of the outermost elements, not their edges, stay where they are. Default false. */
  alignCorners?: boolean;
  /** Places follow from the rounded size, not from scaleFactor itself. Default false. */
  recomputeScaleFactor?: boolean;
  /** Where images shrink, elements are means over what they stand for. Default false. */
  antialias?: boolean;
}

/** Axes that a mode is for; modes that are not here are for any number. */
const AXES: Record<string, number> = { linear: 1, bilinear: 2, trilinear: 3, bicubic: 2 };
const MODES = ["nearest", "nearest-exact", "area", ...Object.keys(AXES)];

/** One axis: its old and new size, and how much of the old one is one element of the new one. */
interface Axis {
  size: number;
  out: number;
  step: number;
  aligned: boolean;
}

/** Where the centre of new element i lies between the old ones. */
function centre(i: number, { step, aligned }: Axis): number {
  return aligned ? i * step : (i + 0.5) * step - 0.5;
}

/** The weights of four neighbours, by cubic convolution (Keys, 1981) with slope a. */
function cubic(t: number, a: number): number[] {
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/** For each new element the places of old ones, and their weights; lists of equal lengths. */
function neighbours(axis: Axis, smooth: "linear" | "cubic"): { at: number[]; weight: number[] }[] {
  const last = axis.size - 1;
  return Array.from({ length: axis.out }, (_, i) => {
    if (smooth === "linear") {
      const x = Math.max(centre(i, axis), 0);
      const from = Math.min(Math.floor(x), last);
      const t = from === last ? 0 : x - from;
      return { at: [from, Math.min(from + 1, last)], weight: [1 - t, t] };
    }
    const x = centre(i, axis);
    const from = Math.floor(x);
    const at = [-1, 0, 1, 2].map((k) => Math.min(Math.max(from + k, 0), last));
    return { at, weight: cubic(x - from, -0.75) };
  });
}

/** Weights of all old elements for each new one, with windows that grow as the image shrinks. */
function smoothed({ size, out, step }: Axis, kind: "linear" | "cubic"): Float64Array {
  const wide = Math.max(step, 1);
  const reach = (kind === "linear" ? 1 : 2) * wide;
  const weight = (x: number): number => {
    const d = Math.abs(x);
    if (kind === "linear") return Math.max(1 - d, 0);
    // Both halves of the cubic, whose slope is that of other image libraries here.
    return d < 1 ? cubic(d, -0.5)[1]! : d < 2 ? cubic(d - 1, -0.5)[0]! : 0;
  };
  const matrix = new Float64Array(out * size);
  for (let i = 0; i < out; i++) {
    const middle = step * (i + 0.5);
    const from = Math.max(Math.floor(middle - reach + 0.5), 0);
    const to = Math.min(Math.floor(middle + reach + 0.5), size);
    let total = 0;
    for (let j = from; j < to; j++) {
      const w = weight((j - middle + 0.5) / wide);
      matrix[i * size + j] = w;
      total += w;
    }
    for (let j = from; j < to; j++) matrix[i * size + j]! /= total;
  }
  return matrix;
}

function chosen(x: Tensor, at: number, index: readonly number[]): Tensor {
  return take(x, fromData(Int32Array.from(index), undefined, "interpolate"), at);
}

/** x with axis `at` of another size. */
function resized(x: Tensor, at: number, axis: Axis, mode: string, antialias: boolean): Tensor {
  const { size, out, step } = axis;
  if (mode.startsWith("nearest")) {
    const shift = mode === "nearest" ? 0 : 0.5;
    const index = Array.from({ length: out }, (_, i) =>
      Math.min(Math.floor((i + shift) * step), size - 1),
    );
    return chosen(x, at, index);
  }
  const kind = mode === "bicubic" ? "cubic" : "linear";
  const constant = (list: Float64Array, shape: number[]): Tensor =>
    fromData(list, undefined, "interpolate").reshape(shape).astype(x.dtype);
  if (antialias) {
    const matrix = constant(smoothed(axis, kind), [out, size]);
    return matmul(x.swapaxes(at, -1), matrix.transpose()).swapaxes(at, -1);
  }
  const list = neighbours(axis, kind);
  const behind = new Array<number>(x.ndim - 1 - at).fill(1);
  let y: Tensor | undefined;
  for (let k = 0; k < (kind === "cubic" ? 4 : 2); k++) {
    const weights = Float64Array.from(list, ({ weight }) => weight[k]!);
    if (weights.every((w) => w === 0)) continue;
    const part = multiply(
      chosen(
        x,
        at,
        list.map((one) => one.at[k]!),
      ),
      constant(weights, [out, ...behind]),
    );
    y = y === undefined ? part : add(y, part);
  }
  return y ?? chosen(x, at, []);
}

function toFactors(
  scaleFactor: number | readonly number[],
  axes: number,
  who: string,
): readonly number[] {
  const list =
    typeof scaleFactor === "number" ? new Array<number>(axes).fill(scaleFactor) : scaleFactor;
  if (!Array.isArray(list) || list.length !== axes || !list.every((f) => f > 0 && f < Infinity)) {
    throw new RangeError(
      `${who}: scaleFactor is ${Array.isArray(list) ? shapeText(list as number[]) : describe(list)}, not ${axes} numbers above 0`,
    );
  }
  return list as readonly number[];
}

/**
 * x [N, C, L], [N, C, H, W] or [N, C, D, H, W] with other sizes: elements of the nearest place
 * ("nearest", rounded down as in older libraries, or "nearest-exact"), between neighbours ("linear",
 * "bilinear", "trilinear" by the number of axes, or "bicubic"), or means ("area"). Places are those of
 * torch.
 *
 * @example
 * ```ts
 * interpolate([[[1, 3]]], { size: 3, mode: "linear", alignCorners: true }).toArray(); // [[[1, 2, 3]]]
 * ```
 * @throws if there are both or neither of size and scaleFactor, if a mode does not suit the axes, or
 * alignCorners or antialias the mode
 */
export function interpolate(x: TensorLike, options: InterpolateOptions): Tensor {
  const who = "interpolate";
  checkOptions(options, who, "size scaleFactor mode alignCorners recomputeScaleFactor antialias");
  const mode = options?.mode ?? "nearest";
  if (!MODES.includes(mode)) {
    throw new RangeError(`${who}: no mode ${describe(mode)} (there are ${MODES.join(", ")})`);
  }
  const near = mode.startsWith("nearest");
  const t = near ? toTensor(x, who) : toFloat(x, who);
  const { shape } = t;
  const axes = shape.length - 2;
  if (axes < 1 || axes > 3 || (AXES[mode] !== undefined && AXES[mode] !== axes)) {
    const want = AXES[mode] === undefined ? "3 to 5" : String(AXES[mode] + 2);
    throw new RangeError(
      `${who}: x has shape ${shapeText(shape)}; mode "${mode}" wants ${want} axes`,
    );
  }
  const { size, scaleFactor, alignCorners = false, antialias = false } = options ?? {};
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new RangeError(`${who}: needs either size or scaleFactor`);
  }
  if (alignCorners && (near || mode === "area")) {
    throw new RangeError(`${who}: alignCorners has no meaning in mode "${mode}"`);
  }
  if (antialias && mode !== "bilinear" && mode !== "bicubic") {
    throw new RangeError(`${who}: antialias is for "bilinear" and "bicubic", not "${mode}"`);
  }
  if (antialias && alignCorners) {
    throw new RangeError(`${who}: antialias and alignCorners exclude each other`);
  }
  const own = shape.slice(2);
  const factors = scaleFactor === undefined ? undefined : toFactors(scaleFactor, axes, who);
  const out =
    factors === undefined
      ? toPair(size!, axes, 1, "size", who)
      : own.map((d, i) => Math.floor(d * factors[i]!));
  if (own.includes(0) || out.includes(0)) {
    throw new RangeError(
      `${who}: sizes are above 0; these are [${own.join(",")}] and [${out.join(",")}]`,
    );
  }
  const larger = [...shape.slice(0, 2), ...out];
  if (larger.reduce((n, d) => n * d, 1) > MOST_ELEMENTS) {
    throw new RangeError(`${who}: a result of shape ${shapeText(larger)} has too many elements`);
  }
  if (mode === "area") {
    return [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d][axes - 1]!(t, out);
  }
  let y = t;
  out.forEach((n, i) => {
    const d = own[i]!;
    const plain =
      factors === undefined || options.recomputeScaleFactor === true ? d / n : 1 / factors[i]!;
    const step = alignCorners ? (n > 1 ? (d - 1) / (n - 1) : 0) : plain;
    if (n === d && step === 1) return;
    y = resized(y, i + 2, { size: d, out: n, step, aligned: alignCorners }, mode, antialias);
  });
  return y;
}
