// Numbers. A number that enters an op is a 0-d node from a small direct-mapped cache, so loops with
// literal coefficients create no nodes for them.
import { DType } from "../shared/dtype";
import { storeNumber } from "../kernels/number";
import { dataOf, Flag, newNode, setFlag, Tensor } from "../tensor/node";
import { pooled } from "./pool";
import { release, retain } from "./tape";

const nodes = memory.data(256 * 4, 16);
const values = memory.data(256 * 8, 16);
const dtypes = memory.data(256, 16);

let defaultFloat: DType = DType.Float32;

/** dtype of numbers and of integers turned float. */
export function defaultDType(): DType {
  return defaultFloat;
}
export function setDefaultDType(dtype: DType): void {
  defaultFloat = dtype;
}

/** A weak 0-d constant, in the pool. */
export function number(value: f64, dtype: DType): Tensor {
  const x = cachedNumber(value, dtype);
  if (!x) return 0;
  retain(x);
  return pooled(x);
}

/** The same, held by the cache only: good until the next number is made. */
export function cachedNumber(value: f64, dtype: DType): Tensor {
  const bits = reinterpret<u64>(value);
  const hash = (<u32>((bits * 0x9e3779b97f4a7c15) >> 56)) ^ dtype;
  const at = nodes + ((<usize>hash) << 2);
  const cached = <usize>load<u32>(at);
  if (
    cached &&
    load<u64>(values + ((<usize>hash) << 3)) == bits &&
    load<u8>(dtypes + hash) == <u8>dtype
  ) {
    return cached;
  }
  const x = newNode(dtype, 0, 0);
  if (!x) return 0;
  v128.store(dataOf(x), i32x4.splat(0));
  storeNumber(dataOf(x), dtype, value);
  setFlag(x, Flag.Weak);
  if (cached) release(cached);
  store<u32>(at, <u32>x);
  store<u64>(values + ((<usize>hash) << 3), bits);
  store<u8>(dtypes + hash, <u8>dtype);
  return x;
}
