// Places told as one number or as one for each axis, and in which order keys are sorted.
import {
  add,
  argsort,
  clip,
  floorDivide,
  greaterEqual,
  less,
  logicalOr,
  multiply,
  remainder,
  takeAlongAxis,
} from "../../build/generated/ops.js";
import { places, toIndex } from "../along.js";
import { toCount, toTensors } from "../arguments.js";
import { broadcastOf, toAxis } from "../axes.js";
import { describe, toShape, toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { any } from "./counting.js";

/** Options of {@link unravelIndex}. */
export interface UnravelOptions {
  /** Whether the last index changes fastest ("C") or the first ("F"). Default "C". */
  order?: "C" | "F";
}

/** Options of {@link ravelMultiIndex}. */
export interface RavelOptions extends UnravelOptions {
  /** What an index out of bounds means: an error, the nearest one, or one counted on. Default "raise". */
  mode?: "raise" | "clip" | "wrap";
}

/** Axes from the one whose index changes fastest to the slowest. */
function fastest(rank: number, order: unknown, who: string): number[] {
  if (order !== "C" && order !== "F") {
    throw new RangeError(`${who}: order is ${describe(order)}, not "C" or "F"`);
  }
  const axes = Array.from({ length: rank }, (_, i) => i);
  return order === "C" ? axes.reverse() : axes;
}

function checkInside(index: Tensor, least: number, n: number, who: string): void {
  if (index.size > 0 && any(logicalOr(less(index, least), greaterEqual(index, n))).item() !== 0) {
    throw new RangeError(`${who}: an index is out of bounds of ${n} elements`);
  }
}

/**
 * The places of elements in a tensor of a shape, a tensor for each axis, from their places in the flattened
 * one, int32.
 *
 * @example
 * ```ts
 * unravelIndex([22, 41, 37], [7, 6]).map((x) => x.toArray()); // [[3, 6, 6], [4, 5, 1]]
 * ```
 * @throws if an index is no integer or out of bounds, or inside vmap
 */
export function unravelIndex(
  indices: TensorLike,
  shape: number | readonly number[],
  options: UnravelOptions = {},
): Tensor[] {
  const who = "unravelIndex";
  checkOptions(options, who, "order");
  const dims = toShape(shape, who);
  let rest = toIndex(indices, who);
  checkInside(
    rest,
    0,
    dims.reduce((a, b) => a * b, 1),
    who,
  );
  const found: Tensor[] = [];
  for (const axis of fastest(dims.length, options.order ?? "C", who)) {
    found[axis] = remainder(rest, dims[axis]!);
    rest = floorDivide(rest, dims[axis]!);
  }
  return found;
}

/**
 * Places in the flattened tensor of a shape, int32, from those along its axes, which are broadcast:
 * `unravelIndex` the other way round.
 *
 * @example
 * ```ts
 * ravelMultiIndex([[3, 6, 6], [4, 5, 1]], [7, 6]).toArray(); // [22, 41, 37]
 * ```
 * @throws if an index is no integer, or out of bounds without `mode`, if there are not as many as axes, or
 * without `mode` inside vmap
 */
export function ravelMultiIndex(
  indices: readonly TensorLike[] | Tensor,
  shape: number | readonly number[],
  options: RavelOptions = {},
): Tensor {
  const who = "ravelMultiIndex";
  checkOptions(options, who, "mode order");
  const dims = toShape(shape, who);
  const { mode = "raise", order = "C" } = options;
  if (mode !== "raise" && mode !== "clip" && mode !== "wrap") {
    throw new RangeError(`${who}: mode is ${describe(mode)}, not "raise", "clip" or "wrap"`);
  }
  const rows = Array.isArray(indices)
    ? Array.from(indices, (index: TensorLike) => toIndex(index, who))
    : rowsOf(toIndex(indices as Tensor, who), who);
  if (rows.length !== dims.length || rows.length === 0) {
    throw new RangeError(`${who}: ${rows.length} indices for a shape of ${dims.length} axes`);
  }
  broadcastOf(
    rows.map((row) => row.shape),
    who,
  );
  let stride = 1;
  let flat: Tensor | undefined;
  for (const axis of fastest(dims.length, order, who)) {
    const n = dims[axis]!;
    let index = rows[axis]!;
    if (mode === "raise") checkInside(index, 0, n, who);
    else index = mode === "wrap" ? remainder(index, n) : clip(index, 0, Math.max(n - 1, 0));
    const part = multiply(index, stride);
    flat = flat === undefined ? part : add(flat, part);
    stride *= n;
  }
  return flat!;
}

function rowsOf(x: Tensor, who: string): Tensor[] {
  if (x.ndim === 0) throw new RangeError(`${who}: indices have no axis, not one for each of x`);
  return Array.from({ length: x.shape[0]! }, (_, i) => x.slice([i]));
}

/**
 * Places, int32, that sort by several keys along an axis: by the last one, among equals by the one before,
 * and so on.
 *
 * @example
 * ```ts
 * lexsort([[9, 4, 0, 4], [1, 5, 1, 4]]).toArray(); // [2, 0, 3, 1]
 * ```
 * @throws if there is no key, or if their shapes differ
 */
export function lexsort(keys: readonly TensorLike[] | Tensor, axis = -1): Tensor {
  const who = "lexsort";
  const list = Array.isArray(keys)
    ? toTensors(keys as readonly TensorLike[], "the list of keys", who)
    : rowsOf(toTensor(keys as Tensor, who), who);
  if (list.length === 0) throw new RangeError(`${who}: the list of keys is empty`);
  const [first, ...others] = list as [Tensor, ...Tensor[]];
  for (const key of others) {
    if (shapeText(key.shape) !== shapeText(first.shape)) {
      throw new RangeError(
        `${who}: keys of shapes ${shapeText(first.shape)} and ${shapeText(key.shape)}`,
      );
    }
  }
  const at = toAxis(axis, first.ndim, who);
  let order = argsort(first, at);
  for (const key of others) {
    order = takeAlongAxis(order, argsort(takeAlongAxis(key, order, at), at), at);
  }
  return order;
}

/**
 * Places of the main diagonal of a tensor of `ndim` axes of size n, int32: one vector for each axis.
 *
 * @example
 * ```ts
 * diagIndices(3).map((x) => x.toArray()); // [[0, 1, 2], [0, 1, 2]]
 * ```
 * @throws if n is no size, or ndim no number of axes
 */
export function diagIndices(n: number, ndim = 2): Tensor[] {
  const who = "diagIndices";
  const count = toCount(n, "the size", who);
  return Array.from({ length: toCount(ndim, "the number of axes", who, 1, 8) }, () =>
    places(count),
  );
}
