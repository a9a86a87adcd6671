// Tensors: making them, what is in their headers, assignment.
import { DType } from "../shared/dtype";
import { RESULT_SHIFT } from "../shared/limits";
import { clearFault } from "../tensor/fault";
import {
  adoptStorage,
  blockOf,
  clearFlag,
  dataOf,
  dimsOf,
  dtypeOf as dtype,
  Flag,
  hasFlag,
  isContiguous,
  maskOf,
  newNode,
  opOf,
  orderOf,
  rankOf,
  refsOf,
  setFlag,
  setMask,
  setState,
  sizeOf as size,
  State,
  stateOf,
  Tensor,
  touch,
} from "../tensor/node";
import { blockHolders } from "../memory/heap";
import { same } from "../tensor/shape";
import { loadNumber, storeNumber } from "../kernels/number";
import { number as constantOf } from "../tape/constants";
import * as marks from "../tape/marks";
import * as levels from "../tape/levels";
import { pooled, poolMark, settle } from "../tape/pool";
import { dropRecipe } from "../tape/recipes";
import { orderedValueOf, valueOf } from "../tape/record";
import { dropInputs, release as releaseNode, retain } from "../tape/tape";
import { add, subtract } from "../ops/arithmetic";
import { alias } from "../ops/cast";
import * as creation from "../ops/creation";
import { logicalRank } from "../ops/families/align";
import { addRows } from "../ops/gather";
import * as movement from "../ops/movement";
import * as scope from "../transforms/scope";
import { give, node, packed, scratch } from "./results";

export function tensorEmpty(dtype: DType, rank: u32): u32 {
  const mark = poolMark();
  return give(mark, creation.empty(dtype, rank, scratch));
}
export function tensorFull(dtype: DType, rank: u32, value: f64): u32 {
  const mark = poolMark();
  return give(mark, creation.full(dtype, rank, scratch, value));
}
export function tensorRange(
  dtype: DType,
  n: u32,
  start: f64,
  step: f64,
  stop: f64,
  exact: bool,
): u32 {
  const mark = poolMark();
  return give(mark, creation.range(dtype, n, start, step, stop, exact));
}
export function tensorEye(dtype: DType, rows: u32, columns: u32, k: i32): u32 {
  const mark = poolMark();
  return give(mark, creation.eye(dtype, rows, columns, k));
}
/** A 0-d tensor; a weak one takes its partner's dtype. */
export function tensorNumber(value: f64, dtype: DType, weak: bool): u32 {
  const mark = poolMark();
  const x = newNode(dtype, 0, 0);
  if (x) {
    v128.store(dataOf(x), i32x4.splat(0));
    storeNumber(dataOf(x), dtype, value);
    if (weak) setFlag(x, Flag.Weak);
  }
  return give(mark, pooled(x));
}
/** A tensor of one value that takes the room of a single element. */
export function tensorUniform(dtype: DType, rank: u32, value: f64): u32 {
  const mark = poolMark();
  const one = constantOf(value, dtype);
  // Never the cached constant itself: it stays weak.
  const x = rank ? movement.broadcastTo(one, rank, scratch) : alias(one);
  if (x) clearFlag(x, Flag.Weak);
  return give(mark, x);
}
/** Puts the logical shape into the scratch area; returns its rank. */
export function tensorShape(x: u32): u32 {
  const rank = logicalRank(node(x));
  memory.copy(scratch, movement.logicalDims(node(x)), (<usize>rank) << 2);
  return rank;
}
/** True for tensors of one dtype and one logical shape. */
export function tensorAlike(x0: u32, y0: u32): bool {
  const x = node(x0);
  const y = node(y0);
  const rank = logicalRank(x);
  if (dtype(x) != dtype(y) || rank != logicalRank(y)) return false;
  const skipX = rankOf(x) - rank;
  const skipY = rankOf(y) - rank;
  return same(dimsOf(x) + ((<usize>skipX) << 2), dimsOf(y) + ((<usize>skipY) << 2), rank);
}
export function tensorRank(x: u32): u32 {
  return logicalRank(node(x));
}
export function tensorDtype(x: u32): DType {
  return dtype(node(x));
}
export function tensorBatch(x: u32): u32 {
  return levels.batchOf(node(x));
}
export function tensorSize(x: u32): u32 {
  return size(node(x));
}
/** On which levels x depends; a trace that is under way is nobody's business. */
export function tensorMask(x: u32): u32 {
  return maskOf(node(x)) & 0x7fffffff;
}
/** The creation number of x. */
export function tensorOrder(x: u32): f64 {
  return <f64>orderOf(node(x));
}
/** True if something recorded, or another value, needs x. */
export function tensorIsUsed(x: u32): bool {
  return refsOf(node(x)) > 1;
}
/** True for inputs of transforms, watched tensors and leaves. */
export function tensorIsSource(x: u32): bool {
  return hasFlag(node(x), Flag.Source);
}
export function tensorIsLeaf(x: u32): bool {
  return hasFlag(node(x), Flag.Leaf);
}
export function tensorIsWeak(x: u32): bool {
  return hasFlag(node(x), Flag.Weak);
}
export function tensorIsCut(x: u32): bool {
  return hasFlag(node(x), Flag.Cut);
}
export function tensorOp(x: u32): u32 {
  return opOf(node(x));
}
/** Address of x's elements in row-major order; 0 after a fault. */
export function tensorAddress(x: u32): usize {
  const t = node(x);
  touch(t);
  return orderedValueOf(t);
}
/** True for a single element that no live transform, and no example of a vmap, has a part in. */
export function tensorIsNumber(x: u32): bool {
  return size(node(x)) == 1 && !maskOf(node(x)) && !levels.batchOf(node(x));
}
export function tensorItem(x: u32): f64 {
  return loadNumber(valueOf(node(x)), dtype(node(x)));
}
/** TypeScript's handle is gone. */
export function tensorRelease(x: u32): void {
  if (hasFlag(node(x), Flag.Handle)) marks.countHandle(-1);
  clearFlag(node(x), Flag.Handle);
  releaseNode(node(x));
}
/** Holds a node where it is, or lets go of it, whatever becomes of its handle. */
export function tensorHold(x: u32, on: bool): void {
  if (on) retain(node(x));
  else releaseNode(node(x));
}
/** Turns the requiresGrad mark of a leaf on or off. */
export function tensorSetLeaf(x: u32, on: bool): void {
  const t = node(x);
  dropRecipe(t);
  setMask(t, (on ? levels.LEAF : 0) | (maskOf(t) & levels.tracingMask()));
  if (on) {
    setFlag(t, Flag.Leaf);
    setFlag(t, Flag.Source);
    clearFlag(t, Flag.Weak);
  } else {
    clearFlag(t, Flag.Leaf);
    clearFlag(t, Flag.Source);
  }
}
export function tensorSetWeak(x: u32): void {
  setFlag(node(x), Flag.Weak);
}
export function tensorSetCut(x: u32): void {
  setFlag(node(x), Flag.Cut);
}
/**
 * True if x can take the value of y as it is: x is a leaf, or depends on nothing, and nothing recorded
 * now has a part in it or in y; shapes and dtypes are the same.
 */
export function tensorFits(x: u32, y: u32): bool {
  return fits(node(x), node(y));
}
function fits(t: Tensor, value: Tensor): bool {
  return (
    ((maskOf(t) | maskOf(value)) & levels.recordingMask()) == 0 &&
    (hasFlag(t, Flag.Leaf) || !maskOf(t)) &&
    !levels.batchDepth() &&
    dtype(t) == dtype(value) &&
    rankOf(t) == rankOf(value) &&
    same(dimsOf(t), dimsOf(value), rankOf(t))
  );
}
/** A pending value is not computed any more: another one takes its place. */
function replaceValue(t: Tensor, value: Tensor): void {
  if (stateOf(t) == State.Pending) {
    dropInputs(t);
    setState(t, State.Ready);
  } else dropRecipe(t);
  adoptStorage(t, value);
}
/** Gives leaf x the value of y: in place if only its handle holds x, else as a new tensor. */
export function tensorAssign(x: u32, y: u32): u32 {
  const t = node(x);
  if (!valueOf(node(y))) return 0;
  if (levels.tracingMask()) {
    const mark = poolMark();
    return give(mark, scope.assigned(scope.detached(node(y)), hasFlag(t, Flag.Leaf)));
  }
  if (refsOf(t) == 1) {
    replaceValue(t, node(y));
    return packed(t);
  }
  const mark = poolMark();
  const result = give(mark, scope.detached(node(y)));
  if (result && hasFlag(t, Flag.Leaf)) tensorSetLeaf(result >> RESULT_SHIFT, true);
  return result;
}
/**
 * Adds rows to x where it stands, as the index says: 1. Does nothing if others hold x or its elements do
 * not lie in order: 2. 0 after a fault.
 */
export function tensorAddRows(x: u32, index: u32, rows: u32): u32 {
  const t = node(x);
  if (levels.tracingMask() || refsOf(t) != 1 || stateOf(t) != State.Ready) return 2;
  const block = blockOf(t);
  if (!isContiguous(t) || (block && blockHolders(block) > 1)) return 2;
  dropRecipe(t);
  return u32(addRows(t, node(index), node(rows)));
}
/**
 * Gives leaf x the value x + y, or x - y, in place. 0 without a fault, and nothing done, if x has other
 * holders than its handle, a trace is under way, or the sum is none that x can take.
 */
export function tensorUpdate(x: u32, y: u32, minus: bool): u32 {
  const t = node(x);
  if (refsOf(t) != 1 || levels.tracingMask() || !fits(t, t)) return 0;
  const mark = poolMark();
  const value = minus ? subtract(t, node(y)) : add(t, node(y));
  let fine = false;
  if (value && valueOf(value)) {
    // Neither is anything that the other could be computed from.
    dropRecipe(value);
    fine = refsOf(t) == 1 && fits(t, value);
  }
  if (fine) replaceValue(t, value);
  settle(mark);
  if (fine) return packed(t);
  clearFault();
  return 0;
}
export function tensorDetach(x: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.detached(node(x)));
}
export function tensorAlias(x: u32): u32 {
  const mark = poolMark();
  return give(mark, alias(node(x)));
}
