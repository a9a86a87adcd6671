// x[…] as in NumPy. Integers, slices and new axes are views; arrays and masks become one vector of
// places along one merged axis, by which rows are gathered. Updates ask the same code which elements
// an index means, and gather again: from the old elements and the new ones side by side.
import type { Tensor } from "./tensor.js";
import { add, argsort, concatenate, notEqual, subtract, where } from "../build/generated/ops.js";
import { gather, places, scatter, toIndex, widened } from "./along.js";
import { broadcastOf, type Range } from "./axes.js";
import { describe, fromData, toTensor, type TensorLike } from "./convert.js";
import { dtypeCode, isTypedArray } from "./dtype.js";
import { shapeText } from "./errors.js";
import { isHandle, slot } from "./handle.js";
import * as wasm from "./wasm.js";

/** A range as an index; `slice(a, b, step)` makes one. */
export class Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;

  constructor(start: number | null, stop: number | null, step: number | null) {
    for (const x of [start, stop, step]) {
      if (x !== null && !Number.isInteger(x)) {
        throw new TypeError(`slice: ${describe(x)} is not an integer or null`);
      }
    }
    if (step === 0) throw new RangeError("slice: a step of 0");
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** One index: an integer, null, "...", "1:3", a slice, an array of integers or booleans. */
export type Index = string | null | Slice | TensorLike;

/** A tensor of indices for one axis of what the slices leave. */
interface Place {
  axis: number;
  index: Tensor;
}

const ALL = new Slice(null, null, null);
const ELLIPSIS = "...";

type Item = number | null | typeof ELLIPSIS | Slice | Tensor;

function toItem(index: Index, who: string): Item {
  if (index === null || index === ELLIPSIS || index instanceof Slice) return index;
  if (typeof index === "string") {
    const found = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/.exec(index);
    if (found === null) {
      throw new TypeError(`${who}: no index ${JSON.stringify(index)}: "1:3", "::-1", ":" or "..."`);
    }
    const [start, stop, step] = found.slice(1).map((x) => (x === undefined ? null : Number(x)));
    return new Slice(start!, stop!, step!);
  }
  if (typeof index === "number") {
    if (Number.isInteger(index)) return index;
    throw new TypeError(`${who}: index ${index} is not an integer`);
  }
  if (typeof index === "boolean") {
    throw new TypeError(`${who}: a boolean alone is no index; use null for a new axis`);
  }
  if (!isHandle(index) && !isTypedArray(index) && !Array.isArray(index)) {
    throw new TypeError(`${who}: ${describe(index)} is not an index`);
  }
  return isMask(index) ? toTensor(index, who) : toIndex(index, who);
}

function isMask(index: unknown): boolean {
  if (isHandle(index)) return index.dtype === "bool";
  let first = index;
  while (Array.isArray(first)) first = first[0];
  return typeof first === "boolean";
}

/** Axes of x that an item stands for. */
function axesOf(item: Item): number {
  if (item === null || item === ELLIPSIS) return 0;
  return isHandle(item) && item.dtype === "bool" ? item.ndim : 1;
}

/** Items for every axis: what is left out stands for all of it. */
function completed(index: readonly Index[], rank: number, who: string): Item[] {
  const items = index.map((x) => toItem(x, who));
  const used = items.reduce<number>((n, item) => n + axesOf(item), 0);
  if (used > rank) throw new RangeError(`${who}: ${used} indices for ${rank} axes`);
  const at = items.indexOf(ELLIPSIS);
  if (at >= 0 && items.includes(ELLIPSIS, at + 1)) {
    throw new RangeError(`${who}: more than one "..."`);
  }
  const rest = new Array<Item>(rank - used).fill(ALL);
  // An ellipsis stands between its neighbours even if no axis is left for it.
  if (at < 0) items.push(...rest);
  else items.splice(at, 1, ...(rest.length > 0 ? rest : [ELLIPSIS as Item]));
  return items;
}

/** Where a mask holds: for each of its axes the indices. */
export function placesOf(mask: Tensor, who: string): Tensor[] {
  if (wasm.core().tensorBatch(slot(mask)) > 0) {
    throw new Error(
      `${who}: inside vmap, a mapped tensor cannot say how many elements there are; use where()`,
    );
  }
  const { shape } = mask;
  const found: number[][] = shape.map(() => []);
  mask.data().forEach((x, i) => {
    if (x === 0) return;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      found[axis]!.push(i % shape[axis]!);
      i = Math.floor(i / shape[axis]!);
    }
  });
  return found.map((list) => fromData(Int32Array.from(list), undefined, who));
}

/** The indices along one axis each that a mask stands for. */
function unmasked(mask: Tensor, axis: number, shape: readonly number[], who: string): Tensor[] {
  const own = mask.shape;
  if (own.some((d, i) => d !== shape[axis + i])) {
    throw new RangeError(
      `${who}: a mask of shape ${shapeText(own)} for axes of shape ${shapeText(shape.slice(axis, axis + own.length))}`,
    );
  }
  return placesOf(mask, who);
}

/** x by a list of indices. */
export function indexed(x: Tensor, index: readonly Index[], who: string): Tensor {
  const { shape } = x;
  const items = completed(index, shape.length, who);
  const advanced = items.some(isHandle);
  const ranges: Range[] = [];
  const fresh: number[] = [];
  const arrays: Place[] = [];
  let axis = 0;
  let together = true;
  let last = -1;
  items.forEach((item, position) => {
    if (item === ELLIPSIS) return;
    if (item === null) fresh.push(axis++);
    else if (item instanceof Slice) {
      ranges.push(item === ALL ? null : [item.start, item.stop, item.step ?? 1]);
      axis++;
    } else if (typeof item === "number" && !advanced) {
      const size = shape[ranges.length]!;
      if (item < -size || item >= size) {
        throw new RangeError(
          `${who}: no index ${item} along axis ${ranges.length}, which has size ${size}`,
        );
      }
      ranges.push(item);
    } else {
      const list =
        typeof item === "number"
          ? [toIndex(item, who)]
          : item.dtype === "bool"
            ? unmasked(item, ranges.length, shape, who)
            : [item];
      if (arrays.length > 0 && last !== position - 1) together = false;
      last = position;
      if (isHandle(item) && item.dtype === "bool" && item.ndim === 0) {
        // A single bool is a mask of a new axis of size 1.
        const own = placesOf(item.reshape([1]), who)[0]!;
        fresh.push(axis);
        arrays.push({ axis: axis++, index: own });
      }
      for (const places of list) {
        ranges.push(null);
        arrays.push({ axis: axis++, index: places });
      }
    }
  });
  let y = ranges.every((range) => range === null) ? x : x.slice(ranges);
  if (fresh.length > 0) y = y.expandDims(fresh);
  return arrays.length > 0 ? picked(y, arrays, together, who) : y;
}

/** y by arrays along several axes; the result's axes stand where theirs did, or else in front. */
function picked(y: Tensor, arrays: readonly Place[], together: boolean, who: string): Tensor {
  const { shape } = y;
  const axes = arrays.map((place) => place.axis);
  const others = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const before = together ? others.filter((axis) => axis < axes[0]!) : [];
  const after = others.slice(before.length);
  const sizes = axes.map((axis) => shape[axis]!);
  const common = broadcastOf(
    arrays.map((place) => place.index.shape),
    who,
  );
  let index = arrays[0]!.index;
  let from = y;
  if (arrays.length > 1) {
    // One index along all of these axes; it is looked up so that each is checked against its axis.
    let step = 1;
    let sum: Tensor | undefined;
    for (let i = arrays.length - 1; i >= 0; i--) {
      const own = arrays[i]!.index;
      const part = gather(places(sizes[i]!, step), own.reshape([-1]), 0, who).reshape(own.shape);
      sum = sum === undefined ? part : add(sum, part);
      step *= sizes[i]!;
    }
    index = sum!;
    const sizeOf = (axis: number) => shape[axis]!;
    from = y
      .transpose([...before, ...axes, ...after])
      .reshape([...before.map(sizeOf), step, ...after.map(sizeOf)]);
  }
  const rows = gather(from, index.reshape([-1]), after.length, who);
  return rows.reshape([
    ...before.map((axis) => shape[axis]!),
    ...common,
    ...after.map((axis) => shape[axis]!),
  ]);
}

/** The index of an update as the list that `at` takes. */
function listed(x: Tensor, index: Index | readonly Index[]): readonly Index[] {
  if (!Array.isArray(index)) return [index as Index];
  const list = index as readonly Index[];
  const integers = list.every((item) => typeof item === "number");
  const mask = list.length > 0 && list.every((item) => typeof item === "boolean");
  return mask || (integers && list.length > x.ndim) ? [index as Index] : list;
}

/** Flat places of what is indexed, and the value in their shape. */
function update(
  x: Tensor,
  index: Index | readonly Index[],
  value: TensorLike,
  who: string,
): { flat: Tensor; value: Tensor; repeats: boolean } {
  const list = listed(x, index);
  const found = indexed(places(x.size).reshape(x.shape), list, who);
  const given = isHandle(value) ? value : fromData(value, dtypeCode(x.dtype, who), who);
  const { shape } = found;
  const missing = shape.length - given.ndim;
  // Ones in front do not count, as in NumPy.
  const own = given.shape.slice(Math.max(0, -missing));
  if (
    given.shape.slice(0, Math.max(0, -missing)).some((d) => d !== 1) ||
    own.some((d, i) => d !== 1 && d !== shape[i + Math.max(0, missing)])
  ) {
    throw new RangeError(
      `${who}: a value of shape ${shapeText(given.shape)} does not fit what is indexed, ${shapeText(shape)}`,
    );
  }
  return {
    flat: found.reshape([-1]),
    value: given.reshape(own).broadcastTo(shape).reshape([-1]),
    repeats: list.some((item) => isHandle(item) || (typeof item === "object" && item !== null)),
  };
}

/** 1 for each place that no later one repeats, else 0. */
function lastOfEach(flat: Tensor, who: string): Tensor {
  const order = argsort(flat);
  const sorted = gather(flat, order, 0, who);
  const ends = notEqual(sorted.slice([[1]]), sorted.slice([[0, -1]])).astype("int32");
  const all = concatenate([ends, fromData(1, dtypeCode("int32", who), who).reshape([1])]);
  return scatter(all, order, flat.size, 0, who);
}

/** x with a value in the places of an index. */
export function replaced(x: Tensor, index: Index | readonly Index[], value: TensorLike): Tensor {
  const { flat, value: v, repeats } = update(x, index, value, "set");
  const count = flat.size;
  if (count === 0) return x;
  const n = x.size;
  // Where each element of the result comes from: its own place, or that of a value behind all places.
  let moves = subtract(add(places(count), n), flat);
  if (repeats) moves = where(lastOfEach(flat, "set"), moves, 0);
  const source = add(places(n), scatter(moves, flat, n, 0, "set"));
  return gather(concatenate([x.reshape([-1]), v.astype(x.dtype)]), source, 0, "set").reshape(
    x.shape,
  );
}

/** x with a value added in the places of an index. */
export function increased(x: Tensor, index: Index | readonly Index[], value: TensorLike): Tensor {
  const { flat, value: v } = update(x, index, value, "addAt");
  if (flat.size === 0) return x;
  const [wide, more] = widened(x, v);
  return add(wide, scatter(more, flat, x.size, 0, "addAt").reshape(x.shape)).astype(x.dtype);
}
