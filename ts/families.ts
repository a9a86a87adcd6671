// How rows of the op table are called: one function per family, typed once. The generated functions
// and methods (build/generated) pass the op code.
import { DIVIDE, MULTIPLY } from "../build/generated/codes.js";
import { DType } from "../assembly/shared/dtype.js";
import { MAX_RANK } from "../assembly/shared/limits.js";
import type { Tensor } from "./tensor.js";
import { toAxes, toAxis, toMask, toRange, type Range } from "./axes.js";
import { again } from "./cell.js";
import {
  describe,
  fromData,
  together,
  toShape,
  toTensor,
  unrounded,
  type TensorLike,
} from "./convert.js";
import { dtypeCode, type Dtype } from "./dtype.js";
import { shapeText } from "./errors.js";
import { Handle, isStill, slot, slotsOf, tensorOf, wrap } from "./handle.js";
import * as wasm from "./wasm.js";

export type { ReductionOptions } from "./reducing.js";

/** One axis or several; null or undefined for all of them. */
export type Axes = number | readonly number[] | null | undefined;

// The path of an op has no closures: a function that has one allocates for it, called or not. What
// does not succeed at once is tried again in a function of its own.

/** A row of one operand. */
export function unary(op: number, x: TensorLike): Tensor {
  if (!(x instanceof Handle)) return unary(op, toTensor(x, wasm.opName(op)));
  const result = wasm.core().unary(op, slot(x));
  return result === 0 ? unaryAgain(op, x) : wrap(result);
}

function unaryAgain(op: number, x: Tensor): Tensor {
  return wrap(again(() => wasm.core().unary(op, slot(x))));
}

/** A row of two operands. */
export function binary(op: number, x: TensorLike, y: TensorLike): Tensor {
  if (x instanceof Handle) {
    if (typeof y === "number") {
      const result = wasm.core().binaryNumber(op, slot(x), y, false);
      return result === 0 ? besideAgain(op, x, y, false) : wrap(result);
    }
    if (y instanceof Handle) {
      const at = slot(x);
      const bt = slot(y);
      // Bringing y back may have moved x out: then both are looked up again.
      const result = isStill(x, at) ? wasm.core().binary(op, at, bt) : 0;
      return result === 0 ? binaryAgain(op, x, y) : wrap(result);
    }
  } else if (typeof x === "number" && y instanceof Handle) {
    const result = wasm.core().binaryNumber(op, slot(y), x, true);
    return result === 0 ? besideAgain(op, y, x, true) : wrap(result);
  }
  return binary(op, ...together(wasm.opName(op), x, y));
}

function binaryAgain(op: number, x: Tensor, y: Tensor): Tensor {
  const who = wasm.opName(op);
  return wrap(again(() => wasm.core().binary(op, ...(slotsOf([x, y], who) as [number, number]))));
}

function besideAgain(op: number, x: Tensor, value: number, first: boolean): Tensor {
  return wrap(again(() => wasm.core().binaryNumber(op, slot(x), value, first)));
}

/** Numbers beside a tensor become weak constants that suit it; anything else becomes a tensor. */
function beside(x: TensorLike, partner: Tensor | undefined, who: string): Tensor {
  if (typeof x !== "number" || partner === undefined) return toTensor(x, who);
  return tensorOf(() => wasm.core().numberBeside(x, slot(partner)), who);
}

/** A row of three operands; with `condition`, the first one only chooses. */
export function ternary(
  op: number,
  x: TensorLike,
  y: TensorLike,
  z: TensorLike,
  condition: boolean,
): Tensor {
  const who = wasm.opName(op);
  // Numbers suit the first operand that is none.
  const given = condition ? [x, ...unrounded(who, y, z)] : unrounded(who, x, y, z);
  const list = given.map((t) => (typeof t === "number" ? t : toTensor(t, who)));
  const partner = list.slice(condition ? 1 : 0).find((t) => typeof t !== "number");
  const operand = (i: number) => beside(list[i]!, partner, who);
  const a = condition ? toTensor(list[0]!, who) : operand(0);
  const b = operand(1);
  const d = operand(2);
  return tensorOf(() => {
    const [p, q, r] = slotsOf([a, b, d], who) as [number, number, number];
    return wasm.core().ternary(op, p, q, r, condition);
  }, who);
}

/** x where nothing is said of a limit, else x cut there; null is no limit. */
export function clipped(
  op: number,
  x: TensorLike,
  min: TensorLike | null | undefined,
  max: TensorLike | null | undefined,
): Tensor {
  const who = wasm.opName(op);
  const [from, least, greatest] = unrounded(who, x, min, max);
  const t = toTensor(from, who);
  const most = t.dtype === "int32" ? 2147483647 : Infinity;
  return ternary(op, t, least ?? (most === Infinity ? -most : -most - 1), greatest ?? most, false);
}

/** x rounded to so many decimals: negative ones are tens, hundreds, … Integers stay integers. */
export function rounded(op: number, x: TensorLike, decimals: number): Tensor {
  if (decimals === 0) return unary(op, x);
  const who = wasm.opName(op);
  if (!Number.isInteger(decimals)) {
    throw new TypeError(`${who}: decimals must be an integer, got ${describe(decimals)}`);
  }
  const own = typeof x === "number" ? "float64" : toTensor(x, who).dtype;
  if (!own.startsWith("float")) {
    if (decimals > 0) return unary(op, x);
    return casted(rounded(op, casted(x, "float64"), decimals), "int32");
  }
  const scale = 10 ** Math.abs(decimals);
  const [first, second] = decimals > 0 ? [MULTIPLY, DIVIDE] : [DIVIDE, MULTIPLY];
  return binary(second, unary(op, binary(first, x, scale)), scale);
}

/** Numbers that were passed one by one, as one list. */
function listed(first: Axes, more: readonly unknown[], who: string): readonly number[] {
  const all = [first, ...more];
  const odd = all.findIndex((x) => typeof x !== "number");
  if (odd >= 0) {
    throw new TypeError(
      `${who}: pass one list, or numbers: argument ${odd + 1} is ${told(all[odd])}`,
    );
  }
  return all as number[];
}

function told(x: unknown): string {
  return Array.isArray(x) ? shapeText(x as number[]) : describe(x);
}

/** A row that gives x another shape: a list, or sizes one by one. */
export function shaped(
  op: number,
  x: TensorLike,
  sizes: number | readonly number[],
  more: readonly number[],
): Tensor {
  const who = wasm.opName(op);
  const t = toTensor(x, who);
  const shape = more.length === 0 ? sizes : listed(sizes, more, who);
  const list = toShape(who === "reshape" ? inferred(shape, t, who) : shape, who);
  return tensorOf(() => {
    const at = slot(t);
    wasm.writeList(list);
    return wasm.core().toShape(op, at, list.length);
  }, who);
}

/** A shape with its one -1 replaced by what is left over. */
function inferred(
  shape: number | readonly number[],
  x: Tensor,
  who: string,
): number | readonly number[] {
  const list = typeof shape === "number" ? [shape] : shape;
  if (!Array.isArray(list) || !list.includes(-1)) return shape;
  const at = list.indexOf(-1);
  if (list.indexOf(-1, at + 1) >= 0) throw new RangeError(`${who}: more than one size is -1`);
  const others = list.reduce<number>((a, b, i) => (i === at ? a : a * (b as number)), 1);
  const size = others === 0 ? 0 : x.size / others;
  if (!Number.isInteger(size) || (others === 0 && x.size > 0)) {
    throw new RangeError(`${who}: ${x.size} elements do not divide into [${list.join(",")}]`);
  }
  return list.map((d: number, i) => (i === at ? size : d));
}

/** transpose, expandDims, squeeze: the axes mean something else to each of them. */
export function alongAxes(op: number, x: TensorLike, given: Axes, more: readonly number[]): Tensor {
  const who = wasm.opName(op);
  const t = toTensor(x, who);
  const axes = more.length === 0 ? given : listed(given, more, who);
  if (who === "transpose") return permuted(op, t, axes, who);
  const mask = who === "squeeze" ? squeezeMask(t, axes) : expandMask(t, axes);
  return tensorOf(() => wasm.core().alongAxes(op, slot(t), mask, 0), who);
}

function permuted(op: number, t: Tensor, axes: Axes, who: string): Tensor {
  const rank = t.ndim;
  const list =
    axes === undefined || axes === null
      ? Array.from({ length: rank }, (_, i) => rank - 1 - i)
      : toAxes(axes, who).map((axis) => toAxis(axis, rank, who));
  if (new Set(list).size !== rank || list.length !== rank) {
    throw new RangeError(`${who}: axes [${String(axes)}] are not an order of ${rank} axes`);
  }
  return tensorOf(() => {
    const at = slot(t);
    wasm.writeList(list);
    return wasm.core().alongAxes(op, at, 0, list.length);
  }, who);
}

function squeezeMask(t: Tensor, axes: Axes): number {
  const { shape } = t;
  if (axes === undefined || axes === null) {
    return shape.reduce((mask, d, i) => (d === 1 ? mask | (1 << i) : mask), 0);
  }
  const mask = toMask(axes, shape.length, "squeeze");
  shape.forEach((d, i) => {
    if (mask & (1 << i) && d !== 1) {
      throw new RangeError(`squeeze: axis ${i} has size ${d}, not 1`);
    }
  });
  return mask;
}

function checkRank(rank: number, who: string): void {
  if (rank > MAX_RANK) throw new RangeError(`${who}: ${rank} axes are more than ${MAX_RANK}`);
}

function expandMask(t: Tensor, axes: Axes): number {
  if (axes === undefined || axes === null) throw new TypeError("expandDims: which axis?");
  const rank = t.ndim + toAxes(axes, "expandDims").length;
  checkRank(rank, "expandDims");
  return toMask(axes, rank, "expandDims");
}

/** A row of two axes. */
export function axisPair(op: number, x: TensorLike, axis1: number, axis2: number): Tensor {
  const who = wasm.opName(op);
  const t = toTensor(x, who);
  const a = toAxis(axis1, t.ndim, who);
  const b = toAxis(axis2, t.ndim, who);
  return tensorOf(() => wasm.core().axisPair(slot(t), a, b), who);
}

/** Part of x by ranges of its first axes; an index drops its axis. */
export function sliced(op: number, x: TensorLike, ranges: readonly Range[]): Tensor {
  const who = wasm.opName(op);
  const t = toTensor(x, who);
  const given: unknown = ranges;
  if (!Array.isArray(given)) {
    throw new TypeError(`${who}: ranges are ${describe(given)}, not a list`);
  }
  const { shape } = t;
  if (ranges.length > shape.length) {
    throw new RangeError(`${who}: ${ranges.length} ranges for ${shape.length} axes`);
  }
  const rank = shape.length;
  const list = new Array<number>(3 * rank);
  let drop: number[] | undefined;
  for (let axis = 0; axis < rank; axis++) {
    const range = ranges[axis] ?? null;
    const [start, step, count] = toRange(range, shape[axis]!, axis, who);
    list[axis] = start;
    list[rank + axis] = step;
    list[2 * rank + axis] = count;
    if (typeof range === "number") (drop ??= []).push(axis);
  }
  const part = tensorOf(() => {
    const at = slot(t);
    wasm.writeList(list);
    return wasm.core().slice(at);
  }, who);
  return drop === undefined ? part : part.squeeze(drop);
}

/** The tensor of the highest dtype. */
function widest(list: readonly Tensor[]): Tensor | undefined {
  const code = (x: Tensor) => wasm.core().tensorDtype(slot(x));
  return list.reduce<Tensor | undefined>(
    (best, x) => (best === undefined || code(x) > code(best) ? x : best),
    undefined,
  );
}

/** A row that joins tensors along an axis; null joins all elements (concatenate). */
export function joined(
  op: number,
  tensors: readonly TensorLike[],
  axis: number | null | undefined,
): Tensor {
  const who = wasm.opName(op);
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(`${who}: needs a list of at least one tensor`);
  }
  if (tensors.length > 4000) {
    throw new RangeError(`${who}: ${tensors.length} tensors at once are more than 4000`);
  }
  const flat = axis === null && who !== "stack";
  // Spread, holes are undefined.
  const given: readonly TensorLike[] = unrounded(who, ...(tensors as readonly TensorLike[]));
  const all = flat ? given.map((x) => toTensor(x, who).reshape([-1])) : given;
  const partner = widest(all.flatMap((x) => (typeof x === "number" ? [] : [toTensor(x, who)])));
  const list = all.map((x) => beside(x, partner, who));
  const rank = list[0]!.ndim + (who === "stack" ? 1 : 0);
  checkRank(rank, who);
  const at = toAxis(axis ?? 0, rank, who);
  return tensorOf(() => {
    const slots = slotsOf(list, who);
    wasm.writeList(slots);
    return wasm.core().join(op, slots.length, at);
  }, who);
}

/** x in another dtype; arrays of numbers take it as they are. */
export function casted(x: TensorLike, dtype: Dtype, who = "astype"): Tensor {
  const t = toTensor(Array.isArray(x) ? fromData(x, DType.Float64, who) : x, who);
  const code = dtypeCode(dtype, who);
  return tensorOf(() => wasm.core().astype(slot(t), code), who);
}

/** x in the dtype that is asked for, if one is. */
export function inDtype(x: TensorLike, dtype: Dtype | undefined, who: string): Tensor {
  return dtype === undefined ? toTensor(x, who) : casted(x, dtype, who);
}
