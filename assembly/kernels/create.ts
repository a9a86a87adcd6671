// Values that come from a formula of the index.
import { DType } from "../shared/dtype";
import { storeNumber } from "./number";

/** start, start + step, … (n elements). */
export function ramp(out: usize, dtype: DType, bytes: u32, n: u32, start: f64, step: f64): void {
  if (dtype == DType.Int32 && isWhole(start) && isWhole(step) && isWhole(start + <f64>n * step)) {
    let value = <i32>start;
    for (const end = out + ((<usize>n) << 2); out < end; out += 4, value += <i32>step) {
      store<i32>(out, value);
    }
    return;
  }
  for (let i: u32 = 0; i < n; i++, out += bytes) storeNumber(out, dtype, start + <f64>i * step);
}

function isWhole(x: f64): bool {
  return <f64>(<i32>x) == x;
}

/** Ones on a diagonal of a zeroed rows × columns matrix. */
export function diagonal(
  out: usize,
  dtype: DType,
  bytes: u32,
  rows: u32,
  columns: u32,
  k: i32,
): void {
  for (let i: i32 = 0; i < <i32>rows; i++) {
    const j = i + k;
    if (j >= 0 && j < <i32>columns) storeNumber(out + <usize>(i * columns + j) * bytes, dtype, 1);
  }
}
