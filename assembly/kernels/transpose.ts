// Copies in which the axis that runs in the source is not the one that runs in the result: small
// squares follow each other, so that cache lines are used whole.
import { axisDim, axisStep, cursorAxes } from "./cursor";

/** Side of a square, in elements. */
const SIDE: u32 = 16;
const index = memory.data(64, 16);

/** The axis along which the source runs, if a copy should go by squares; else -1. */
export function turnedAxis(cursor: usize, bytes: u32): i32 {
  const last = <i32>cursorAxes(cursor) - 1;
  if (axisStep(cursor, last) == <i32>bytes || axisDim(cursor, last) < 4) return -1;
  for (let k = last - 1; k >= 0; k--) {
    if (axisStep(cursor, k) == <i32>bytes && axisDim(cursor, k) >= 4) return k;
  }
  return -1;
}

/** out[i·outStep + j] = x[i + j·step], i < rows, j < columns; steps in bytes. */
function turn<T>(x: usize, step: usize, rows: u32, columns: u32, out: usize, outStep: usize): void {
  for (let top: u32 = 0; top < rows; top += SIDE) {
    const height = min(SIDE, rows - top);
    for (let left: u32 = 0; left < columns; left += SIDE) {
      const width = min(SIDE, columns - left);
      const from = x + <usize>left * step + <usize>top * sizeof<T>();
      const to = out + <usize>top * outStep + <usize>left * sizeof<T>();
      if (height == SIDE && width == SIDE) turnSquare<T>(from, step, to, outStep);
      else turnPart<T>(from, step, height, width, to, outStep);
    }
  }
}

/** One by one. */
function turnPart<T>(
  x: usize,
  step: usize,
  rows: u32,
  columns: u32,
  out: usize,
  outStep: usize,
): void {
  for (let i: u32 = 0; i < rows; i++, x += sizeof<T>(), out += outStep) {
    let from = x;
    const end = out + <usize>columns * sizeof<T>();
    for (let to = out; to < end; to += sizeof<T>(), from += step) store<T>(to, load<T>(from));
  }
}

/** A whole square, by vectors: as many columns as a vector has lanes become parts of as many rows. */
function turnSquare<T>(x: usize, step: usize, out: usize, outStep: usize): void {
  for (let j: u32 = 0; j < SIDE; j += 16 / sizeof<T>(), out += 16) {
    let to = out;
    for (let o: usize = 0; o < SIDE * sizeof<T>(); o += 16) {
      const a = v128.load(x + o);
      const b = v128.load(x + step + o);
      if (sizeof<T>() == 8) {
        v128.store(to, v128.shuffle<i64>(a, b, 0, 2));
        v128.store(to + outStep, v128.shuffle<i64>(a, b, 1, 3));
        to += 2 * outStep;
      } else {
        const c = v128.load(x + 2 * step + o);
        const d = v128.load(x + 3 * step + o);
        const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
        const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
        const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
        const gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
        v128.store(to + outStep, v128.shuffle<i64>(ab, cd, 1, 3));
        to += 2 * outStep;
        v128.store(to, v128.shuffle<i64>(ef, gh, 0, 2));
        v128.store(to + outStep, v128.shuffle<i64>(ef, gh, 1, 3));
        to += 2 * outStep;
      }
    }
    x += (16 / sizeof<T>()) * step;
  }
}

/** Copies all elements of a fresh cursor to `out`, contiguous; `k` is its turned axis. */
export function copyTurned(cursor: usize, k: u32, out: usize, bytes: u32): void {
  const last = cursorAxes(cursor) - 1;
  const columns = axisDim(cursor, last);
  const step = <usize>axisStep(cursor, last);
  const rows = axisDim(cursor, k);
  // Bytes of the result inside axis k, and from its end to the next outer place.
  let inside = bytes;
  for (let i = k + 1; i <= last; i++) inside *= axisDim(cursor, i);
  memory.fill(index, 0, 64);
  let x = <usize>load<u32>(cursor);
  for (;;) {
    if (bytes == 8) turn<u64>(x, step, rows, columns, out, inside);
    else turn<u32>(x, step, rows, columns, out, inside);
    let outStep = <usize>(columns * bytes);
    let i = <i32>last - 1;
    for (; i >= 0; i--) {
      const d = axisDim(cursor, i);
      if (<u32>i != k) {
        const at = index + ((<usize>i) << 2);
        const next = load<u32>(at) + 1;
        store<u32>(at, next);
        x += <usize>axisStep(cursor, i);
        out += outStep;
        if (next < d) break;
        store<u32>(at, 0);
        x -= <usize>(axisStep(cursor, i) * <i32>d);
        out -= outStep * d;
      }
      outStep *= d;
    }
    if (i < 0) return;
  }
}
