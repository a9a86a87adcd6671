// A cursor walks a strided operand in the order of a (broadcast) shape and gathers tiles of it, so
// that kernels only ever see contiguous runs. Adjacent axes that step alike are walked as one.
//
//     0 address   4 rank   8 step of the last axis (bytes)   16 dims[16]   80 steps[16]   144 index[16]
import { bytesOf, dataOf, dimsOf, dtypeOf, rankOf, stridesOf, Tensor } from "../tensor/node";

const DIMS: usize = 16;
const STEPS: usize = 80;
const INDEX: usize = 144;

/** Bytes of a cursor. */
export const CURSOR_BYTES: i32 = 208;

/** Puts a cursor at the first element of x, seen as of this shape (x broadcasts to it). */
export function openCursor(cursor: usize, x: Tensor, rank: u32, dims: usize): void {
  const own = rankOf(x);
  openStrided(cursor, dataOf(x), bytesOf(dtypeOf(x)), own, dimsOf(x), stridesOf(x), rank, dims);
}

/** The same for bare strides (in elements) of `own` axes, right-aligned to the shape. */
export function openStrided(
  cursor: usize,
  data: usize,
  bytes: u32,
  own: u32,
  ownDims: usize,
  strides: usize,
  rank: u32,
  dims: usize,
): void {
  const missing = rank - own;
  let n: u32 = 0;
  for (let i: u32 = 0; i < rank; i++) {
    const d = load<u32>(dims + ((<usize>i) << 2));
    if (d == 1) continue;
    let step: i32 = 0;
    if (i >= missing) {
      const k = (<usize>(i - missing)) << 2;
      if (load<u32>(ownDims + k) != 1) step = load<i32>(strides + k) * <i32>bytes;
    }
    if (n) {
      const last = cursor + ((<usize>(n - 1)) << 2);
      if (load<i32>(last, STEPS) == step * <i32>d) {
        store<u32>(last, load<u32>(last, DIMS) * d, DIMS);
        store<i32>(last, step, STEPS);
        continue;
      }
    }
    const here = cursor + ((<usize>n) << 2);
    store<u32>(here, d, DIMS);
    store<i32>(here, step, STEPS);
    store<u32>(here, 0, INDEX);
    n++;
  }
  if (!n) {
    store<u32>(cursor, 1, DIMS);
    store<i32>(cursor, <i32>bytes, STEPS);
    store<u32>(cursor, 0, INDEX);
    n = 1;
  }
  store<u32>(cursor, <u32>data);
  store<u32>(cursor, n, 4);
  store<i32>(cursor, load<i32>(cursor + ((<usize>(n - 1)) << 2), STEPS), 8);
}

/** True if the cursor's elements lie one after the other. */
export function runsOn(cursor: usize, bytes: u32): bool {
  return load<u32>(cursor, 4) == 1 && load<i32>(cursor, 8) == <i32>bytes;
}

/** Axes that are walked. */
export function cursorAxes(cursor: usize): u32 {
  return load<u32>(cursor, 4);
}
/** Size of axis i. */
export function axisDim(cursor: usize, i: u32): u32 {
  return load<u32>(cursor + ((<usize>i) << 2), DIMS);
}
/** Step of axis i, in bytes. */
export function axisStep(cursor: usize, i: u32): i32 {
  return load<i32>(cursor + ((<usize>i) << 2), STEPS);
}

/** Elements up to the end of the current run along the last axis. */
function runLength(cursor: usize): u32 {
  const last = cursor + ((<usize>(load<u32>(cursor, 4) - 1)) << 2);
  return load<u32>(last, DIMS) - load<u32>(last, INDEX);
}

/** Steps over `count` places of an axis, whose inner axes are at their beginnings (never past its end). */
function advance(cursor: usize, axis: u32, count: u32): void {
  let at = cursor + ((<usize>axis) << 2);
  let address = load<u32>(cursor) + count * load<i32>(at, STEPS);
  let index = load<u32>(at, INDEX) + count;
  while (index == load<u32>(at, DIMS)) {
    store<u32>(at, 0, INDEX);
    address -= index * load<i32>(at, STEPS);
    if (!axis) {
      store<u32>(cursor, address);
      return;
    }
    axis--;
    at = cursor + ((<usize>axis) << 2);
    address += load<i32>(at, STEPS);
    index = load<u32>(at, INDEX) + 1;
  }
  store<u32>(at, index, INDEX);
  store<u32>(cursor, address);
}

/** Steps over n elements, which are no more than the run has left; returns the address of the first. */
export function takeRun(cursor: usize, n: u32): usize {
  const from = <usize>load<u32>(cursor);
  advance(cursor, load<u32>(cursor, 4) - 1, n);
  return from;
}

/** Copies n elements, `step` bytes apart, to `out`, contiguous. */
function copyRun<T>(from: usize, step: usize, out: usize, n: u32): void {
  const end = out + <usize>n * sizeof<T>();
  if (step == sizeof<T>()) {
    if (n >= 64) {
      memory.copy(out, from, end - out);
      return;
    }
    for (; out + 16 <= end; out += 16, from += 16) v128.store(out, v128.load(from));
  } else if (step == 0) {
    const value = v128.splat<T>(load<T>(from));
    for (; out + 16 <= end; out += 16) v128.store(out, value);
  }
  for (; out < end; out += sizeof<T>(), from += step) store<T>(out, load<T>(from));
}

/** Puts an open cursor at an element. */
export function seek(cursor: usize, element: u32): void {
  let address = load<u32>(cursor);
  for (let i = <i32>load<u32>(cursor, 4) - 1; i >= 0; i--) {
    const at = cursor + ((<usize>i) << 2);
    const d = load<u32>(at, DIMS);
    const index = element % d;
    element /= d;
    address += (index - load<u32>(at, INDEX)) * load<i32>(at, STEPS);
    store<u32>(at, index, INDEX);
  }
  store<u32>(cursor, address);
}

/** Copies the next `count` elements to `out`, contiguous. */
export function gather<T>(cursor: usize, out: usize, count: u32): void {
  const step = <usize>load<i32>(cursor, 8);
  const axis = load<u32>(cursor, 4) - 1;
  while (count) {
    const n = min(count, runLength(cursor));
    const from = <usize>load<u32>(cursor);
    copyRun<T>(from, step, out, n);
    const bytes = <usize>n * sizeof<T>();
    let rows: u32 = 1;
    if (axis && n == axisDim(cursor, axis)) {
      // A whole run: those that follow it along the axis before do so at one step, 0 if it is repeated.
      const before = cursor + ((<usize>(axis - 1)) << 2);
      const rowStep = <usize>load<i32>(before, STEPS);
      rows = min(count / n, load<u32>(before, DIMS) - load<u32>(before, INDEX));
      for (let r: u32 = 1; r < rows; r++) {
        copyRun<T>(from + <usize>r * rowStep, step, out + <usize>r * bytes, n);
      }
      advance(cursor, axis - 1, rows);
    } else advance(cursor, axis, n);
    out += <usize>rows * bytes;
    count -= rows * n;
  }
}

/** Copies `count` contiguous elements from `x` to the cursor's next places. */
export function scatter<T>(cursor: usize, x: usize, count: u32): void {
  const step = <usize>load<i32>(cursor, 8);
  while (count) {
    const n = min(count, runLength(cursor));
    let to = <usize>load<u32>(cursor);
    const bytes = <usize>n * sizeof<T>();
    if (step == sizeof<T>()) copyRun<T>(x, step, to, n);
    else
      for (let o: usize = 0; o < bytes; o += sizeof<T>(), to += step) store<T>(to, load<T>(x + o));
    x += bytes;
    count -= n;
    advance(cursor, load<u32>(cursor, 4) - 1, n);
  }
}

/** `gather` for elements of 4 or 8 bytes. */
export function gatherBytes(cursor: usize, out: usize, count: u32, bytes: u32): void {
  if (bytes == 8) gather<u64>(cursor, out, count);
  else gather<u32>(cursor, out, count);
}

/** `scatter` for elements of 4 or 8 bytes. */
export function scatterBytes(cursor: usize, x: usize, count: u32, bytes: u32): void {
  if (bytes == 8) scatter<u64>(cursor, x, count);
  else scatter<u32>(cursor, x, count);
}
