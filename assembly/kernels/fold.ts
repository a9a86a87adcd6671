// Folding elements of a run. They are folded, in logical order, in blocks of 1,024 with four vector
// accumulators, element i in lane i mod 16 (float64: 8); blocks are combined pairwise, so that errors
// grow with log n. That order is the same wherever the elements are:
//
//   runs     one after the other, or gathered block by block (here, kernels/reduce.ts);
//   columns  results side by side: tiles of them folded row by row, an accumulator per lane
//            (kernels/columns.ts);
//   pieces   that come one at a time (kernels/stream.ts).
//
// What is folded may be a term of each element, `term<T>(x, c)`, with c the `centre` of its result if
// the class says so: then the functions of such an object, its leaves, fold elements, and those of
// another one, without terms, what comes of them.
//
// A fold object R has `start<T>()`, the neutral vector, `v<T>(a, b)` and `s<T>(a, b)`, its combination
// of vectors and scalars. All that is compiled of it are two functions, which the drivers call by
// index once per block or tile.
import { gatherBytes } from "./cursor";
import { Local, local } from "./local";

/** What is folded of elements. */
abstract class Term {
  /** What R folds of x. */
  @inline static of<R, T>(x: v128, c: v128): v128 {
    const r = changetype<R>(0);
    if (isDefined(r.term)) return r.term<T>(x, c);
    return x;
  }
}

/** Elements of a block. */
export const BLOCK: u32 = 1024;

/**
 * Folds n ≤ 1,024 contiguous elements and stores the result. A block may come in pieces, all but the
 * last of whole 64 bytes: their accumulators wait at `lanes`, from where the pieces after the first
 * take them (`carried`) and where all but the last, which have no `out`, leave them. Of leaves, which
 * have no pieces, the centre stands there.
 */
export function foldBlock<R, T>(x: usize, n: u32, out: usize, lanes: usize, carried: bool): void {
  const r = changetype<R>(0);
  let p = x;
  let a = carried ? v128.load(lanes) : r.start<T>();
  let centre = a;
  if (isDefined(r.centred)) centre = v128.splat<T>(load<T>(lanes));
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
      a = r.v<T>(a, Term.of<R, T>(v128.load(p), centre));
      b = r.v<T>(b, Term.of<R, T>(v128.load(p, 16), centre));
      c = r.v<T>(c, Term.of<R, T>(v128.load(p, 32), centre));
      d = r.v<T>(d, Term.of<R, T>(v128.load(p, 48), centre));
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
  for (; p + 16 <= end; p += 16) a = r.v<T>(a, Term.of<R, T>(v128.load(p), centre));
  let s = r.s<T>(v128.extract_lane<T>(a, 0), v128.extract_lane<T>(a, 1));
  if (sizeof<T>() == 4)
    s = r.s<T>(s, r.s<T>(v128.extract_lane<T>(a, 2), v128.extract_lane<T>(a, 3)));
  for (; p < end; p += sizeof<T>()) {
    let x = load<T>(p);
    if (isDefined(r.term)) x = v128.extract_lane<T>(Term.of<R, T>(v128.splat<T>(x), centre), 0);
    s = r.s<T>(s, x);
  }
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
  centre: usize,
): void {
  const r = changetype<R>(0);
  for (let o: usize = 0; o < bytes; o += 16) {
    const a = r.v<T>(r.v<T>(v128.load(x + o), v128.load(row0 + o)), v128.load(row1 + o));
    v128.store(out + o, r.v<T>(r.v<T>(a, v128.load(row2 + o)), v128.load(row3 + o)));
  }
}

/** A tile of the neutral element. */
export const neutral = memory.data(1024, 16);

/** The same for leaves, with a centre for each element; rows that are missing are `neutral`. */
export function foldTerms<R, T>(
  x: usize,
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
  out: usize,
  bytes: usize,
  centre: usize,
): void {
  const r = changetype<R>(0);
  if (row3 != neutral) {
    for (let o: usize = 0; o < bytes; o += 16) {
      let c = v128.load(x + o);
      let a = c;
      if (isDefined(r.centred)) c = v128.load(centre + o);
      a = r.v<T>(a, Term.of<R, T>(v128.load(row0 + o), c));
      a = r.v<T>(a, Term.of<R, T>(v128.load(row1 + o), c));
      a = r.v<T>(a, Term.of<R, T>(v128.load(row2 + o), c));
      v128.store(out + o, r.v<T>(a, Term.of<R, T>(v128.load(row3 + o), c)));
    }
    return;
  }
  for (let o: usize = 0; o < bytes; o += 16) {
    let c = v128.load(x + o);
    let a = c;
    if (isDefined(r.centred)) c = v128.load(centre + o);
    for (let k = 0; k < 3; k++) {
      const row = k ? (k > 1 ? row2 : row1) : row0;
      if (row == neutral) break;
      a = r.v<T>(a, Term.of<R, T>(v128.load(row + o), c));
    }
    v128.store(out + o, a);
  }
}

/**
 * Folds n elements of `size` bytes by the function `leaf`, with this centre, and what comes of blocks by
 * `block`, into `out`: those at `direct`, or, if that is 0, the next ones of the cursor.
 */
export function foldRun(
  block: u32,
  leaf: u32,
  centre: usize,
  size: u32,
  direct: usize,
  cursor: usize,
  n: u32,
  out: usize,
): void {
  if (direct && n <= BLOCK) {
    call_indirect<void>(leaf, direct, n, out, centre, false);
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
    call_indirect<void>(leaf, from, count, top, centre, false);
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
