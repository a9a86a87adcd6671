// Matrix products by shape: a single row or column does not pay for packing. Those of integers are
// rare, and not worth kernels of their own.
import { DType } from "../shared/dtype";
import { gemm, gemmScratch } from "./gemm";
import { rowTimesColumns, rowTimesRows } from "./gemv";
import { parallel, threadCount, worthwhile } from "./parallel";

/** Products of two numbers that are worth another thread. */
export const WORTH: u64 = 1 << 18;

/** Bytes of scratch that a product of these sizes needs on one thread. */
export function matmulScratch(m: u32, n: u32, k: u32, bytes: u32): usize {
  return gemmScratch(bytes, m, n, k);
}

/**
 * C[m, n] = A[m, k] · B[k, n]; C is contiguous, steps are in bytes. Each thread has `own` bytes of
 * scratch.
 */
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
  own: usize,
): void {
  if (dtype == DType.Float32) matmulOf<f32>(m, n, k, a, aRow, aCol, b, bRow, bCol, c, scratch, own);
  else if (dtype == DType.Float64)
    matmulOf<f64>(m, n, k, a, aRow, aCol, b, bRow, bCol, c, scratch, own);
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
  own: usize,
): void {
  const size = <u32>sizeof<T>();
  if (!k) memory.fill(c, 0, <usize>m * n * size);
  else if (n == 1 && m > 1) {
    // The transpose is a row.
    matmulOf<T>(1, m, k, b, bCol, bRow, a, aCol, aRow, c, scratch, own);
  } else if (m == 1 && bRow == size && aCol == size && (n == 1 || bCol != size)) {
    rowTimesColumns<T>(n, k, a, b, bCol, c);
  } else if (m == 1 && bCol == size) rowTimesRows<T>(n, k, a, aCol, b, bRow, c);
  else if (ASC_FEATURE_THREADS && worthwhile(<u64>m * n * k, 2 * WORTH))
    share(size, m, n, k, a, aRow, aCol, b, bRow, bCol, c, scratch, own);
  else gemm(size, m, n, k, a, aRow, aCol, b, bRow, bCol, c, <usize>n * size, false, scratch);
}

//   job   0 m   4 n   8 k   12 a   16 its row step   20 column step   24 b   28 row step
//         32 column step   36 c   40 scratch   44 bytes of it per thread   48 whether columns are cut   52 bytes of an element
const job = memory.data(56, 16);
/** Rows, or vectors of columns, that a cut keeps together. */
const TOGETHER: u32 = 4;

/** `gemm` on all threads, which cut the longer side of C: elements do not depend on one another. */
function share(
  size: u32,
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
  own: usize,
): void {
  store<u32>(job, m);
  store<u32>(job, n, 4);
  store<u32>(job, k, 8);
  store<u32>(job, <u32>a, 12);
  store<u32>(job, <u32>aRow, 16);
  store<u32>(job, <u32>aCol, 20);
  store<u32>(job, <u32>b, 24);
  store<u32>(job, <u32>bRow, 28);
  store<u32>(job, <u32>bCol, 32);
  store<u32>(job, <u32>c, 36);
  store<u32>(job, <u32>scratch, 40);
  store<u32>(job, <u32>own, 44);
  const columns = n > 2 * m;
  store<u32>(job, u32(columns), 48);
  store<u32>(job, size, 52);
  const unit = columns ? TOGETHER * (16 / size) : TOGETHER;
  const units = ((columns ? n : m) + unit - 1) / unit;
  // Each stretch packs the other operand once more: few stretches, unless the product is large.
  const parts = threadCount() * (units >= 64 * threadCount() ? 4 : units >= 32 ? 2 : 1);
  const kernel = ((job: usize, from: u32, to: u32, thread: u32): void =>
    part(job, from, to, thread)).index;
  parallel(kernel, units, (units + parts - 1) / parts, job);
}

/** Units from `from` to `to` of a shared product. */
function part(job: usize, from: u32, to: u32, thread: u32): void {
  const size = load<u32>(job, 52);
  let m = load<u32>(job);
  let n = load<u32>(job, 4);
  let a = <usize>load<u32>(job, 12);
  let b = <usize>load<u32>(job, 24);
  let c = <usize>load<u32>(job, 36);
  const aRow = <usize>load<u32>(job, 16);
  const bCol = <usize>load<u32>(job, 32);
  const cRow = <usize>n * size;
  if (load<u32>(job, 48)) {
    const first = from * (TOGETHER * (16 / size));
    n = min(n, to * (TOGETHER * (16 / size))) - first;
    b += <usize>first * bCol;
    c += <usize>first * size;
  } else {
    const first = from * TOGETHER;
    m = min(m, to * TOGETHER) - first;
    a += <usize>first * aRow;
    c += <usize>first * cRow;
  }
  const scratch = <usize>(load<u32>(job, 40) + thread * load<u32>(job, 44));
  const aCol = <usize>load<u32>(job, 20);
  const bRow = <usize>load<u32>(job, 28);
  gemm(size, m, n, load<u32>(job, 8), a, aRow, aCol, b, bRow, bCol, c, cRow, false, scratch);
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
