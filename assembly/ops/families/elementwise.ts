// Elementwise rows. From a class's formula `f` come the kernels, from its partial derivatives the
// rules of both modes: jvp d·ẋ, vjp g·d summed back to the operand's shape. Both multiply through
// `maskedMultiply`: a zero factor gives 0 even where the other one is not finite.
import { NEGATED, PASS, ZERO } from "./plain";
import { DType } from "../../shared/dtype";
import { Family } from "../../shared/family";
import { Fault } from "../../shared/fault";
import { failShapes, setOp } from "../../tensor/fault";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  inputsOf,
  isPending,
  isUniform,
  maskOf,
  newNode,
  newPending,
  opOf,
  orderOf,
  rankOf,
  sizeOf,
  Tensor,
} from "../../tensor/node";
import { broadcastShapes } from "../../tensor/shape";
import { runMap1, runMap2, runMap3 } from "../../kernels/elementwise";
import { lanes1, lanes2, lanes3, map1, map2, map3, test1, test2, wide1, wide2 } from "../../kernels/map";
import { loadNumber } from "../../kernels/number";
import { batchOf, recordingMask } from "../../tape/levels";
import { pooled } from "../../tape/pool";
import { record1, record2, recordN } from "../../tape/record";
import { waits } from "../../tape/schedule";
import { isShort1, isShort2, newScalar1, newScalar2 } from "../../tape/scalar";
import {
  addRow,
  hasTrait,
  kernelOf,
  partialOf,
  setKernels,
  setPartial,
  setRules,
  Trait,
} from "../../tape/rows";
import { maskedMultiply, negative } from "../arithmetic";
import { cast } from "../cast";
import { broadcastLike, sumLike } from "../movement";
import { aligned, logicalRank } from "./align";
import { computeDType, promote } from "./promote";
import { elementwiseShape, ternaryInputs } from "../scratch";

export { NEGATED, PASS, ZERO } from "./plain";

/** The node for a result: pending if it is large, or if an operand is. */
function newResult(dtype: DType, rank: u32, dims: usize, wait: bool): Tensor {
  return waits(dtype, rank, dims, wait) ? newPending(dtype, rank, dims) : newNode(dtype, rank, dims);
}

function outDType(op: u32, computed: DType): DType {
  return hasTrait(op, Trait.Bool) ? DType.Bool : computed;
}

/** Records the unary row `op`. */
export function unaryOp(op: u32, x0: Tensor): Tensor {
  if (!x0) return 0;
  setOp(op);
  if (isShort1(op, x0)) return pooled(newScalar1(op, x0, 0));
  const dtype = computeDType(op, dtypeOf(x0));
  const x = cast(x0, dtype);
  if (!x) return 0;
  return record1(newResult(outDType(op, dtype), rankOf(x), dimsOf(x), isPending(x)), op, x);
}

/** Records the binary row `op`. */
export function binaryOp(op: u32, x0: Tensor, y0: Tensor): Tensor {
  if (!x0 || !y0) return 0;
  setOp(op);
  if (isShort2(op, x0, y0)) return pooled(newScalar2(op, x0, y0, 0));
  const dtype = computeDType(op, promote(x0, y0));
  let x = cast(x0, dtype);
  let y = cast(y0, dtype);
  if (!x || !y) return 0;
  const batch = max(batchOf(x), batchOf(y));
  if (batch) {
    const rank = max(logicalRank(x), logicalRank(y));
    x = aligned(x, batch, rank);
    y = aligned(y, batch, rank);
    if (!x || !y) return 0;
    setOp(op);
  }
  const rank = broadcastShapes(rankOf(x), dimsOf(x), rankOf(y), dimsOf(y), elementwiseShape);
  if (rank < 0) return broadcastFault(x, y);
  const wait = isPending(x) || isPending(y);
  return record2(newResult(outDType(op, dtype), rank, elementwiseShape, wait), op, x, y);
}

function broadcastFault(x: Tensor, y: Tensor): Tensor {
  const bx = <usize>batchOf(x);
  const by = <usize>batchOf(y);
  return failShapes(
    Fault.Broadcast,
    dimsOf(x) + (bx << 2),
    rankOf(x) - <u32>bx,
    dimsOf(y) + (by << 2),
    rankOf(y) - <u32>by,
  );
}

/** Records the ternary row `op`. With `condition`, the first operand does not take part in promotion. */
export function ternaryOp(op: u32, x0: Tensor, y0: Tensor, z0: Tensor, condition: bool): Tensor {
  if (!x0 || !y0 || !z0) return 0;
  setOp(op);
  const dtype = condition
    ? computeDType(op, promote(y0, z0))
    : computeDType(op, max(promote(x0, y0), promote(x0, z0)));
  let x = condition && dtypeOf(x0) != DType.Bool ? cast(x0, DType.Bool) : x0;
  x = cast(x, condition && bytesOf(dtype) == 4 ? dtypeOf(x) : dtype);
  let y = cast(y0, dtype);
  let z = cast(z0, dtype);
  if (!x || !y || !z) return 0;
  const batch = max(max(batchOf(x), batchOf(y)), batchOf(z));
  if (batch) {
    const rank = max(max(logicalRank(x), logicalRank(y)), logicalRank(z));
    x = aligned(x, batch, rank);
    y = aligned(y, batch, rank);
    z = aligned(z, batch, rank);
    if (!x || !y || !z) return 0;
    setOp(op);
  }
  let rank = broadcastShapes(rankOf(x), dimsOf(x), rankOf(y), dimsOf(y), elementwiseShape);
  if (rank < 0) return broadcastFault(x, y);
  rank = broadcastShapes(<u32>rank, elementwiseShape, rankOf(z), dimsOf(z), elementwiseShape);
  if (rank < 0) return broadcastFault(rankOf(x) > rankOf(y) ? x : y, z);
  const wait = isPending(x) || isPending(y) || isPending(z);
  const out = newResult(dtype, rank, elementwiseShape, wait);
  store<u32>(ternaryInputs, <u32>x);
  store<u32>(ternaryInputs, <u32>y, 4);
  store<u32>(ternaryInputs, <u32>z, 8);
  return recordN(out, op, 3, ternaryInputs);
}

function run1(out: Tensor): void {
  const x = inputOf(out, 0);
  runMap1(kernelOf(opOf(out), dtypeOf(x)), x, out);
}
function run2(out: Tensor): void {
  const x = inputOf(out, 0);
  runMap2(kernelOf(opOf(out), dtypeOf(x)), x, inputOf(out, 1), out);
}
function run3(out: Tensor): void {
  runMap3(kernelOf(opOf(out), dtypeOf(out)), inputOf(out, 0), inputOf(out, 1), inputOf(out, 2), out);
}

/** g·d without poison. */
export function weigh(g: Tensor, d: Tensor): Tensor {
  if (d == PASS) return g;
  if (d == NEGATED) return negative(g);
  if (d == ZERO) return 0;
  return d && isOnes(g) && isOwn(d, g) ? d : maskedMultiply(g, d);
}

/** True for the 1 that sums spread: a view of a single element, which nothing recorded depends on. */
function isOnes(g: Tensor): bool {
  return (
    sizeOf(g) > 1 &&
    isUniform(g) &&
    !(maskOf(g) & recordingMask()) &&
    loadNumber(dataOf(g), dtypeOf(g)) == 1
  );
}

/**
 * True if d is younger than g and no value of what is differentiated, so that nobody else has it, and
 * if it has g's shape: it broadcasts to that anyway, so sizes tell.
 */
function isOwn(d: Tensor, g: Tensor): bool {
  return (
    orderOf(d) > orderOf(g) &&
    !(maskOf(d) & ~recordingMask()) &&
    dtypeOf(d) == dtypeOf(g) &&
    batchOf(d) == batchOf(g) &&
    rankOf(d) == rankOf(g) &&
    sizeOf(d) == sizeOf(g)
  );
}

function partial1(node: Tensor): Tensor {
  return call_indirect<Tensor>(partialOf(opOf(node), 0), inputOf(node, 0), node);
}
function partial2(node: Tensor, i: u32): Tensor {
  return call_indirect<Tensor>(partialOf(opOf(node), i), inputOf(node, 0), inputOf(node, 1), node);
}
function partial3(node: Tensor, i: u32): Tensor {
  return call_indirect<Tensor>(
    partialOf(opOf(node), i),
    inputOf(node, 0),
    inputOf(node, 1),
    inputOf(node, 2),
  );
}

/** The partial derivative of a node with respect to input i. */
export function partial(node: Tensor, i: u32): Tensor {
  const n = inputsOf(node);
  return n == 1 ? partial1(node) : n == 2 ? partial2(node, i) : partial3(node, i);
}

function vjp1(node: Tensor, g: Tensor, i: u32): Tensor {
  return weigh(g, partial1(node));
}
function vjp2(node: Tensor, g: Tensor, i: u32): Tensor {
  return sumLike(weigh(g, partial2(node, i)), inputOf(node, i));
}
function vjp3(node: Tensor, g: Tensor, i: u32): Tensor {
  return sumLike(weigh(g, partial3(node, i)), inputOf(node, i));
}
function jvp1(node: Tensor, t: Tensor, i: u32): Tensor {
  return weigh(t, partial1(node));
}
function jvp2(node: Tensor, t: Tensor, i: u32): Tensor {
  return broadcastLike(weigh(t, partial2(node, i)), node);
}
function jvp3(node: Tensor, t: Tensor, i: u32): Tensor {
  return broadcastLike(weigh(t, partial3(node, i)), node);
}

function ints<F>(): bool {
  return isDefined(changetype<F>(0).ints);
}

function one1<F>(): u32 {
  return ((x: f64): f64 => changetype<F>(0).one(x)).index;
}
function one2<F>(): u32 {
  return ((x: f64, y: f64): f64 => changetype<F>(0).one(x, y)).index;
}
function one3<F>(): u32 {
  return ((x: f64, y: f64, z: f64): f64 => changetype<F>(0).one(x, y, z)).index;
}

function pair1<F>(): u32 {
  return ((x: v128): v128 => changetype<F>(0).wide(x)).index;
}
function pair2<F>(): u32 {
  return ((x: v128, y: v128): v128 => changetype<F>(0).wide(x, y)).index;
}

function kernels1<F>(row: usize): void {
  if (isDefined(changetype<F>(0).wide)) {
    let f32s: u32 = 0;
    if (isDefined(changetype<F>(0).f)) {
      f32s = ((x: usize, out: usize, n: usize): void => map1<F, f32>(x, out, n)).index;
    } else {
      f32s = ((x: usize, out: usize, n: usize): void => wide1(pair1<F>(), x, out, n, 4)).index;
    }
    const f64s = ((x: usize, out: usize, n: usize): void => wide1(pair1<F>(), x, out, n, 8)).index;
    setKernels(row, f32s, f64s, 0);
  } else if (isDefined(changetype<F>(0).one)) {
    const f32s = ((x: usize, out: usize, n: usize): void => lanes1(one1<F>(), x, out, n, 4)).index;
    const f64s = ((x: usize, out: usize, n: usize): void => lanes1(one1<F>(), x, out, n, 8)).index;
    setKernels(row, f32s, f64s, 0);
  } else {
    const f32s = ((x: usize, out: usize, n: usize): void => map1<F, f32>(x, out, n)).index;
    const f64s = ((x: usize, out: usize, n: usize): void => map1<F, f64>(x, out, n)).index;
    let i32s: u32 = 0;
    if (isDefined(changetype<F>(0).ints)) {
      i32s = ((x: usize, out: usize, n: usize): void => map1<F, i32>(x, out, n)).index;
    }
    setKernels(row, f32s, f64s, i32s);
  }
}

function kernels2<F>(row: usize): void {
  let f32s: u32 = 0;
  let f64s: u32 = 0;
  let i32s: u32 = 0;
  if (isDefined(changetype<F>(0).wide)) {
    f32s = ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
      wide2(pair2<F>(), x, y, out, n, s, 4)).index;
    if (isDefined(changetype<F>(0).one)) {
      f64s = ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
        lanes2(one2<F>(), x, y, out, n, s, 8)).index;
    } else {
      f64s = ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
        wide2(pair2<F>(), x, y, out, n, s, 8)).index;
    }
  } else if (isDefined(changetype<F>(0).one)) {
    f32s = ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
      lanes2(one2<F>(), x, y, out, n, s, 4)).index;
    f64s = ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
      lanes2(one2<F>(), x, y, out, n, s, 8)).index;
  } else {
    f32s = ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
      map2<F, f32>(x, y, out, n, s)).index;
    f64s = ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
      map2<F, f64>(x, y, out, n, s)).index;
  }
  if (isDefined(changetype<F>(0).ints)) {
    i32s = ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
      map2<F, i32>(x, y, out, n, s)).index;
  }
  setKernels(row, f32s, f64s, i32s);
}

/**
 * Registers y = f(x) with its derivative d(x, y). A class with `ints` works on integers as well; one
 * with `one` instead of `f` computes floats a number at a time; one with `wide` two float64 at a time,
 * and float32 by them, or by an `f` of its own. Of two operands `wide` may be for float32 alone, with
 * `one` for float64. Whose `f` is long enough to gain nothing by a second vector beside it has `long`.
 */
export function unary<F>(): void {
  unaryRow<F>(ints<F>() ? Trait.Numeric : Trait.Floating);
}

/** As `unary`, for a function that only rules use. */
export function hiddenUnary<F>(): void {
  unaryRow<F>(Trait.Floating | Trait.Hidden);
}

function unaryRow<F>(traits: u32): void {
  const row = addRow<F>(Family.Unary, 1, traits);
  kernels1<F>(row);
  setRules(row, run1.index, vjp1.index, jvp1.index);
  setPartial(row, 0, ((x: Tensor, y: Tensor): Tensor => changetype<F>(0).d(x, y)).index);
}

/** Registers z = f(x, y) with its derivatives dx(x, y, z) and dy(x, y, z). */
export function binary<F>(traits: u32 = 0): void {
  const row = addRow<F>(Family.Binary, 2, traits | (ints<F>() ? Trait.Numeric : Trait.Floating));
  kernels2<F>(row);
  setRules(row, run2.index, vjp2.index, jvp2.index);
  setPartial(row, 0, ((x: Tensor, y: Tensor, z: Tensor): Tensor => changetype<F>(0).dx(x, y, z)).index);
  setPartial(row, 1, ((x: Tensor, y: Tensor, z: Tensor): Tensor => changetype<F>(0).dy(x, y, z)).index);
}

/** Registers f(x, y, z) with its derivatives dx, dy, dz of the same operands. */
export function ternary<F>(traits: u32 = 0): void {
  const row = addRow<F>(Family.Ternary, 3, traits);
  if (isDefined(changetype<F>(0).one)) {
    setKernels(
      row,
      ((x: usize, y: usize, z: usize, out: usize, n: usize): void => lanes3(one3<F>(), x, y, z, out, n, 4)).index,
      ((x: usize, y: usize, z: usize, out: usize, n: usize): void => lanes3(one3<F>(), x, y, z, out, n, 8)).index,
      0,
    );
  } else {
    setKernels(
      row,
      ((x: usize, y: usize, z: usize, out: usize, n: usize): void => map3<F, f32>(x, y, z, out, n)).index,
      ((x: usize, y: usize, z: usize, out: usize, n: usize): void => map3<F, f64>(x, y, z, out, n)).index,
      ((x: usize, y: usize, z: usize, out: usize, n: usize): void => map3<F, i32>(x, y, z, out, n)).index,
    );
  }
  setRules(row, run3.index, vjp3.index, jvp3.index);
  setPartial(row, 0, ((x: Tensor, y: Tensor, z: Tensor): Tensor => changetype<F>(0).dx(x, y, z)).index);
  setPartial(row, 1, ((x: Tensor, y: Tensor, z: Tensor): Tensor => changetype<F>(0).dy(x, y, z)).index);
  setPartial(row, 2, ((x: Tensor, y: Tensor, z: Tensor): Tensor => changetype<F>(0).dz(x, y, z)).index);
}

/** Registers a step function: same dtype, derivative zero. */
export function step<F>(): void {
  const row = addRow<F>(Family.Unary, 1, Trait.Constant | Trait.Numeric);
  kernels1<F>(row);
  setRules(row, run1.index, 0, 0);
}

/** Registers a predicate of one operand: a bool, derivative zero. */
export function predicate<F>(traits: u32): void {
  const row = addRow<F>(Family.Unary, 1, Trait.Constant | Trait.Bool | traits);
  setKernels(
    row,
    ((x: usize, out: usize, n: usize): void => test1<F, f32>(x, out, n)).index,
    ((x: usize, out: usize, n: usize): void => test1<F, f64>(x, out, n)).index,
    ((x: usize, out: usize, n: usize): void => test1<F, i32>(x, out, n)).index,
  );
  setRules(row, run1.index, 0, 0);
}

/** Registers a comparison: a bool, derivative zero. */
export function comparison<F>(traits: u32 = 0): void {
  const row = addRow<F>(Family.Binary, 2, Trait.Constant | Trait.Bool | traits);
  setKernels(
    row,
    ((x: usize, y: usize, out: usize, n: usize, s: i32): void => test2<F, f32>(x, y, out, n, s)).index,
    ((x: usize, y: usize, out: usize, n: usize, s: i32): void => test2<F, f64>(x, y, out, n, s)).index,
    ((x: usize, y: usize, out: usize, n: usize, s: i32): void => test2<F, i32>(x, y, out, n, s)).index,
  );
  setRules(row, run2.index, 0, 0);
}

/** Registers f(x, y) of int32 or bools, derivative zero. TypeScript lets no floats through. */
export function integers<F>(traits: u32 = 0): void {
  const row = addRow<F>(Family.Binary, 2, Trait.Constant | traits);
  setKernels(row, 0, 0, ((x: usize, y: usize, out: usize, n: usize, s: i32): void =>
    map2<F, i32>(x, y, out, n, s)).index);
  setRules(row, run2.index, 0, 0);
}
