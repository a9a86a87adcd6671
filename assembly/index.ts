// The border: every export, one line each where possible. A handle is the address of a node's slot
// divided by 128. Calls that make a tensor return the handle above three flags (see `packed`), or 0
// after a fault. Lists of numbers cross through the scratch area.
import { DType } from "./shared/dtype";
import { Family } from "./shared/family";
import {
  DEPARTURES,
  RESULT_LIGHT,
  RESULT_PRESSURE,
  RESULT_SHIFT,
  RESULT_TAPED,
  SCRATCH_WORDS,
  SLOT_SHIFT,
} from "./shared/limits";
import { peakBytes, resetPeak, usedBytes } from "./memory/heap";
import { clearFault, failed, faultArea as faultAddress } from "./tensor/fault";
import {
  adoptStorage,
  clearFlag,
  dataOf,
  dimsOf,
  dtypeOf as dtype,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  isFloat_,
  maskOf,
  newNode,
  nodeCount as nodes,
  opOf,
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
} from "./tensor/node";
import { at, same } from "./tensor/shape";
import { setMarks } from "./kernels/mark";
import { loadNumber, storeNumber } from "./kernels/number";
import { setEager } from "./kernels/parallel";
import {
  cachedNumber,
  defaultDType,
  number as constantOf,
  setDefaultDType as setDefault,
} from "./tape/constants";
import { beginForgetting, forgetLevels, someStay } from "./tape/depart";
import * as evicting from "./tape/evict";
import * as gathering from "./tape/gather";
import * as levels from "./tape/levels";
import { pooled, poolMark, settle, settleKeeping } from "./tape/pool";
import { orderedValueOf, valueOf } from "./tape/record";
import * as schedule from "./tape/schedule";
import { isShort1, isShort2, newScalar1, newScalar2, setShortWay } from "./tape/scalar";
import { materializeAll } from "./tape/schedule";
import * as rows from "./tape/rows";
import { dropInputs, release as releaseNode, retain } from "./tape/tape";
import "./ops/index";
import { alias, cast } from "./ops/cast";
import { convolution as convolve } from "./ops/convolution";
import * as creation from "./ops/creation";
import { binaryOp, ternaryOp, unaryOp } from "./ops/families/elementwise";
import { logicalRank } from "./ops/families/align";
import { power, powerCode } from "./ops/arithmetic";
import { whereCode } from "./ops/selection";
import { gather as gatherOp, scatterAdd as scatterAddOp } from "./ops/gather";
import { joinRow } from "./ops/join";
import { matmul as matmulOp } from "./ops/matmul";
import * as movement from "./ops/movement";
import { normalize as normalizeOp } from "./ops/normalization";
import { alongRow, searchSorted as searchSortedOp } from "./ops/order";
import { pick as pickOp } from "./ops/pick";
import { pooling as pool } from "./ops/pooling";
import { reduceRow } from "./ops/reduction";
import { slice as sliceOp } from "./ops/slice";
import { isSoftmax, softmaxRow } from "./ops/softmax";
import * as scope from "./transforms/scope";
import * as entries from "./transforms/entries";
import { NUMBER } from "./transforms/entries";
import { endSweep, sweep } from "./transforms/sweep";
import * as walks from "./transforms/walk";
import { consume } from "./transforms/consume";
import * as programs from "./transforms/program";
import { Outcome, replay } from "./transforms/replay";
import * as trace from "./transforms/trace";

const scratch = memory.data(16384, 16);

function node(handle: u32): Tensor {
  return (<usize>handle) << SLOT_SHIFT;
}
function handleOf(x: Tensor): u32 {
  return <u32>(x >> SLOT_SHIFT);
}

/** Hands a result to TypeScript and lets everything else go that was made since `mark`. */
function give(mark: usize, result: Tensor): u32 {
  let x = result;
  // What TypeScript, or anybody, holds already gets a node of its own: one handle, one cell.
  if (x && (refsOf(x) > 1 || hasFlag(x, Flag.Handle))) x = alias(x);
  if (!x || failed()) {
    settle(mark);
    return 0;
  }
  settleKeeping(mark, x);
  setFlag(x, Flag.Handle);
  evicting.countHandle(1);
  return packed(x);
}

/**
 * `give` for a scalar that never was in the pool and has its flag. One that only transforms have
 * recorded cannot leave before they end, and then it does: TypeScript needs no cell for it (LIGHT).
 */
function handOver(x: Tensor): u32 {
  if (!x) return 0;
  evicting.countHandle(1);
  const light = hasFlag(x, Flag.Taped) && (maskOf(x) & 1) == 0;
  return packed(x) | (light ? RESULT_LIGHT : 0);
}

/**
 * The handle above three flags: TAPED if the imperative tape holds it outside transforms, PRESSURE if
 * it is time to evict, LIGHT.
 */
function packed(x: Tensor): u32 {
  const taped = hasFlag(x, Flag.Taped) && (!levels.levelDepth() || (maskOf(x) & 1) != 0);
  return (
    (handleOf(x) << RESULT_SHIFT) |
    (taped ? RESULT_TAPED : 0) |
    (evicting.underPressure() ? RESULT_PRESSURE : 0)
  );
}

// --- the area for lists, faults, the table ---

export function scratchArea(): usize {
  return scratch;
}
export function faultArea(): usize {
  return faultAddress();
}
export function faultClear(): void {
  clearFault();
}
export function opCount(): u32 {
  return rows.rowCount();
}
export function opName(op: u32): usize {
  return rows.nameOf(op);
}
export function opFamily(op: u32): u32 {
  return rows.familyOf(op);
}
export function opTraits(op: u32): u32 {
  return rows.traitsOf(op);
}

// --- tensors ---

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
/** Inputs of a pending value. */
export function recipeInputs(x: u32): u32 {
  return inputsOf(node(x));
}
/** Input i of a pending value. TypeScript must have, or make, a cell for it: then the answer is odd. */
export function recipeInput(x: u32, i: u32): u32 {
  const input = inputOf(node(x), i);
  const known = hasFlag(input, Flag.Handle);
  if (!known) {
    retain(input);
    setFlag(input, Flag.Handle);
    evicting.countHandle(1);
  }
  return (handleOf(input) << 1) | u32(!known);
}
/** Computes a value again: op and n handles in the scratch area. Nothing is recorded. */
export function recipeRun(op: u32, n: u32): u32 {
  const mark = poolMark();
  const x = node(at(scratch, 0));
  const tracing = levels.tracingMask();
  levels.setTracing(0);
  const before = levels.setRecording(0);
  let y: Tensor;
  if (n == 1) y = unaryOp(op, x);
  else if (n == 2) y = binaryOp(op, x, node(at(scratch, 1)));
  else y = ternaryOp(op, x, node(at(scratch, 1)), node(at(scratch, 2)), op == whereCode());
  levels.setRecording(before);
  levels.setTracing(tracing);
  return give(mark, y);
}
/** Tells the host what runs (kernels/mark.ts), scalars included. */
export function setProfiling(on: bool): void {
  setMarks(on);
  setShortWay(!on);
}
/** Computes those of n tensors (handles in the scratch area) that are pending, together. */
export function compute(n: u32): bool {
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(scratch + ((<usize>i) << 2), <u32>node(at(scratch, i)));
  }
  return materializeAll(scratch, n);
}
/** Sets from how many bytes on elementwise results wait to be computed together; returns what it was. */
export function setWaitBytes(bytes: u32): u32 {
  if (ASC_FEATURE_THREADS) setEager(bytes == 0);
  return schedule.setWaitBytes(bytes);
}
/** TypeScript's handle is gone. */
export function tensorRelease(x: u32): void {
  clearFlag(node(x), Flag.Handle);
  evicting.countHandle(-1);
  releaseNode(node(x));
}
/** Turns the requiresGrad mark of a leaf on or off. */
export function tensorSetLeaf(x: u32, on: bool): void {
  const t = node(x);
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
  const t = node(x);
  const value = node(y);
  return (
    ((maskOf(t) | maskOf(value)) & levels.recordingMask()) == 0 &&
    (hasFlag(t, Flag.Leaf) || !maskOf(t)) &&
    !levels.batchDepth() &&
    dtype(t) == dtype(value) &&
    rankOf(t) == rankOf(value) &&
    same(dimsOf(t), dimsOf(value), rankOf(t))
  );
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
    // A pending value is not computed any more: the assignment replaces it.
    if (stateOf(t) == State.Pending) {
      dropInputs(t);
      setState(t, State.Ready);
    }
    adoptStorage(t, node(y));
    return packed(t);
  }
  const mark = poolMark();
  const result = give(mark, scope.detached(node(y)));
  if (result && hasFlag(t, Flag.Leaf)) tensorSetLeaf(result >> RESULT_SHIFT, true);
  return result;
}
export function tensorDetach(x: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.detached(node(x)));
}
export function tensorAlias(x: u32): u32 {
  const mark = poolMark();
  return give(mark, alias(node(x)));
}

// --- ops ---

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
  if (trunc(value) == value && abs(value) < 2147483648) return constantOf(value, DType.Int32);
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

// --- levels ---

export function enter(): u32 {
  beginForgetting();
  return levels.enterLevel();
}
export function enterBatch(size: u32): u32 {
  beginForgetting();
  return levels.enterBatch(size);
}
/**
 * Closes levels from `level` up. Returns twice the number of scalars for which that is the end, whose
 * records (tape/depart.ts) stand in the scratch area, plus 1 if some of them stay in wasm. If the area
 * is full, the levels close at a further call.
 */
export function leave(level: u32): u32 {
  const room: u32 = DEPARTURES;
  const n = forgetLevels(levels.levelsFrom(level), levels.levelOrder(level), scratch, room);
  if (n < room) levels.closeLevel(level);
  return (n << 1) | u32(someStay());
}
/** Closes levels from `level` up but keeps what they recorded. */
export function leaveKeeping(level: u32): void {
  levels.closeLevel(level);
}
export function levelDepth(): u32 {
  return levels.levelDepth();
}
export function batchDepth(): u32 {
  return levels.batchDepth();
}
export function recording(): u32 {
  return levels.recordingMask();
}
export function setRecording(mask: u32): u32 {
  return levels.setRecording(mask);
}
export function fresh(x: u32, level: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.fresh(node(x), level));
}
function freshMapped(value: f64, level: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.fresh(constantOf(value, DType.Float64), level));
}
/** `fresh` of a JavaScript number: a weak float64. */
export function freshNumber(value: f64, level: u32): u32 {
  if (levels.batchDepth()) return freshMapped(value, level);
  return handOver(scope.beginNumber(value, level));
}
export function mapAxis(x: u32, axis: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.mapAxis(node(x), axis));
}
export function unmapAxis(x: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.unmapAxis(node(x)));
}

// --- walks ---

/** Begins a walk for `level` over what was recorded after `order`. */
export function walkBegin(level: u32, order: f64): usize {
  return entries.beginWalk(1 << level, <u64>order);
}
export function levelOrder(level: u32): f64 {
  return <f64>levels.levelOrder(level);
}
/** Adds output y with cotangent 1. */
function rootOne(walk: usize, y: Tensor): bool {
  const mark = poolMark();
  const one = constantOf(1, dtype(y));
  const fine = one != 0 && walks.addRoot(walk, y, scope.fullBatch(one));
  settle(mark);
  return fine;
}
/**
 * The walk back from y, a 0-d float, over what this level and those in it recorded, with cotangent 1.
 * 1 if y is something else, 0 after a fault.
 */
export function walkScalar(level: u32, y: u32): usize {
  const root = node(y);
  if (logicalRank(root) || !isFloat_(dtype(root))) return 1;
  const swept = sweep(level, root);
  if (swept != 1) return swept;
  const walk = entries.beginWalk(1 << level, levels.levelOrder(level));
  if (!walk || (rootOne(walk, root) && walks.walkBack(walk, false))) return walk;
  entries.endWalk(walk);
  return 0;
}
/** Adds output y with cotangent g (0: none, for forward walks). */
export function walkRoot(walk: usize, y: u32, g: u32): bool {
  const mark = poolMark();
  const fine = walks.addRoot(walk, node(y), g ? scope.fullBatch(node(g)) : 0);
  settle(mark);
  return fine;
}
export function walkBack(walk: usize, record: bool): bool {
  return walks.walkBack(walk, record);
}
export function walkPrepare(walk: usize): bool {
  return walks.prepareForth(walk);
}
export function walkTangent(walk: usize, x: u32, t: u32): bool {
  const mark = poolMark();
  walks.setTangent(walk, node(x), scope.fullBatch(node(t)));
  settle(mark);
  return !failed();
}
export function walkForth(walk: usize): bool {
  return walks.walkForth(walk);
}
/** What the walk left at x, which it keeps; 0 without a fault if nothing reached it. */
export function walkPeek(walk: usize, x: u32): u32 {
  const mark = poolMark();
  const value = walks.peekValue(walk, node(x));
  return value ? give(mark, alias(value)) : 0;
}
/** Takes what the walk left at x out of it; 0 without a fault if nothing reached it. */
export function walkTake(walk: usize, x: u32): u32 {
  const mark = poolMark();
  const value = walks.takeValue(walk, node(x));
  return value ? give(mark, value) : 0;
}
/** 1 if what the walk left at x is a number that no live transform depends on, 2 if it left nothing. */
export function walkPlain(walk: usize, x: u32): u32 {
  const at = walks.peekNumber(walk, node(x));
  return at > NUMBER ? 1 : at ? 0 : 2;
}
/** That number. */
export function walkNumber(walk: usize, x: u32): f64 {
  return loadNumber(walks.peekNumber(walk, node(x)), dtype(node(x)));
}
export function walkLeaf(walk: usize, from: u32): i32 {
  return walks.nextLeaf(walk, from);
}
export function walkNode(walk: usize, i: u32): u32 {
  return handleOf(walks.walkNode(walk, i));
}
export function walkConsume(walk: usize): void {
  consume(walk);
}
export function walkEnd(walk: usize): void {
  if (entries.isSwept(walk)) endSweep();
  else entries.endWalk(walk);
}

// --- programs ---

/** Opens the level of a trace: what depends on its inputs is recorded, whatever else is. */
export function traceBegin(): u32 {
  beginForgetting();
  return levels.enterTrace();
}
/** Begins or ends to take a plain tensor for an input of the trace. */
export function traceVariable(x: u32, on: bool): void {
  if (on) trace.beginVariable(node(x));
  else trace.endVariable(node(x));
}
/** A plain tensor, or leaf, with the value that a tensor of the trace has. */
export function traceSettle(x: u32): u32 {
  const mark = poolMark();
  const tracing = levels.tracingMask();
  levels.setTracing(0);
  const y = scope.detached(node(x));
  levels.setTracing(tracing);
  const result = give(mark, y);
  if (result && hasFlag(node(x), Flag.Leaf)) tensorSetLeaf(result >> RESULT_SHIFT, true);
  return result;
}
/** True if a trace is under way that x's value depends on. */
export function tensorTraced(x: u32): bool {
  return (maskOf(node(x)) & levels.tracingMask()) != 0;
}
/**
 * The program of the trace under way. The scratch area has `args` handles of inputs, then of each
 * output four times the handle plus what becomes of it. It gets the number of what was captured by
 * reference, and the handles of that. 0 after a fault, or if the trace is not closed.
 */
export function programCapture(args: u32, outputs: u32): usize {
  const results = scratch + ((<usize>(args + outputs)) << 2);
  for (let i: u32 = 0; i < args + outputs; i++) {
    const word = at(scratch, i);
    if (i >= args) store<u8>(results + i - args, <u8>(word & 3));
    store<u32>(scratch + ((<usize>i) << 2), <u32>node(i < args ? word : word >> 2));
  }
  const program = trace.capture(args, outputs, scratch, results, <u32>SCRATCH_WORDS - 1);
  const captured = program ? programs.field(program, programs.Field.BoundCount) - args : 0;
  for (let i = captured; i; i--) {
    store<u32>(scratch + ((<usize>i) << 2), handleOf(<usize>at(scratch, i - 1)));
  }
  store<u32>(scratch, captured);
  return program;
}
/**
 * Runs a program: 0 after a fault, 2 if a tensor does not suit it. The scratch area has the handles of
 * what is bound (0: a number in its place), then a word per output: for an assignment twice the
 * handle of what is assigned to, plus 1 if that must become another node. There the results stand then.
 */
export function programReplay(program: usize): u32 {
  const bound = programs.field(program, programs.Field.BoundCount);
  const outputs = programs.field(program, programs.Field.OutputCount);
  const results = scratch + ((<usize>bound) << 2);
  for (let i: u32 = 0; i < bound; i++) {
    store<u32>(scratch + ((<usize>i) << 2), <u32>node(at(scratch, i)));
  }
  for (let i: u32 = 0; i < outputs; i++) {
    const word = at(results, i);
    store<u32>(results + ((<usize>i) << 2), (<u32>node(word >> 1)) | (word & 1));
  }
  const outcome = replay(program, scratch);
  if (outcome != Outcome.Done) return outcome;
  for (let i: u32 = 0; i < outputs; i++) {
    const made = <usize>at(results, i);
    if (made) store<u32>(results + ((<usize>i) << 2), handOver(made));
  }
  return outcome;
}
/** Address of the value of a bound node, or of an output. */
export function programPlace(program: usize, i: u32, output: bool): usize {
  return dataOf(output ? programs.outputNode(program, i) : programs.boundAt(program, i));
}
export function programBytes(program: usize): u32 {
  return <u32>programs.programBytes(program);
}
/** Handle of the i-th node, 0 behind the last one. */
export function programNode(program: usize, i: u32): u32 {
  if (i >= programs.field(program, programs.Field.NodeCount)) return 0;
  return handleOf(programs.nodeAt(program, i));
}
/** Handle of the i-th bound node. */
export function programBound(program: usize, i: u32): u32 {
  return handleOf(programs.boundAt(program, i));
}
/** Handle of the i-th output. */
export function programOutput(program: usize, i: u32): u32 {
  return handleOf(programs.outputNode(program, i));
}
/** Handle of an input of a program's node. */
export function programInput(x: u32, i: u32): u32 {
  return handleOf(inputOf(node(x), i));
}
export function programFree(program: usize): void {
  programs.freeProgram(program);
}

// --- memory ---

export function setDefaultDtype(to: DType): void {
  setDefault(to);
}
export function memoryUsed(): f64 {
  return <f64>usedBytes();
}
export function memoryPeak(): f64 {
  return <f64>peakBytes();
}
export function memoryResetPeak(): void {
  resetPeak();
}
export function nodeCount(): u32 {
  return nodes();
}
export function handleCount(): u32 {
  return evicting.handleCount();
}
export function evictChoose(all: bool): u32 {
  const n = evicting.choose(all);
  gathering.gather(evicting.chosenList(), n);
  return n;
}
export function evictList(): usize {
  return evicting.chosenList();
}
/** Address of the chunks in which small chosen values are gathered. */
export function evictGathered(): usize {
  return gathering.gatheredAt();
}
/** Takes the i-th chosen value off the list. */
export function evictSkip(i: u32): void {
  evicting.skip(i);
}
/** An evicted value of so many bytes was brought back. */
export function evictReturn(bytes: u32): void {
  evicting.noteReturn(bytes);
}
export function evictCommit(whole: bool): void {
  gathering.endGathering();
  evicting.commit(whole);
}
