// Rows whose last two axes hold matrices, the others being broadcast. Kernels compute in float64, on
// copies: float32 comes in and goes out rounded.
import { DType } from "../../shared/dtype";
import { Fault } from "../../shared/fault";
import { fail, failed, failShapes, setOp } from "../../tensor/fault";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  inputsOf,
  isContiguous,
  newNode,
  rankOf,
  setAttr,
  sizeOf,
  Tensor,
} from "../../tensor/node";
import { at, broadcastShapes, put } from "../../tensor/shape";
import { releaseBlock } from "../../memory/heap";
import { loadNumber, storeNumber } from "../../kernels/number";
import { packingArea } from "../../kernels/packing";
import { batchOf } from "../../tape/levels";
import { pooled } from "../../tape/pool";
import { recordN } from "../../tape/record";
import { constant } from "../arithmetic";
import { flat } from "../convolution";
import { eye } from "../creation";
import { aligned, logicalRank } from "../families/align";
import { coreSize, outerOffset } from "../families/outer";
import { concatenate2 } from "../join";
import { logicalDims } from "../movement";
import { sumAxes } from "../reduction";
import { maskShape, matrixInputs, matrixShape } from "../scratch";
import { where } from "../selection";
import { sliceAxis } from "../slice";

/** Rows and columns of x's matrices. */
export function rowsOf(x: Tensor): u32 {
  return at(dimsOf(x), rankOf(x) - 2);
}
export function columnsOf(x: Tensor): u32 {
  return at(dimsOf(x), rankOf(x) - 1);
}

/** Records `op` of n operands (y and z may be none), with a result of rows × columns. */
export function matrixOp(
  op: u32,
  n: u32,
  x: Tensor,
  y: Tensor,
  z: Tensor,
  rows: u32,
  columns: u32,
  attr: u32,
): Tensor {
  if (!x || (n > 1 && !y) || (n > 2 && !z)) return 0;
  put(matrixInputs, 0, <u32>x);
  put(matrixInputs, 1, <u32>y);
  put(matrixInputs, 2, <u32>z);
  let batch: u32 = 0;
  let rank: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    batch = max(batch, batchOf(<usize>at(matrixInputs, i)));
    rank = max(rank, logicalRank(<usize>at(matrixInputs, i)));
  }
  let outer: i32 = 0;
  setOp(op);
  for (let i: u32 = 0; i < n; i++) {
    const operand = aligned(<usize>at(matrixInputs, i), batch, rank);
    if (!operand) return 0;
    put(matrixInputs, i, <u32>operand);
    setOp(op);
    outer = broadcastShapes(outer, matrixShape, rankOf(operand) - 2, dimsOf(operand), matrixShape);
    if (outer < 0) {
      return failShapes(Fault.Broadcast, logicalDims(x), logicalRank(x), logicalDims(operand), logicalRank(operand));
    }
  }
  put(matrixShape, <u32>outer, rows);
  put(matrixShape, <u32>outer + 1, columns);
  const out = newNode(dtypeOf(x), <u32>outer + 2, matrixShape);
  if (out) setAttr(out, attr);
  return recordN(out, op, n, matrixInputs);
}

/** A node of integers, which is recorded as such. */
export function integersOp(op: u32, x: Tensor, rows: u32, columns: u32): Tensor {
  if (!x) return 0;
  setOp(op);
  memory.copy(matrixShape, dimsOf(x), <usize>rankOf(x) << 2);
  put(matrixShape, rankOf(x) - 2, rows);
  put(matrixShape, rankOf(x) - 1, columns);
  put(matrixInputs, 0, <u32>x);
  return recordN(newNode(DType.Int32, rankOf(x), matrixShape), op, 1, matrixInputs);
}

/** n numbers of a dtype as float64, and back. */
function widen(data: usize, dtype: DType, n: u32, to: usize): void {
  const bytes = bytesOf(dtype);
  if (bytes == 8) memory.copy(to, data, <usize>n << 3);
  else for (let i: u32 = 0; i < n; i++) store<f64>(to + (<usize>i << 3), loadNumber(data + <usize>(i * bytes), dtype));
}
function narrow(data: usize, n: u32, dtype: DType, to: usize): void {
  const bytes = bytesOf(dtype);
  if (bytes == 8) memory.copy(to, data, <usize>n << 3);
  else for (let i: u32 = 0; i < n; i++) storeNumber(to + <usize>(i * bytes), dtype, load<f64>(data + (<usize>i << 3)));
}

/** Copies the matrix of operand i that belongs to the k-th of `out`; returns where it ends. */
function fetch(out: Tensor, i: u32, data: usize, k: u32, to: usize): usize {
  if (!data) return to;
  const x = inputOf(out, i);
  const dtype = dtypeOf(x);
  const size = coreSize(x, 2);
  widen(data + outerOffset(x, out, k, 2) * bytesOf(dtype), dtype, size, to);
  return to + (<usize>size << 3);
}

/** The elements of operand i in order; 0 if there is none. */
function opened(out: Tensor, i: u32): usize {
  return i < inputsOf(out) ? flat(inputOf(out, i)) : 0;
}
function closed(out: Tensor, i: u32, data: usize): void {
  if (data && !isContiguous(inputOf(out, i))) releaseBlock(data);
}

/** The first operand's matrix is that of the call before, as the kernel has left it. */
export let repeated: bool = false;

/**
 * Runs `kernel(node, x, y, z, to, work)` for every matrix of a node: copies of its operands' matrices,
 * which it may spoil, room for the result, and for `work` float64 numbers. With `keeps`, a first matrix
 * that serves several others in a row is copied once.
 */
export function eachMatrix(out: Tensor, work: u32, kernel: u32, keeps: bool = false): void {
  const core = coreSize(out, 2);
  if (!sizeOf(out)) return;
  const n = inputsOf(out);
  let numbers = <usize>core + work + 2;
  for (let i: u32 = 0; i < n; i++) numbers += coreSize(inputOf(out, i), 2);
  const area = packingArea(numbers << 3);
  if (!area) {
    fail(Fault.OutOfMemory, <f64>(numbers << 3));
    return;
  }
  const a = opened(out, 0);
  const b = opened(out, 1);
  const c = opened(out, 2);
  const dtype = dtypeOf(out);
  const to = area + (<usize>work << 3);
  const x = to + (<usize>core << 3);
  let last: usize = 0;
  for (let k: u32 = 0, count = failed() ? <u32>0 : sizeOf(out) / core; k < count; k++) {
    const place = outerOffset(inputOf(out, 0), out, k, 2);
    repeated = keeps && k > 0 && place == last;
    last = place;
    const y = repeated ? x + (<usize>coreSize(inputOf(out, 0), 2) << 3) : fetch(out, 0, a, k, x);
    const z = fetch(out, 1, b, k, y);
    fetch(out, 2, c, k, z);
    call_indirect<void>(kernel, out, x, y, z, to, area);
    narrow(to, core, dtype, dataOf(out) + <usize>(k * core) * bytesOf(dtype));
  }
  closed(out, 0, a);
  closed(out, 1, b);
  closed(out, 2, c);
}

// --- for rules ---

/** A bool matrix: true where low ≤ column - row ≤ high. */
function band(rows: u32, columns: u32, low: i32, high: i32): Tensor {
  put(maskShape, 0, rows);
  put(maskShape, 1, columns);
  const mask = pooled(newNode(DType.Bool, 2, maskShape));
  if (!mask) return 0;
  let to = dataOf(mask);
  for (let i = 0; i < <i32>rows; i++) {
    for (let j = 0; j < <i32>columns; j++, to += 4) store<u32>(to, u32(j - i >= low && j - i <= high));
  }
  return mask;
}

/** x with zeros but for the diagonals from `low` to `high`. */
export function keep(x: Tensor, low: i32, high: i32): Tensor {
  return x ? where(band(rowsOf(x), columnsOf(x), low, high), x, constant(0, x)) : 0;
}
/** The lower triangle, from diagonal k down. */
export function lower(x: Tensor, k: i32 = 0): Tensor {
  return keep(x, i32.MIN_VALUE, k);
}
/** The upper triangle, from diagonal k up. */
export function upper(x: Tensor, k: i32 = 0): Tensor {
  return keep(x, k, i32.MAX_VALUE);
}
/** x with the row d [1, n] on its diagonal. */
export function withDiagonal(x: Tensor, d: Tensor): Tensor {
  return x ? where(band(rowsOf(x), columnsOf(x), 0, 0), d, x) : 0;
}
/** x's diagonal as a row [1, n]. */
export function diagonalRow(x: Tensor): Tensor {
  const k = keep(x, 0, 0);
  return k ? sumAxes(k, 1 << (logicalRank(k) - 2), true) : 0;
}
/** The unit matrix of x's dtype, and its rows or `n` of them. */
export function unitLike(x: Tensor, n: u32 = 0): Tensor {
  if (!x) return 0;
  const size = n ? n : rowsOf(x);
  return eye(dtypeOf(x), size, size, 0);
}
/** `count` rows of x from `start`. */
export function rows(x: Tensor, start: u32, count: u32): Tensor {
  return x ? sliceAxis(x, logicalRank(x) - 2, start, count) : 0;
}
/** `count` columns of x from `start`. */
export function columns(x: Tensor, start: u32, count: u32): Tensor {
  return x ? sliceAxis(x, logicalRank(x) - 1, start, count) : 0;
}
/** x over y. */
export function stackRows(x: Tensor, y: Tensor): Tensor {
  return x ? concatenate2(x, y, logicalRank(x) - 2) : 0;
}
/** x beside y. */
export function stackColumns(x: Tensor, y: Tensor): Tensor {
  return x ? concatenate2(x, y, logicalRank(x) - 1) : 0;
}
/** Sum of x's elements, as a matrix [1, 1]. */
export function total(x: Tensor): Tensor {
  return x ? sumAxes(x, 3 << (logicalRank(x) - 2), true) : 0;
}
