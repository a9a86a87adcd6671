// How rows that work along one axis are called, and those that take elements by index.
import { DType } from "../assembly/shared/dtype.js";
import type { Tensor } from "./tensor.js";
import { toAxis } from "./axes.js";
import { describe, fromData, toTensor, type TensorLike } from "./convert.js";
import type { Dtype } from "./dtype.js";
import { CLIP, REMAINDER, SUBTRACT } from "../build/generated/codes.js";
import { binary, inDtype, ternary } from "./families.js";
import { isHandle, slot, slotsOf, tensorOf } from "./handle.js";
import * as wasm from "./wasm.js";
import { checkOptions, isOptions, trailing } from "./options.js";

/** Options of rows along one axis. */
export interface AlongOptions {
  /** Keep the axis with size 1 (argmax, argmin). Default false. */
  keepdims?: boolean;
  /** The dtype in which is computed, and that of the result (cumsum, cumprod). */
  dtype?: Dtype;
  /** The largest first; of equal elements the first one still comes first (argsort). Default false. */
  descending?: boolean;
  /** Equal elements keep their order (argsort): they always do. */
  stable?: boolean;
}

/** x along one axis; without one, flattened (argsort: along the last one). */
export function along(
  op: number,
  x: TensorLike,
  axis: number | AlongOptions | null | undefined,
  options: AlongOptions | undefined,
): Tensor {
  if (isOptions(axis) && options === undefined) return along(op, x, ...trailing(axis, options));
  const who = wasm.opName(op);
  const best = who.startsWith("argm");
  if (options !== undefined) {
    checkOptions(
      options,
      who,
      best ? "keepdims" : who === "argsort" ? "descending stable" : "dtype",
    );
  }
  const place = axis === undefined && who === "argsort" ? -1 : axis;
  const flat = place === undefined || place === null;
  const t = inDtype(x, options?.dtype, who);
  const from = flat ? t.reshape([-1]) : t;
  const at = flat ? 0 : toAxis(place as number, from.ndim, who);
  const run = (z: Tensor): Tensor => tensorOf(() => wasm.core().along(op, slot(z), at), who);
  if (options?.descending === true) {
    // Mirrored before and after, so that equal elements keep their order.
    const all = from.shape.slice(0, at).map(() => null);
    const mirrored = (z: Tensor): Tensor => z.slice([...all, [null, null, -1]]);
    return mirrored(binary(SUBTRACT, from.shape[at]! - 1, run(mirrored(from))));
  }
  const y = run(from);
  if (options?.keepdims !== true || !best) return y;
  return y.expandDims(flat ? t.shape.map((_, i) => i) : at);
}

/** Integers as an int32 tensor. */
export function toIndex(x: TensorLike, who: string): Tensor {
  if (!isHandle(x)) {
    let first: unknown = x;
    while (Array.isArray(first)) first = first[0];
    if (typeof first === "boolean") throw new TypeError(`${who}: indices are integers, not bools`);
    return fromData(x, DType.Int32, who);
  }
  if (x.dtype === "int32") return x;
  throw new TypeError(`${who}: indices are integers, not ${x.dtype}; use astype("int32")`);
}

/** 0, step, 2·step, … as int32: n numbers. */
export function places(n: number, step = 1): Tensor {
  return tensorOf(() => wasm.core().tensorRange(DType.Int32, n, 0, step, 0, false));
}

/** Rows of x by a vector (or, with outer axes of x, vectors) of indices; a row has `inner` axes. */
export function gather(x: Tensor, index: Tensor, inner: number, who: string): Tensor {
  return tensorOf(() => {
    const [a, b] = slotsOf([x, index], who) as [number, number];
    return wasm.core().gather(a, b, inner);
  }, who);
}

/** x in a tensor of these sizes filled with a value: from `starts` on by `steps`, along each axis. */
export function embedded(
  x: Tensor,
  starts: readonly number[],
  steps: readonly number[],
  sizes: readonly number[],
  value: number,
  who: string,
): Tensor {
  return tensorOf(() => {
    const at = slot(x);
    wasm.writeList([...starts, ...steps, ...sizes]);
    return wasm.core().embed(at, value);
  }, who);
}

/** n rows, in which the rows of x are added up where the index says. */
export function scatter(x: Tensor, index: Tensor, n: number, inner: number, who: string): Tensor {
  return tensorOf(() => {
    const [a, b] = slotsOf([x, index], who) as [number, number];
    return wasm.core().scatterAdd(a, b, n, inner);
  }, who);
}

/** Options of `take` and its like. */
export interface TakeOptions {
  /**
   * What an index out of bounds means: an error, the nearest element ("clip", where negative ones are
   * the first), or one that is counted on around ("wrap"). Default "raise".
   */
  mode?: "raise" | "clip" | "wrap";
}

/** Indices into n elements, none of them out of bounds. */
export function bounded(
  index: Tensor,
  n: number,
  options: TakeOptions | undefined,
  who: string,
): Tensor {
  if (options !== undefined) checkOptions(options, who, "mode");
  const mode = options?.mode ?? "raise";
  if (mode === "raise") return index;
  if (mode !== "clip" && mode !== "wrap") {
    throw new RangeError(`${who}: mode is ${describe(mode)}, not "raise", "clip" or "wrap"`);
  }
  if (n === 0 && index.size > 0) throw new RangeError(`${who}: nothing to take from an empty axis`);
  return mode === "wrap" ? binary(REMAINDER, index, n) : ternary(CLIP, index, 0, n - 1, false);
}

/** take and takeAlongAxis. */
export function taken(
  op: number,
  x: TensorLike,
  indices: TensorLike,
  axis: number | TakeOptions | null | undefined,
  options?: TakeOptions,
): Tensor {
  if (isOptions(axis) && options === undefined)
    return taken(op, x, indices, ...trailing(axis, options));
  const who = wasm.opName(op);
  const each = who === "takeAlongAxis";
  const flat = axis === undefined || axis === null;
  const given = toTensor(x, who);
  const places = toIndex(indices, who);
  const t = flat ? given.reshape([-1]) : given;
  const index = flat && each ? places.reshape([-1]) : places;
  const at = toAxis((axis ?? 0) as number, t.ndim, who);
  if (each) {
    if (index.ndim !== t.ndim) {
      throw new RangeError(`${who}: indices have ${index.ndim} axes, x has ${t.ndim}`);
    }
    return gather(t.swapaxes(at, -1), index.swapaxes(at, -1), 0, who).swapaxes(at, -1);
  }
  const { shape } = t;
  const inside = bounded(index, shape[at]!, options, who);
  const rows = gather(t, inside.reshape([-1]), t.ndim - 1 - at, who);
  return rows.reshape([...shape.slice(0, at), ...index.shape, ...shape.slice(at + 1)]);
}

/** x, and what is added to it, in a dtype that holds both: such a sum is rounded once, when it is x's again. */
export function widened(x: Tensor, values: Tensor): [Tensor, Tensor] {
  const both = [x.dtype, values.dtype];
  if (both[0] === both[1]) return [x, values];
  const has = (dtype: Dtype): boolean => both.includes(dtype);
  const small = has("float32") ? "float32" : "int32";
  const wide = has("float64") || (has("float32") && has("int32")) ? "float64" : small;
  return [x.astype(wide), values.astype(wide)];
}
