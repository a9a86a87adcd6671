// Operations, by family.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { clearFlag, dtypeOf as dtype, Flag, hasFlag, Tensor } from "../tensor/node";
import { at } from "../tensor/shape";
import { cachedNumber, defaultDType, number as constantOf } from "../tape/constants";
import { poolMark } from "../tape/pool";
import { isShort1, isShort2, newScalar1, newScalar2 } from "../tape/scalar";
import * as rows from "../tape/rows";
import { alias, cast } from "../ops/cast";
import { convolution as convolve } from "../ops/convolution";
import { binaryOp, ternaryOp, unaryOp } from "../ops/families/elementwise";
import { logicalRank } from "../ops/families/align";
import { power, powerCode } from "../ops/arithmetic";
import { dft as dftOp } from "../ops/fourier";
import { gather as gatherOp, scatterAdd as scatterAddOp } from "../ops/gather";
import { joinRow } from "../ops/join";
import { matrixRow } from "../ops/linalg/index";
import { matmul as matmulOp } from "../ops/matmul";
import * as movement from "../ops/movement";
import { normalize as normalizeOp } from "../ops/normalization";
import { alongRow } from "../ops/order";
import { pick as pickOp } from "../ops/pick";
import { pooling as pool } from "../ops/pooling";
import { randomBits as randomBitsOp } from "../ops/random";
import { reduceRow } from "../ops/reduction";
import { foremost as foremostOp, searchSorted as searchSortedOp } from "../ops/search";
import { embed as embedOp, slice as sliceOp } from "../ops/slice";
import { isSoftmax, softmaxRow } from "../ops/softmax";
import { give, handOver, node, scratch } from "./results";

export function unary(op: u32, x: u32): u32 {
  if (isShort1(op, node(x))) return handOver(newScalar1(op, node(x), Flag.Handle));
  const mark = poolMark();
  return give(mark, unaryOp(op, node(x)));
}
function binaryRow(op: u32, x: Tensor, y: Tensor): Tensor {
  return rows.familyOf(op) == Family.Product
    ? matmulOp(x, y)
    : op == powerCode()
      ? power(x, y)
      : binaryOp(op, x, y);
}
/** True for an elementwise row and scalars of one dtype. */
function isShort(op: u32, x: Tensor, y: Tensor): bool {
  return isShort2(op, x, y) && rows.familyOf(op) == Family.Binary;
}
function short(op: u32, x: Tensor, y: Tensor): u32 {
  return handOver(newScalar2(op, x, y, Flag.Handle));
}
export function binary(op: u32, x: u32, y: u32): u32 {
  if (isShort(op, node(x), node(y))) return short(op, node(x), node(y));
  const mark = poolMark();
  return give(mark, binaryRow(op, node(x), node(y)));
}
/** A JavaScript number beside tensor x: its float dtype, or int32 beside integers if it is one. */
function besides(value: f64, x: Tensor): Tensor {
  const own = dtype(x);
  if (own >= DType.Float32) return constantOf(value, own);
  if (trunc(value) == value && value >= -2147483648 && value < 2147483648)
    return constantOf(value, DType.Int32);
  return constantOf(value, defaultDType());
}
export function binaryNumber(op: u32, x: u32, value: f64, first: bool): u32 {
  if (isShort(op, node(x), node(x))) {
    const c = cachedNumber(value, dtype(node(x)));
    return !c ? 0 : first ? short(op, c, node(x)) : short(op, node(x), c);
  }
  const mark = poolMark();
  const c = besides(value, node(x));
  return give(mark, first ? binaryRow(op, c, node(x)) : binaryRow(op, node(x), c));
}
/** A weak constant for a number that meets tensor x. */
export function numberBeside(value: f64, x: u32): u32 {
  const mark = poolMark();
  return give(mark, besides(value, node(x)));
}
export function ternary(op: u32, x: u32, y: u32, z: u32, condition: bool): u32 {
  const mark = poolMark();
  return give(mark, ternaryOp(op, node(x), node(y), node(z), condition));
}
export function reduction(op: u32, x: u32, mask: u32, keepdims: bool): u32 {
  const mark = poolMark();
  if (isSoftmax(op)) return give(mark, softmaxRow(op, node(x), mask, keepdims));
  return give(mark, reduceRow(op, node(x), mask, keepdims));
}
export function toShape(op: u32, x: u32, rank: u32): u32 {
  const mark = poolMark();
  return give(mark, movement.shapeRow(op, node(x), rank, scratch));
}
/** `list`: 0: the axes are bits of `mask`; else they stand in the scratch area, in order. */
export function alongAxes(op: u32, x: u32, mask: u32, list: u32): u32 {
  const mark = poolMark();
  let perm: u64 = 0;
  for (let i: u32 = 0; i < list; i++) perm |= (<u64>at(scratch, i)) << (i << 2);
  return give(mark, movement.axesRow(op, node(x), mask, perm));
}
export function axisPair(x: u32, a: u32, b: u32): u32 {
  const mark = poolMark();
  return give(mark, movement.swapAxes(node(x), a, b));
}
/** Starts, steps and counts of all axes stand one list after the other in the scratch area. */
export function slice(x: u32): u32 {
  const mark = poolMark();
  const bytes = (<usize>logicalRank(node(x))) << 2;
  return give(mark, sliceOp(node(x), scratch, scratch + bytes, scratch + 2 * bytes));
}
/** x in a tensor filled with a value: starts, steps and sizes of all axes stand in the scratch area. */
export function embed(x: u32, value: f64): u32 {
  const mark = poolMark();
  const bytes = (<usize>logicalRank(node(x))) << 2;
  return give(mark, embedOp(node(x), scratch, scratch + bytes, scratch + 2 * bytes, value));
}
/** n handles stand in the scratch area. */
export function join(op: u32, n: u32, axis: u32): u32 {
  const mark = poolMark();
  for (let i: u32 = 0; i < n; i++)
    store<u32>(scratch + ((<usize>i) << 2), <u32>node(at(scratch, i)));
  return give(mark, joinRow(op, n, scratch, axis));
}
/** Rows of x by index; `inner` axes at the end of x belong to a row. */
export function gather(x: u32, index: u32, inner: u32): u32 {
  const mark = poolMark();
  return give(mark, gatherOp(node(x), node(index), inner));
}
/** Rows of x added up where the index says, n rows in all. */
export function scatterAdd(x: u32, index: u32, n: u32, inner: u32): u32 {
  const mark = poolMark();
  return give(mark, scatterAddOp(node(x), node(index), n, inner));
}
export function along(op: u32, x: u32, axis: u32): u32 {
  const mark = poolMark();
  return give(mark, alongRow(op, node(x), axis));
}
export function searchSorted(sorted: u32, values: u32, right: bool): u32 {
  const mark = poolMark();
  return give(mark, searchSortedOp(node(sorted), node(values), right));
}
/** Places of the first k elements in order along an axis. */
export function foremost(x: u32, axis: u32, k: u32, largest: bool): u32 {
  const mark = poolMark();
  return give(mark, foremostOp(node(x), axis, k, largest));
}
/** The geometry of a convolution or pooling stands in the scratch area (kernels/conv.ts). */
export function convolution(kind: u32, x: u32, y: u32): u32 {
  const mark = poolMark();
  return give(mark, convolve(kind, node(x), node(y), scratch));
}
/** The element of each line of x that index, with a last axis of size 1, names. */
export function pick(x: u32, index: u32): u32 {
  const mark = poolMark();
  return give(mark, pickOp(node(x), node(index)));
}
/** x normalised along its last `axes` axes. */
export function normalize(x: u32, axes: u32, eps: f64): u32 {
  const mark = poolMark();
  return give(mark, normalizeOp(node(x), axes, eps));
}
/** The Fourier transform of complex lines [..., 2, n], or the one back. */
export function dft(x: u32, inverse: bool): u32 {
  const mark = poolMark();
  return give(mark, dftOp(node(x), inverse));
}
/** A row of linear algebra (shared/matrix.ts); y and z are 0 where it has fewer operands. */
export function linalg(kind: u32, x: u32, y: u32, z: u32, attr: u32): u32 {
  const mark = poolMark();
  return give(mark, matrixRow(kind, node(x), node(y), node(z), attr));
}
/** n random words for each key. */
export function randomBits(key: u32, n: u32, first: u32, domain: u32): u32 {
  const mark = poolMark();
  return give(mark, randomBitsOp(node(key), n, first, domain));
}
export function pooling(kind: u32, x: u32): u32 {
  const mark = poolMark();
  return give(mark, pool(kind, node(x), node(x), scratch));
}
export function astype(x: u32, to: DType): u32 {
  const mark = poolMark();
  let y = cast(node(x), to);
  // Weakness ends here, but neither x nor a cached constant loses its own.
  if (y && hasFlag(y, Flag.Weak)) {
    y = alias(y);
    if (y) clearFlag(y, Flag.Weak);
  }
  return give(mark, y);
}
