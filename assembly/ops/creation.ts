// Values from nothing.
import { DType } from "../shared/dtype";
import { bytesOf, dataOf, newNode, sizeOf, Tensor } from "../tensor/node";
import { diagonal, ramp } from "../kernels/create";
import { fill } from "../kernels/copy";
import { pooled } from "../tape/pool";
import { put } from "../tensor/shape";
import { createdShape } from "./scratch";


/** A tensor whose contents the caller writes. */
export function empty(dtype: DType, rank: u32, shape: usize): Tensor {
  return pooled(newNode(dtype, rank, shape));
}

/** A tensor of one value. */
export function full(dtype: DType, rank: u32, shape: usize, value: f64): Tensor {
  const x = newNode(dtype, rank, shape);
  if (x) fill(dataOf(x), dtype, sizeOf(x), value);
  return pooled(x);
}

/** n numbers start, start + step, …; with `exact`, the last one is `stop`. */
export function range(
  dtype: DType,
  n: u32,
  start: f64,
  step: f64,
  stop: f64,
  exact: bool,
): Tensor {
  put(createdShape, 0, n);
  const x = newNode(dtype, 1, createdShape);
  if (!x) return 0;
  ramp(dataOf(x), dtype, bytesOf(dtype), n, start, step);
  if (exact && n > 1) fill(dataOf(x) + <usize>(n - 1) * bytesOf(dtype), dtype, 1, stop);
  return pooled(x);
}

/** Ones on the k-th diagonal of a matrix of zeros. */
export function eye(dtype: DType, rows: u32, columns: u32, k: i32): Tensor {
  put(createdShape, 0, rows);
  put(createdShape, 1, columns);
  const x = newNode(dtype, 2, createdShape);
  if (!x) return 0;
  fill(dataOf(x), dtype, sizeOf(x), 0);
  diagonal(dataOf(x), dtype, bytesOf(dtype), rows, columns, k);
  return pooled(x);
}
