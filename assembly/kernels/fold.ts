// Folding elements of a run. They are folded, in logical order, in blocks of 1,024 with four vector
// accumulators, element i in lane i mod 16 (float64: 8); blocks are combined pairwise, so that errors
// grow with log n. That order is the same wherever the elements are:
//
//   runs     one after the other, or gathered block by block (here, kernels/reduce.ts);
//   columns  results side by side: tiles of them folded row by row, an accumulator per lane
//            (kernels/columns.ts);
//   pieces   that come one at a time (kernels/stream.ts).
//
// A fold object R has `start<T>()`, the neutral vector, `v<T>(a, b)` and `s<T>(a, b)`, its combination
// of vectors and scalars. All that is compiled of it are two functions, which the drivers call by
// index once per block or tile.
import { gatherBytes } from "./cursor";
import { Local, local } from "./local";

/** Elements of a block. */
export const BLOCK: u32 = 1024;

/**
 * Folds n ≤ 1,024 contiguous elements and stores the result. A block may come in pieces, all but the
 * last of whole 64 bytes: their accumulators wait at `lanes`, from where the pieces after the first
 * take them (`carried`) and where all but the last, which have no `out`, leave them.
 */
export function foldBlock<R, T>(x: usize, n: u32, out: usize, lanes: usize, carried: bool): void {
  const r = changetype<R>(0);
  let p = x;
  let a = carried ? v128.load(lanes) : r.start<T>();
  const end = p + <usize>n * sizeof<T>();
  if (carried || n * sizeof<T>() >= 64) {
    let b = a;
    let c = a;
    let d = a;
    if (carried) {
      b = v128.load(lanes, 16);
      c = v128.load(lanes, 32);
      d = v128.load(lanes, 48);
    }
    for (; p + 64 <= end; p += 64) {
      a = r.v<T>(a, v128.load(p));
      b = r.v<T>(b, v128.load(p, 16));
      c = r.v<T>(c, v128.load(p, 32));
      d = r.v<T>(d, v128.load(p, 48));
    }
    if (!out) {
      v128.store(lanes, a);
      v128.store(lanes, b, 16);
      v128.store(lanes, c, 32);
      v128.store(lanes, d, 48);
      return;
    }
    a = r.v<T>(r.v<T>(a, b), r.v<T>(c, d));
  }
  for (; p + 16 <= end; p += 16) a = r.v<T>(a, v128.load(p));
  let s = r.s<T>(v128.extract_lane<T>(a, 0), v128.extract_lane<T>(a, 1));
  if (sizeof<T>() == 4)
    s = r.s<T>(s, r.s<T>(v128.extract_lane<T>(a, 2), v128.extract_lane<T>(a, 3)));
  for (; p < end; p += sizeof<T>()) s = r.s<T>(s, load<T>(p));
  store<T>(out, s);
}

/** out = x and four rows folded one after the other, element by element. */
export function foldRows<R, T>(
  x: usize,
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
  out: usize,
  bytes: usize,
): void {
  const r = changetype<R>(0);
  for (let o: usize = 0; o < bytes; o += 16) {
    const a = r.v<T>(r.v<T>(v128.load(x + o), v128.load(row0 + o)), v128.load(row1 + o));
    v128.store(out + o, r.v<T>(r.v<T>(a, v128.load(row2 + o)), v128.load(row3 + o)));
  }
}

/**
 * Folds n elements of `size` bytes by the function `block` into `out`: those at `direct`, or, if that
 * is 0, the next ones of the cursor.
 */
export function foldRun(
  block: u32,
  size: u32,
  direct: usize,
  cursor: usize,
  n: u32,
  out: usize,
): void {
  if (direct && n <= BLOCK) {
    call_indirect<void>(block, direct, n, out, 0, false);
    return;
  }
  const partials = local(Local.Partials);
  let top = partials;
  let blocks: u32 = 0;
  let from = direct;
  for (let left = n; left;) {
    const count = min(left, BLOCK);
    if (!direct) {
      from = local(Local.Block);
      gatherBytes(cursor, from, count, size);
    }
    call_indirect<void>(block, from, count, top, 0, false);
    from += <usize>(count * size);
    left -= count;
    blocks++;
    for (let c = blocks; !(c & 1); c >>= 1) {
      top -= size;
      call_indirect<void>(block, top, 2, top, 0, false);
    }
    top += size;
  }
  for (top -= size; top > partials;) {
    top -= size;
    call_indirect<void>(block, top, 2, top, 0, false);
  }
  if (size == 8) store<u64>(out, load<u64>(partials));
  else store<u32>(out, load<u32>(partials));
}

/**
 * Folds n results of blocks, or of groups of 2^k blocks, as `foldRun` does. They lie side by side, and
 * are overwritten.
 */
export function foldResults(fold: u32, bytes: usize, list: usize, n: u32, out: usize): void {
  let top = list;
  let from = list;
  for (let i: u32 = 1; i <= n; i++, from += bytes) {
    memory.copy(top, from, bytes);
    for (let c = i; !(c & 1); c >>= 1) {
      top -= bytes;
      call_indirect<void>(fold, top, 2, top, 0, false);
    }
    top += bytes;
  }
  for (top -= bytes; top > list;) {
    top -= bytes;
    call_indirect<void>(fold, top, 2, top, 0, false);
  }
  memory.copy(out, list, bytes);
}
