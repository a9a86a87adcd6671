// Rows that take the elements along some axes, a line, as one: softmax and its like. They know lines
// along the last axes only; others are turned there by views. Their steps (kernels/lines.ts) are kernels
// of other rows, one pass through the cache each; sums are those of reductions, block by block.
import { Family } from "../../shared/family";
import { Fault } from "../../shared/fault";
import { fail, setOp } from "../../tensor/fault";
import {
  attrOf,
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  inputsOf,
  newNode,
  rankOf,
  setAttr,
  setPerm,
  sizeOf,
  Tensor,
} from "../../tensor/node";
import { broadcastShapes } from "../../tensor/shape";
import {
  beginGroup,
  closeLines,
  Kind,
  openLines,
  openOperand,
  register as addressOf,
  runStep,
} from "../../kernels/lines";
import { loadNumber, storeNumber } from "../../kernels/number";
import { batchOf } from "../../tape/levels";
import { record1, record2 } from "../../tape/record";
import { addRow, kernelOf, opCode, setRules, Trait } from "../../tape/rows";
import { cast } from "../cast";
import { insertAxes, transpose } from "../movement";
import { axesLast, inverseOrder } from "../axes";
import { mean, sumAxes } from "../reduction";
import { elementwiseShape } from "../scratch";
import { aligned, logicalRank } from "./align";
import { computeDType } from "./promote";
import { coreSize } from "./outer";

/** Bits of attr that count the axes of a line; what is above them is the row's own. */
const AXES: u32 = 0xff;

/** Axes of a node's lines. */
export function lineAxes(node: Tensor): u32 {
  return attrOf(node) & AXES;
}

/** The logical axes of x that its last `axes` ones are, as bits. */
export function lastAxes(x: Tensor, axes: u32): u32 {
  return ((1 << axes) - 1) << (logicalRank(x) - axes);
}

/** Records `op` of x along its last `axes` axes, which `folded` results do not have. */
export function lineOp(op: u32, x0: Tensor, attr: u32, perm: u64, folded: bool): Tensor {
  if (!x0) return 0;
  setOp(op);
  const x = cast(x0, computeDType(op, dtypeOf(x0)));
  if (!x) return 0;
  const rank = rankOf(x) - (folded ? attr & AXES : 0);
  const out = newNode(dtypeOf(x), rank, dimsOf(x));
  if (!out) return 0;
  setAttr(out, attr);
  setPerm(out, perm);
  return record1(out, op, x);
}

/** Records `op` of x and y, which have lines of one shape; other axes are broadcast. */
export function lineOp2(op: u32, x0: Tensor, y0: Tensor, attr: u32, perm: u64): Tensor {
  if (!x0 || !y0) return 0;
  const batch = max(batchOf(x0), batchOf(y0));
  const logical = max(logicalRank(x0), logicalRank(y0));
  const x = aligned(x0, batch, logical);
  const y = aligned(y0, batch, logical);
  if (!x || !y) return 0;
  setOp(op);
  const rank = broadcastShapes(rankOf(x), dimsOf(x), rankOf(y), dimsOf(y), elementwiseShape);
  const out = newNode(dtypeOf(x), <u32>rank, elementwiseShape);
  if (!out) return 0;
  setAttr(out, attr);
  setPerm(out, perm);
  return record2(out, op, x, y);
}

/** Calls `op` along the logical axes in `mask`. */
export function alongLines(op: u32, x: Tensor, mask: u32, folded: bool, keepdims: bool): Tensor {
  if (!x) return 0;
  const axes = popcnt(mask);
  const rank = logicalRank(x);
  if (mask == lastAxes(x, axes)) return opened(lineOp(op, x, axes, 0, folded), mask, keepdims);
  const order = axesLast(rank, mask);
  const y = lineOp(op, transpose(x, order), axes, 0, folded);
  return folded ? opened(y, mask, keepdims) : transpose(y, inverseOrder(order, rank));
}

function opened(y: Tensor, mask: u32, keepdims: bool): Tensor {
  return keepdims ? insertAxes(y, mask) : y;
}

// --- a run: `lines(node)` for each group of lines, in steps ---

let dtype: u32 = 0;

/** Registers a row whose class computes a group of lines of a node's result in `lines(node)`. */
export function lineRow<F>(family: Family, arity: u32, traits: u32 = 0): void {
  setRules(
    addRow<F>(family, arity, traits | Trait.Floating | Trait.Cheap),
    ((node: Tensor): void =>
      run(node, ((node: Tensor): void => changetype<F>(0).lines(node)).index)).index,
    ((node: Tensor, g: Tensor, i: u32): Tensor => changetype<F>(0).vjp(node, g, i)).index,
    ((node: Tensor, t: Tensor, i: u32): Tensor => changetype<F>(0).jvp(node, t, i)).index,
  );
}

function run(out: Tensor, lines: u32): void {
  const x = inputOf(out, 0);
  const two = inputsOf(out) == 2;
  // Lines are those of the operands: a folded result has none.
  const shape = two ? out : x;
  const n = coreSize(shape, lineAxes(out));
  dtype = dtypeOf(out);
  let left = n ? sizeOf(shape) / n : sizeOf(out);
  if (!left) return;
  const most = openLines(n, bytesOf(dtype), dataOf(out));
  if (!most) {
    fail(Fault.OutOfMemory, <f64>n * bytesOf(dtype));
    return;
  }
  openOperand(0, x, rankOf(shape), dimsOf(shape), sizeOf(shape));
  if (two) openOperand(1, inputOf(out, 1), rankOf(shape), dimsOf(shape), sizeOf(shape));
  while (left) {
    const count = min(left, most);
    beginGroup(count, two);
    call_indirect<void>(lines, out);
    left -= count;
  }
  closeLines();
}

/** out = F(x), of lines or numbers. */
export function map<F>(x: u32, out: u32): void {
  step(Kind.Map, opCode<F>(), x, x, out);
}
/** out = F(x, y), of lines or numbers. */
export function pair<F>(x: u32, y: u32, out: u32): void {
  step(Kind.Pair, opCode<F>(), x, y, out);
}
/** out = F(x, y), y the number of each line. */
export function withNumber<F>(x: u32, y: u32, out: u32): void {
  step(Kind.Number, opCode<F>(), x, y, out);
}
/** out, numbers, = x's lines folded by F. */
export function fold<F>(x: u32, out: u32): void {
  step(Kind.Fold, opCode<F>(), x, x, out);
}

function step(kind: Kind, op: u32, x: u32, y: u32, out: u32): void {
  runStep(kind, kernelOf(op, dtype), x, y, out);
}

/** Number k of a register. */
export function numberAt(register: u32, k: u32): f64 {
  return loadNumber(addressOf(register) + <usize>(k * bytesOf(dtype)), dtype);
}
/** Sets number k of a register. */
export function setNumber(register: u32, k: u32, value: f64): void {
  storeNumber(addressOf(register) + <usize>(k * bytesOf(dtype)), dtype, value);
}

// --- for rules ---

/** x summed along lines of so many axes, which stay with size 1. */
export function sumLines(x: Tensor, axes: u32): Tensor {
  return x ? sumAxes(x, lastAxes(x, axes), true) : 0;
}

/** Their mean. */
export function meanLines(x: Tensor, axes: u32): Tensor {
  return x ? mean(x, lastAxes(x, axes), true) : 0;
}
