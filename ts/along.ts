// How rows that work along one axis are called, and those that take elements by index.
import { DType } from "../assembly/shared/dtype.js";
import type { Tensor } from "./tensor.js";
import { toAxis } from "./axes.js";
import { fromData, toTensor, type TensorLike } from "./convert.js";
import type { ReductionOptions } from "./families.js";
import { isHandle, slot, slotsOf, tensorOf } from "./handle.js";
import * as wasm from "./wasm.js";
import { checkOptions } from "./options.js";

/** x along one axis; without one, flattened (argsort: along the last one). */
export function along(
  op: number,
  x: TensorLike,
  axis: number | null | undefined,
  options: ReductionOptions | undefined,
): Tensor {
  const who = wasm.opName(op);
  const t = toTensor(x, who);
  if (options !== undefined) checkOptions(options, who, "keepdims");
  const place = axis === undefined && who === "argsort" ? -1 : axis;
  const flat = place === undefined || place === null;
  const from = flat ? t.reshape([-1]) : t;
  const at = flat ? 0 : toAxis(place, from.ndim, who);
  const y = tensorOf(() => wasm.core().along(op, slot(from), at), who);
  if (options?.keepdims !== true || !who.startsWith("argm")) return y;
  return y.expandDims(flat ? t.shape.map((_, i) => i) : at);
}

/** Integers as an int32 tensor. */
export function toIndex(x: TensorLike, who: string): Tensor {
  if (!isHandle(x)) return fromData(x, DType.Int32, who);
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

/** n rows, in which the rows of x are added up where the index says. */
export function scatter(x: Tensor, index: Tensor, n: number, inner: number, who: string): Tensor {
  return tensorOf(() => {
    const [a, b] = slotsOf([x, index], who) as [number, number];
    return wasm.core().scatterAdd(a, b, n, inner);
  }, who);
}

/** take and takeAlongAxis. */
export function taken(
  op: number,
  x: TensorLike,
  indices: TensorLike,
  axis: number | null | undefined,
): Tensor {
  const who = wasm.opName(op);
  const each = who === "takeAlongAxis";
  const flat = axis === undefined || axis === null;
  const given = toTensor(x, who);
  const places = toIndex(indices, who);
  const t = flat ? given.reshape([-1]) : given;
  const index = flat && each ? places.reshape([-1]) : places;
  const at = toAxis(axis ?? 0, t.ndim, who);
  if (each) {
    if (index.ndim !== t.ndim) {
      throw new RangeError(`${who}: indices have ${index.ndim} axes, x has ${t.ndim}`);
    }
    return gather(t.swapaxes(at, -1), index.swapaxes(at, -1), 0, who).swapaxes(at, -1);
  }
  const rows = gather(t, index.reshape([-1]), t.ndim - 1 - at, who);
  const { shape } = t;
  return rows.reshape([...shape.slice(0, at), ...index.shape, ...shape.slice(at + 1)]);
}
