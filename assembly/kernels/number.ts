// One number in memory, in any dtype.
import { DType } from "../shared/dtype";

/** Stores a number as one element of this dtype. */
export function storeNumber(out: usize, dtype: DType, value: f64): void {
  if (dtype == DType.Float64) store<f64>(out, value);
  else if (dtype == DType.Float32) store<f32>(out, <f32>value);
  else store<i32>(out, dtype == DType.Bool ? i32(value != 0) : <i32>value);
}

/** Reads one element of this dtype as a number. */
export function loadNumber(x: usize, dtype: DType): f64 {
  if (dtype == DType.Float64) return load<f64>(x);
  if (dtype == DType.Float32) return <f64>load<f32>(x);
  return <f64>load<i32>(x);
}
