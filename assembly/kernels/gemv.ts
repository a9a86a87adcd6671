// A row times a matrix, without packing: c = x · B, where B's rows or its columns are contiguous.
import { Sum } from "./madd";

const TILE: usize = 1024;

/** c[n] = x[k] · B[k, n] with contiguous rows of B: rows are added up, tile by tile of columns. */
export function rowTimesRows<T>(
  n: u32,
  k: u32,
  x: usize,
  xStep: usize,
  b: usize,
  bRow: usize,
  c: usize,
): void {
  const bytes = <usize>n * sizeof<T>();
  for (let o: usize = 0; o < bytes; o += TILE) {
    const width = min(TILE, bytes - o);
    const whole = width & ~15;
    memory.fill(c + o, 0, width);
    let row = b + o;
    let from = x;
    for (let i: u32 = 0; i < k; i++, row += bRow, from += xStep) {
      const value = load<T>(from);
      const s = v128.splat<T>(value);
      for (let q: usize = 0; q < whole; q += 16) {
        const at = c + o + q;
        v128.store(at, Sum.madd<T>(s, v128.load(row + q), v128.load(at)));
      }
      for (let q = whole; q < width; q += sizeof<T>()) {
        store<T>(c + o + q, <T>(load<T>(c + o + q) + value * load<T>(row + q)));
      }
    }
  }
}

/** c[n] = x[k] · B[k, n] with contiguous x and columns of B: n inner products. */
export function rowTimesColumns<T>(
  n: u32,
  k: u32,
  x: usize,
  b: usize,
  bCol: usize,
  c: usize,
): void {
  const bytes = <usize>k * sizeof<T>();
  const pairs = bytes & ~31;
  for (let j: u32 = 0; j < n; j++, b += bCol, c += sizeof<T>()) {
    let s = i32x4.splat(0);
    let t = s;
    for (let o: usize = 0; o < pairs; o += 32) {
      s = Sum.madd<T>(v128.load(x + o), v128.load(b + o), s);
      t = Sum.madd<T>(v128.load(x + o, 16), v128.load(b + o, 16), t);
    }
    s = v128.add<T>(s, t);
    let sum: T;
    if (sizeof<T>() == 8) sum = <T>(v128.extract_lane<T>(s, 0) + v128.extract_lane<T>(s, 1));
    else {
      sum = <T>(v128.extract_lane<T>(s, 0) + v128.extract_lane<T>(s, 1));
      sum = <T>(sum + <T>(v128.extract_lane<T>(s, 2) + v128.extract_lane<T>(s, 3)));
    }
    for (let o = pairs; o < bytes; o += sizeof<T>())
      sum = <T>(sum + load<T>(x + o) * load<T>(b + o));
    store<T>(c, sum);
  }
}
