// More elements around x.
import {
  add,
  concatenate,
  floor,
  max,
  mean,
  min,
  multiply,
  round,
  subtract,
} from "../../build/generated/ops.js";
import { embedded } from "../along.js";
import { toAxis } from "../axes.js";
import { toCount } from "../arguments.js";
import { describe, fromData, toTensor, type TensorLike } from "../convert.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { mirrored, type MirrorMode } from "./mirroring.js";
import { median } from "./quantile.js";
import { checkOptions } from "../options.js";

/** What stands around: see {@link pad}. */
export type PadMode =
  MirrorMode | "constant" | "linear_ramp" | "maximum" | "mean" | "median" | "minimum" | "empty";

/** One number for all sides, [before, after] for all axes, or a pair for each axis. */
export type PadPairs = number | readonly number[] | readonly (readonly number[])[];

/** Widths for all axes, or those of some axes by their number. */
export type PadWidth = PadPairs | Readonly<Record<number, number | readonly number[]>>;

/** Options of {@link pad}. */
export interface PadOptions {
  /** What stands around, if it is not given as an argument. Default "constant". */
  mode?: PadMode;
  /** Values of mode "constant": one, [before, after], or a pair for each axis. Default 0. */
  constantValues?: PadPairs | Tensor;
  /** Where "linear_ramp" ends: one value, [before, after], or a pair for each axis. Default 0. */
  endValues?: PadPairs | Tensor;
  /** From how many elements at the edge statistics are: given as widths are. Default: all. */
  statLength?: PadPairs | null;
  /** "odd" mirrors values at the edge as well ("reflect" and "symmetric"). Default "even". */
  reflectType?: "even" | "odd";
}

type Pair = readonly [number, number];

/** A pair for each axis. */
function pairs(x: PadPairs, rank: number, what: string): Pair[] {
  const pair = (p: unknown): Pair => {
    const list = typeof p === "number" ? [p] : p;
    if (!Array.isArray(list) || list.length < 1 || list.length > 2) {
      throw new TypeError(`pad: ${what} has ${describe(p)}, not a number or a pair`);
    }
    const [first, second] = list as number[];
    return [first!, second ?? first!];
  };
  const nested = Array.isArray(x) && x.some((p) => Array.isArray(p));
  if (!nested) return new Array<Pair>(rank).fill(pair(x));
  const list = x as readonly (readonly number[])[];
  if (list.length === 1) return new Array<Pair>(rank).fill(pair(list[0]));
  if (list.length !== rank) {
    throw new RangeError(`pad: ${what} has ${list.length} pairs for ${rank} axes`);
  }
  return list.map(pair);
}

function widthsOf(given: PadWidth, rank: number): Pair[] {
  let widths: Pair[];
  if (typeof given === "object" && given !== null && !Array.isArray(given) && !isHandle(given)) {
    widths = new Array<Pair>(rank).fill([0, 0]);
    for (const [axis, width] of Object.entries(given)) {
      widths[toAxis(Number(axis), rank, "pad")] = pairs(width, 1, "padWidth")[0]!;
    }
  } else {
    // A 0-d x has no axes, but may not be given nonsense.
    const all = pairs(given as PadPairs, Math.max(rank, 1), "padWidth");
    checkWhole(all.flat(), "is not a width", 0);
    return all.slice(0, rank);
  }
  checkWhole(widths.flat(), "is not a width", 0);
  return widths;
}

function checkWhole(list: readonly unknown[], what: string, least: number): void {
  for (const width of list) {
    if (typeof width === "number" && Number.isInteger(width) && width >= least) continue;
    throw new RangeError(`pad: ${describe(width)} ${what}`);
  }
}

const MIRRORS = ["edge", "reflect", "symmetric", "wrap"];
const STATISTICS = { maximum: max, minimum: min, mean, median };
const MODES = ["constant", "linear_ramp", "empty", ...MIRRORS, ...Object.keys(STATISTICS)];

/** What stands before (side 0) or behind y along an axis: `width` elements. */
type Side = (y: Tensor, axis: number, width: number, side: 0 | 1) => Tensor;

function part(y: Tensor, axis: number, start: number | null, stop: number | null): Tensor {
  return y.slice([...y.shape.slice(0, axis).map(() => null), [start, stop]]);
}

function resized(y: Tensor, axis: number, width: number): number[] {
  return y.shape.map((d, i) => (i === axis ? width : d));
}

/** Values of an option for each side of each axis. */
function valuesOf(given: PadPairs | Tensor, rank: number, what: string) {
  const list = isHandle(given) ? undefined : pairs(given, rank, what);
  return (axis: number, side: 0 | 1): Tensor =>
    isHandle(given) ? given : toTensor(list![axis]![side], "pad");
}

function constants(options: PadOptions, rank: number): Side {
  const value = valuesOf(options.constantValues ?? 0, rank, "constantValues");
  return (y, axis, width, side) =>
    value(axis, side)
      .astype(y.dtype)
      .broadcastTo(resized(y, axis, width));
}

/** The number that stands everywhere around x, if it is one. */
function numberAround(mode: PadMode, options: PadOptions, widths: readonly Pair[]): number | null {
  if (mode === "empty") return 0;
  const given = options.constantValues ?? 0;
  if (mode !== "constant" || isHandle(given)) return null;
  const list = pairs(given, widths.length, "constantValues").filter((_, i) =>
    widths[i]!.some(Boolean),
  );
  const first = list[0]?.[0] ?? 0;
  const same = list.flat().every((value) => Object.is(value, first));
  return same && typeof first === "number" ? first : null;
}

/** x in the middle of so many elements that are one number. */
function surrounded(x: Tensor, widths: readonly Pair[], value: number): Tensor {
  if (widths.every(([before, after]) => before + after === 0)) return x;
  const sizes = widths.map(([before, after], axis) =>
    toCount(before + x.shape[axis]! + after, "the size of an axis", "pad"),
  );
  const starts = widths.map(([before]) => before);
  const steps = widths.map(() => 1);
  return embedded(x, starts, steps, sizes, value, "pad");
}

function ramps(options: PadOptions, rank: number): Side {
  const value = valuesOf(options.endValues ?? 0, rank, "endValues");
  return (y, axis, width, side) => {
    const edge = side === 0 ? part(y, axis, 0, 1) : part(y, axis, -1, null);
    const shares = Float64Array.from(
      { length: width },
      (_, i) => (side === 0 ? i : width - 1 - i) / width,
    );
    const float = y.dtype.startsWith("float");
    const share = fromData(shares, undefined, "pad")
      .astype(float ? y.dtype : "float64")
      .reshape(y.shape.map((_, i) => (i === axis ? width : 1)));
    const end = value(axis, side).astype(share.dtype);
    const ramp = add(end, multiply(subtract(edge.astype(share.dtype), end), share));
    return (float ? ramp : floor(ramp)).astype(y.dtype);
  };
}

function statistics(mode: keyof typeof STATISTICS, options: PadOptions, rank: number): Side {
  const given = options.statLength ?? null;
  const lengths = given === null ? undefined : pairs(given, rank, "statLength");
  if (lengths !== undefined) checkWhole(lengths.flat(), "is not a statLength", 1);
  return (y, axis, width, side) => {
    const n = y.shape[axis]!;
    if (n === 0) throw new RangeError(`pad: axis ${axis} has no elements for mode "${mode}"`);
    const length = Math.min(lengths?.[axis]![side] ?? n, n);
    const seen = side === 0 ? part(y, axis, 0, length) : part(y, axis, n - length, null);
    const value = STATISTICS[mode](seen, axis, { keepdims: true });
    const whole = y.dtype === value.dtype ? value : round(value).astype(y.dtype);
    return whole.broadcastTo(resized(y, axis, width));
  };
}

/** What stands on each side, unless it is x itself. */
function sideOf(mode: PadMode, options: PadOptions, rank: number): Side | null {
  if (mode === "constant") return constants(options, rank);
  if (mode === "linear_ramp") return ramps(options, rank);
  if (MIRRORS.includes(mode)) return null;
  return statistics(mode as keyof typeof STATISTICS, options, rank);
}

/**
 * x with so many elements more before and after each axis: constants; a ramp from its edge to an end
 * value ("linear_ramp"); its edge; itself mirrored at the edge ("reflect") or just outside of it
 * ("symmetric"); itself repeated ("wrap"); the largest or smallest element, mean or median of each line
 * ("maximum", "minimum", "mean", "median"); or zeros that nobody relies on ("empty").
 *
 * @param how - the mode, or options
 * @example
 * ```ts
 * pad([1, 2, 3], [1, 2], "reflect").toArray(); // [2, 1, 2, 3, 2, 1]
 * ```
 * @throws if widths are negative or do not suit the axes, if there is no such mode, or if an axis
 * without elements should give some
 */
export function pad(
  x: TensorLike,
  padWidth: PadWidth,
  how: PadMode | PadOptions = "constant",
  more: PadOptions = {},
): Tensor {
  const options = typeof how === "string" ? more : how;
  checkOptions(options, "pad", "mode constantValues endValues statLength reflectType");
  const mode = typeof how === "string" ? how : (how.mode ?? "constant");
  const { reflectType = "even" } = options;
  if (!MODES.includes(mode)) {
    throw new RangeError(`pad: no mode ${JSON.stringify(mode)} (there are ${MODES.join(", ")})`);
  }
  if (reflectType !== "even" && reflectType !== "odd") {
    throw new RangeError(`pad: reflectType is ${describe(reflectType)}, not "even" or "odd"`);
  }
  let y = toTensor(x, "pad");
  const rank = y.ndim;
  const widths = widthsOf(padWidth, rank);
  const odd = reflectType === "odd";
  if (odd && mode !== "reflect" && mode !== "symmetric") {
    throw new RangeError(`pad: reflectType is for modes reflect and symmetric, not ${mode}`);
  }
  const around = numberAround(mode, options, widths);
  if (around !== null) return surrounded(y, widths, around);
  const side = sideOf(mode, options, rank);
  widths.forEach(([before, after], axis) => {
    if (before + after === 0) return;
    toCount(before + y.shape[axis]! + after, "the size of an axis", "pad");
    if (side === null) {
      y = mirrored(y, axis, before, after, mode as MirrorMode, odd);
      return;
    }
    const [first, last] = [side(y, axis, before, 0), side(y, axis, after, 1)];
    y = concatenate([first, y, last], axis);
  });
  return y;
}
