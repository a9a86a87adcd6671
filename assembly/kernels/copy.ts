// Whole-tensor copies: contiguous from strided, strided from contiguous, between dtypes, fills.
import { DType } from "../shared/dtype";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  isContiguous,
  rankOf,
  sizeOf,
  Tensor,
} from "../tensor/node";
import {
  axisDim,
  axisStep,
  cursorAxes,
  gatherBytes,
  openCursor,
  openStrided,
  runsOn,
  scatterBytes,
  takeRun,
} from "./cursor";
import { copyTurned, turnedAxis } from "./transpose";

const cursor = memory.data(208, 16);
const source = memory.data(208, 16);
const tile = memory.data(1024, 16);

/** Writes x, seen as of this shape, to `out` in order. */
export function copyTo(x: Tensor, rank: u32, dims: usize, count: u32, out: usize): void {
  const bytes = bytesOf(dtypeOf(x));
  if (isContiguous(x) && sizeOf(x) == count) {
    memory.copy(out, dataOf(x), <usize>count * bytes);
    return;
  }
  openCursor(cursor, x, rank, dims);
  const turned = turnedAxis(cursor, bytes);
  if (turned >= 0 && count) copyTurned(cursor, turned, out, bytes);
  else gatherBytes(cursor, out, count, bytes);
}

/** out = x, elements in order; out is contiguous. */
export function copy(x: Tensor, out: Tensor): void {
  copyTo(x, rankOf(x), dimsOf(x), sizeOf(x), dataOf(out));
}

/** Writes x to memory that begins at `data`, has x's shape and these strides (elements). */
export function copyInto(x: Tensor, data: usize, strides: usize): void {
  const rank = rankOf(x);
  const bytes = bytesOf(dtypeOf(x));
  openCursor(source, x, rank, dimsOf(x));
  openStrided(cursor, data, bytes, rank, dimsOf(x), strides, rank, dimsOf(x));
  // No tile between them where either lies in order.
  if (runsOn(cursor, bytes)) {
    copyTo(x, rank, dimsOf(x), sizeOf(x), data);
    return;
  }
  if (isContiguous(x)) {
    scatterBytes(cursor, dataOf(x), sizeOf(x), bytes);
    return;
  }
  for (let left = sizeOf(x); left;) {
    const n = min(left, 1024 / bytes);
    gatherBytes(source, tile, n, bytes);
    scatterBytes(cursor, tile, n, bytes);
    left -= n;
  }
}

/** Pieces between which gaps are filled one by one have so many bytes, with the gap, at least. */
const APART: u32 = 256;

/**
 * Fills `count` elements from `out` on with a value, but for the places from `data` on, `strides` (elements)
 * apart: there x goes.
 */
export function fillAround(
  out: usize,
  count: u32,
  value: f64,
  x: Tensor,
  data: usize,
  strides: usize,
): void {
  const dtype = dtypeOf(x);
  const bytes = bytesOf(dtype);
  const end = out + <usize>(count * bytes);
  openStrided(cursor, data, bytes, rankOf(x), dimsOf(x), strides, rankOf(x), dimsOf(x));
  let rising = isContiguous(x);
  const axes = cursorAxes(cursor);
  for (let i: u32 = 0; i < axes; i++) if (axisStep(cursor, i) <= 0) rising = false;
  const step = <u32>axisStep(cursor, axes - 1);
  const n = step == bytes ? axisDim(cursor, axes - 1) : 1;
  if (!rising || max(step, n * bytes) < APART) {
    fill(out, dtype, count, value);
    copyInto(x, data, strides);
    return;
  }
  const piece = <usize>(n * bytes);
  let from = dataOf(x);
  for (let left = sizeOf(x); left; left -= n, from += piece) {
    const to = takeRun(cursor, n);
    fill(out, dtype, <u32>(to - out) / bytes, value);
    memory.copy(to, from, piece);
    out = to + piece;
  }
  fill(out, dtype, <u32>(end - out) / bytes, value);
}

/** Sets n elements of this dtype. */
export function fill(out: usize, dtype: DType, n: u32, value: f64): void {
  if (!n) return;
  const size = bytesOf(dtype);
  if (dtype == DType.Float64) store<f64>(out, value);
  else if (dtype == DType.Float32) store<f32>(out, <f32>value);
  else store<i32>(out, dtype == DType.Bool ? i32(value != 0) : <i32>value);
  const all = size == 8 ? v128.load64_splat(out) : v128.load32_splat(out);
  const bytes = <usize>n * size;
  if (!value && bytes >= 1024) {
    // 0 and -0 differ.
    if (!v128.any_true(all)) {
      memory.fill(out, 0, bytes);
      return;
    }
  }
  let o: usize = 0;
  for (; o + 32 <= bytes; o += 32) {
    v128.store(out + o, all);
    v128.store(out + o, all, 16);
  }
  for (; o + 16 <= bytes; o += 16) v128.store(out + o, all);
  for (; o < bytes; o += 4) store<u32>(out + o, load<u32>(out + (o & (size - 1))));
}

function convert<A, B>(x: usize, out: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    store<B>(out, <B>load<A>(x));
    x += sizeof<A>();
    out += sizeof<B>();
  }
}

function toBool<A>(x: usize, out: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    store<i32>(out, i32(load<A>(x) != 0));
    x += sizeof<A>();
    out += 4;
  }
}

/** n contiguous elements of one dtype to another. Floats are cut towards 0, out of range saturates, NaN gives 0. */
export function convertRun(x: usize, from: DType, out: usize, to: DType, n: u32): void {
  if (from == DType.Float32) {
    if (to == DType.Float64) convert<f32, f64>(x, out, n);
    else if (to == DType.Int32) convert<f32, i32>(x, out, n);
    else if (to == DType.Bool) toBool<f32>(x, out, n);
  } else if (from == DType.Float64) {
    if (to == DType.Float32) convert<f64, f32>(x, out, n);
    else if (to == DType.Int32) convert<f64, i32>(x, out, n);
    else if (to == DType.Bool) toBool<f64>(x, out, n);
  } else {
    if (to == DType.Float32) convert<i32, f32>(x, out, n);
    else if (to == DType.Float64) convert<i32, f64>(x, out, n);
    else if (to == DType.Bool) toBool<i32>(x, out, n);
    else if (to == DType.Int32) memory.copy(out, x, (<usize>n) << 2);
  }
}

/** out = x in out's dtype; out is contiguous and of x's shape. */
export function cast(x: Tensor, out: Tensor): void {
  const from = dtypeOf(x);
  const to = dtypeOf(out);
  if (isContiguous(x)) {
    convertRun(dataOf(x), from, dataOf(out), to, sizeOf(x));
    return;
  }
  const bytes = bytesOf(from);
  const n = 1024 / bytes;
  const step = <usize>(n * bytesOf(to));
  let dst = dataOf(out);
  openCursor(cursor, x, rankOf(x), dimsOf(x));
  for (let left = sizeOf(x); left; dst += step) {
    const count = min(left, n);
    gatherBytes(cursor, tile, count, bytes);
    convertRun(tile, from, dst, to, count);
    left -= count;
  }
}
