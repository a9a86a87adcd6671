// Matrix products by shape: a single row or column does not pay for packing. Those of integers are
// rare, and not worth kernels of their own.
import { DType } from "../shared/dtype";
import { gemm, gemmScratch } from "./gemm";
import { rowTimesColumns, rowTimesRows } from "./gemv";

/** Bytes of scratch that a product of these sizes needs. */
export function matmulScratch(m: u32, n: u32, k: u32, bytes: u32): usize {
  return gemmScratch(bytes, m, n, k);
}

/** C[m, n] = A[m, k] · B[k, n]; C is contiguous, steps are in bytes. */
export function matmul(
  dtype: DType,
  m: u32,
  n: u32,
  k: u32,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  bRow: usize,
  bCol: usize,
  c: usize,
  scratch: usize,
): void {
  if (dtype == DType.Float32) matmulOf<f32>(m, n, k, a, aRow, aCol, b, bRow, bCol, c, scratch);
  else if (dtype == DType.Float64) matmulOf<f64>(m, n, k, a, aRow, aCol, b, bRow, bCol, c, scratch);
  else integers(m, n, k, a, aRow, aCol, b, bRow, bCol, c);
}

function matmulOf<T>(
  m: u32,
  n: u32,
  k: u32,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  bRow: usize,
  bCol: usize,
  c: usize,
  scratch: usize,
): void {
  const size = <u32>sizeof<T>();
  if (!k) memory.fill(c, 0, <usize>m * n * size);
  else if (n == 1 && m > 1) {
    // The transpose is a row.
    matmulOf<T>(1, m, k, b, bCol, bRow, a, aCol, aRow, c, scratch);
  } else if (m == 1 && bCol == size) rowTimesRows<T>(n, k, a, aCol, b, bRow, c);
  else if (m == 1 && bRow == size && aCol == size) rowTimesColumns<T>(n, k, a, b, bCol, c);
  else gemm(size, m, n, k, a, aRow, aCol, b, bRow, bCol, c, <usize>n * size, false, scratch);
}

function integers(
  m: u32,
  n: u32,
  k: u32,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  bRow: usize,
  bCol: usize,
  c: usize,
): void {
  for (let i: u32 = 0; i < m; i++, a += aRow) {
    let column = b;
    for (let j: u32 = 0; j < n; j++, column += bCol, c += 4) {
      let sum = 0;
      let x = a;
      let y = column;
      for (let p: u32 = 0; p < k; p++, x += aCol, y += bRow) sum += load<i32>(x) * load<i32>(y);
      store<i32>(c, sum);
    }
  }
}
