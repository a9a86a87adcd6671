// Reductions over axes. `mask` names logical axes by bits; attr keeps the physical mask and keepdims.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { failShapes, setOp } from "../tensor/fault";
import {
  attrOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  isPending,
  newNode,
  newPending,
  opOf,
  rankOf,
  setAttr,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { at, put } from "../tensor/shape";
import { foldBlock, foldRows } from "../kernels/fold";
import { reduce } from "../kernels/reduce";
import { batchOf } from "../tape/levels";
import { pooled } from "../tape/pool";
import { record1, valueOf } from "../tape/record";
import { addRow, hasTrait, kernelOf, opCode, partialOf, setKernels, setPartial, setRules, Trait } from "../tape/rows";
import { constant, divide, divideCode, maskedMultiply, oneWhere } from "./arithmetic";
import { cast } from "./cast";
import { equal } from "./comparison";
import { logicalRank } from "./families/align";
import { composed } from "./families/linear";
import { computeDType } from "./families/promote";
import { broadcastLike, insertAxes, logicalDims } from "./movement";
import { productOfOthers } from "./product";
import { reducedShape } from "./scratch";

const KEEP: u32 = 1 << 16;

/** Records the reduction `op` over the logical axes in `mask`. */
export function reductionOp(op: u32, x0: Tensor, mask: u32, keepdims: bool): Tensor {
  if (!x0) return 0;
  setOp(op);
  // bools lie as the integers do that they are counted as.
  const dtype = computeDType(op, dtypeOf(x0));
  const x = dtype == DType.Int32 ? x0 : cast(x0, dtype);
  if (!x) return 0;
  const physical = mask << batchOf(x);
  const out = newReduced(op, x, dtype, physical, keepdims);
  if (!out) return 0;
  setAttr(out, physical | (keepdims ? KEEP : 0));
  return record1(out, op, x);
}

function newReduced(op: u32, x: Tensor, dtype: DType, mask: u32, keepdims: bool): Tensor {
  let n: u32 = 0;
  let empty = false;
  for (let i: u32 = 0; i < rankOf(x); i++) {
    const d = at(dimsOf(x), i);
    if ((mask >> i) & 1) {
      if (!d) empty = true;
      if (keepdims) put(reducedShape, n++, 1);
    } else put(reducedShape, n++, d);
  }
  // What folds the elements of a pending operand in order may be the end of its region.
  const wait = isPending(x) && foldsRows(x, mask) && !hasTrait(op, Trait.Hidden);
  const out = wait ? newPending(dtype, n, reducedShape) : newNode(dtype, n, reducedShape);
  if (out && empty && sizeOf(out) && (op == opCode<Max>() || op == opCode<Min>())) {
    pooled(out);
    return failShapes(Fault.EmptyReduction, logicalDims(x), logicalRank(x), reducedShape, 0);
  }
  return out;
}

/** True if the axes in `mask` are the last ones: each result folds elements that lie in a row. */
export function foldsRows(x: Tensor, mask: u32): bool {
  let kept = false;
  let folded = false;
  for (let i = <i32>rankOf(x) - 1; i >= 0; i--) {
    if (at(dimsOf(x), i) == 1) continue;
    if (!((mask >> i) & 1)) kept = true;
    else if (kept) return false;
    else folded = true;
  }
  return folded;
}

/** Sum over the logical axes in `mask`. */
export function sumAxes(x: Tensor, mask: u32, keepdims: bool): Tensor {
  return reductionOp(opCode<Sum>(), x, mask, keepdims);
}

/** Mean over the logical axes in `mask`. */
export function mean(x: Tensor, mask: u32, keepdims: bool): Tensor {
  if (!x) return 0;
  let count: f64 = 1;
  for (let i: u32 = 0; i < logicalRank(x); i++) {
    if ((mask >> i) & 1) count *= <f64>at(logicalDims(x), i);
  }
  const dtype = computeDType(divideCode(), dtypeOf(x));
  const sum = sumAxes(cast(x, dtype), mask, keepdims);
  return sum ? divide(sum, constant(count, sum)) : 0;
}

/** Smallest of all elements of an int32 tensor, 0 if there is none; not recorded. */
export function smallest(x: Tensor): i32 {
  if (!sizeOf(x)) return 0;
  const out = pooled(newNode(DType.Int32, 0, 0));
  if (!out) return 0;
  valueOf(x);
  reduceBy(opCode<Min>(), x, (1 << rankOf(x)) - 1, dataOf(out), 1);
  return load<i32>(dataOf(out));
}

/** Logical axes that a node reduced. */
export function axesOf(node: Tensor): u32 {
  return (attrOf(node) & 0xffff) >> batchOf(node);
}

/** A value of the reduced shape, spread over the shape of the operand. */
export function spread(value: Tensor, node: Tensor): Tensor {
  const open = attrOf(node) & KEEP ? value : insertAxes(value, axesOf(node));
  return broadcastLike(open, inputOf(node, 0));
}

/** t folded as `node` folded its operand. */
export function fold(t: Tensor, node: Tensor): Tensor {
  return sumAxes(t, axesOf(node), (attrOf(node) & KEEP) != 0);
}

function run(out: Tensor): void {
  const x = inputOf(out, 0);
  reduceBy(opOf(out), x, attrOf(out) & 0xffff, dataOf(out), sizeOf(out));
}

/** x, which is known, folded as `op` does over the physical axes in `mask`, to memory. */
function reduceBy(op: u32, x: Tensor, mask: u32, out: usize, results: u32): void {
  reduceTerms(op, dtypeOf(x), op, x, mask, out, results, 0);
}

/** The same for terms of elements, which another row has, with these centres; they are of this dtype. */
export function reduceTerms(
  op: u32,
  dtype: DType,
  leaf: u32,
  x: Tensor,
  mask: u32,
  out: usize,
  results: u32,
  centres: usize,
): void {
  const from = dtypeOf(x);
  const rows = rowsKernel(op, dtype);
  const leaves = rowsKernel(leaf, from);
  reduce(kernelOf(op, dtype), rows, kernelOf(leaf, from), leaves, x, mask, out, results, centres);
}

/** The largest elements along a physical axis, or the smallest, to memory. */
export function bestAlong(x: Tensor, axis: u32, largest: bool, out: usize, results: u32): void {
  reduceBy(largest ? opCode<Max>() : opCode<Min>(), x, 1 << axis, out, results);
}

/** The second function of a fold; it stands where other families keep partial derivatives. */
function rowsKernel(op: u32, dtype: DType): u32 {
  return partialOf(op, dtype == DType.Float32 ? 0 : dtype == DType.Float64 ? 1 : 2);
}

function rowsOf<F, T>(): u32 {
  return ((x: usize, a: usize, b: usize, c: usize, d: usize, out: usize, n: usize, z: usize): void =>
    foldRows<F, T>(x, a, b, c, d, out, n, z)).index;
}

/** Registers a reduction: a fold object with `weights(node)`, the derivative in x's shape. */
function reduction<F>(traits: u32): void {
  const row = addRow<F>(Family.Reduction, 1, traits);
  setKernels(
    row,
    ((x: usize, n: u32, out: usize, lanes: usize, carried: bool): void =>
      foldBlock<F, f32>(x, n, out, lanes, carried)).index,
    ((x: usize, n: u32, out: usize, lanes: usize, carried: bool): void =>
      foldBlock<F, f64>(x, n, out, lanes, carried)).index,
    ((x: usize, n: u32, out: usize, lanes: usize, carried: bool): void =>
      foldBlock<F, i32>(x, n, out, lanes, carried)).index,
  );
  setPartial(row, 0, rowsOf<F, f32>());
  setPartial(row, 1, rowsOf<F, f64>());
  setPartial(row, 2, rowsOf<F, i32>());
  setRules(
    row,
    run.index,
    ((node: Tensor, g: Tensor, i: u32): Tensor => changetype<F>(0).vjp(node, g)).index,
    ((node: Tensor, t: Tensor, i: u32): Tensor => changetype<F>(0).jvp(node, t)).index,
  );
}

/**
 * Sum over axes; 0 of nothing. bools are counted as integers.
 *
 * @example
 * ```ts
 * sum([[1, 2], [3, 4]], 1, { keepdims: true }).toArray(); // [[3], [7]]
 * ```
 */
export class Sum {
  @inline start<T>(): v128 { return v128.splat<T>(<T>0); }
  @inline v<T>(a: v128, b: v128): v128 { return v128.add<T>(a, b); }
  @inline s<T>(a: T, b: T): T { return <T>(a + b); }
  vjp(node: Tensor, g: Tensor): Tensor { return spread(g, node); }
  jvp(node: Tensor, t: Tensor): Tensor { return fold(t, node); }
}
reduction<Sum>(Trait.Numeric);

/**
 * Product over axes; 1 of nothing. Derivatives are right where factors are 0.
 *
 * @example
 * ```ts
 * prod([[1, 2], [3, 4]]).item(); // 24
 * ```
 */
class Prod {
  @inline start<T>(): v128 { return v128.splat<T>(<T>1); }
  @inline v<T>(a: v128, b: v128): v128 { return v128.mul<T>(a, b); }
  @inline s<T>(a: T, b: T): T { return <T>(a * b); }
  vjp(node: Tensor, g: Tensor): Tensor {
    return maskedMultiply(spread(g, node), productOfOthers(inputOf(node, 0), axesOf(node)));
  }
  jvp(node: Tensor, t: Tensor): Tensor {
    return fold(maskedMultiply(t, productOfOthers(inputOf(node, 0), axesOf(node))), node);
  }
}
reduction<Prod>(Trait.Numeric);

/**
 * Largest element over axes; NaN if there is one. Ties share the derivative equally.
 *
 * @example
 * ```ts
 * max([[1, 2], [3, 4]], 0).toArray(); // [3, 4]
 * ```
 */
export class Max {
  @inline start<T>(): v128 {
    if (isFloat<T>()) return v128.splat<T>(<T>-Infinity);
    return v128.splat<T>(<T>i32.MIN_VALUE);
  }
  @inline v<T>(a: v128, b: v128): v128 {
    if (isInteger<T>()) return v128.max<T>(a, b);
    // Keeps a NaN in a; one in b becomes all ones, which is a NaN. Half as long as `max`.
    return v128.or(v128.pmax<T>(a, b), v128.ne<T>(b, b));
  }
  @inline s<T>(a: T, b: T): T { return max<T>(a, b); }
  vjp(node: Tensor, g: Tensor): Tensor { return maskedMultiply(spread(g, node), share(node)); }
  jvp(node: Tensor, t: Tensor): Tensor { return fold(maskedMultiply(t, share(node)), node); }
}
reduction<Max>(0);

/**
 * Smallest element over axes; NaN if there is one. Ties share the derivative equally.
 *
 * @example
 * ```ts
 * min([[1, 2], [3, 4]], 1).toArray(); // [1, 3]
 * ```
 */
class Min {
  @inline start<T>(): v128 {
    if (isFloat<T>()) return v128.splat<T>(<T>Infinity);
    return v128.splat<T>(<T>i32.MAX_VALUE);
  }
  @inline v<T>(a: v128, b: v128): v128 {
    if (isInteger<T>()) return v128.min<T>(a, b);
    return v128.or(v128.pmin<T>(a, b), v128.ne<T>(b, b));
  }
  @inline s<T>(a: T, b: T): T { return min<T>(a, b); }
  vjp(node: Tensor, g: Tensor): Tensor { return maskedMultiply(spread(g, node), share(node)); }
  jvp(node: Tensor, t: Tensor): Tensor { return fold(maskedMultiply(t, share(node)), node); }
}
reduction<Min>(0);

/** 1 / (number of winners) at each winner, else 0. */
function share(node: Tensor): Tensor {
  const x = inputOf(node, 0);
  const winners = oneWhere(equal(x, spread(node, node)), x);
  return divide(winners, sumAxes(winners, axesOf(node), true));
}

/**
 * Mean over axes; always a float.
 *
 * @example
 * ```ts
 * mean([[1, 2], [3, 4]], 0).toArray(); // [2, 3]
 * ```
 */
class Mean {}
composed<Mean>(Family.Reduction, 1);

/** Calls a reduction by its op code, composed ones included. */
export function reduceRow(op: u32, x: Tensor, mask: u32, keepdims: bool): Tensor {
  if (op == opCode<Mean>()) return mean(x, mask, keepdims);
  return reductionOp(op, x, mask, keepdims);
}
