// Reductions over any axes of a strided operand, in one of two orders:
//
//   rows     the reduced axes are walked last: each result folds one run of elements, in blocks of
//            1,024 with four vector accumulators, blocks combined pairwise (error grows with log n);
//   columns  the innermost axis stays and is contiguous: whole tiles of results are folded row by
//            row, in blocks of 32 rows, blocks combined pairwise.
//
// The order depends on shape and layout only. A fold object R has `start<T>()`, the neutral vector,
// `v<T>(a, b)` and `s<T>(a, b)`, its combination of vectors and scalars.
import { dataOf, dimsOf, rankOf, sizeOf, stridesOf, Tensor } from "../tensor/node";
import { gather, openStrided, runsOn } from "./cursor";

const BLOCK: u32 = 1024;
const ROWS: u32 = 32;
const TILE_BYTES: usize = 1024;
const cursor = memory.data(208, 16);
const blockBuffer = memory.data(8192, 16);
const partials = memory.data(64 * 8, 16);
const tiles = memory.data(34 * 1024, 16);
const orderDims = memory.data(64, 16);
const orderStrides = memory.data(64, 16);
// Outer kept axes, then reduced axes, of a column reduction: dims, steps in bytes, indices.
const outerAxes = memory.data(16 * 12, 16);
const reducedAxes = memory.data(16 * 12, 16);

function foldVector<R, T>(v: v128): T {
  const r = changetype<R>(0);
  if (sizeof<T>() == 8) return r.s<T>(v128.extract_lane<T>(v, 0), v128.extract_lane<T>(v, 1));
  const low = r.s<T>(v128.extract_lane<T>(v, 0), v128.extract_lane<T>(v, 1));
  return r.s<T>(low, r.s<T>(v128.extract_lane<T>(v, 2), v128.extract_lane<T>(v, 3)));
}

/** Folds n ≤ 1,024 contiguous elements. */
function foldBlock<R, T>(p: usize, n: u32): T {
  const r = changetype<R>(0);
  let a = r.start<T>();
  const end = p + <usize>n * sizeof<T>();
  if (n * sizeof<T>() >= 64) {
    let b = a;
    let c = a;
    let d = a;
    for (; p + 64 <= end; p += 64) {
      a = r.v<T>(a, v128.load(p));
      b = r.v<T>(b, v128.load(p, 16));
      c = r.v<T>(c, v128.load(p, 32));
      d = r.v<T>(d, v128.load(p, 48));
    }
    a = r.v<T>(r.v<T>(a, b), r.v<T>(c, d));
  }
  for (; p + 16 <= end; p += 16) a = r.v<T>(a, v128.load(p));
  let s = foldVector<R, T>(a);
  for (; p < end; p += sizeof<T>()) s = r.s<T>(s, load<T>(p));
  return s;
}

/** Folds the next n elements of the cursor; `direct` is their address if they lie in a row, else 0. */
function foldRun<R, T>(direct: usize, n: u32): T {
  const r = changetype<R>(0);
  if (n <= BLOCK) {
    if (!direct) gather<T>(cursor, blockBuffer, n);
    return foldBlock<R, T>(direct ? direct : blockBuffer, n);
  }
  let depth: usize = 0;
  let blocks: u32 = 0;
  for (let left = n; left;) {
    const count = min(left, BLOCK);
    let from = direct;
    if (direct) direct += <usize>count * sizeof<T>();
    else {
      from = blockBuffer;
      gather<T>(cursor, blockBuffer, count);
    }
    let s = foldBlock<R, T>(from, count);
    left -= count;
    blocks++;
    for (let c = blocks; !(c & 1); c >>= 1) {
      depth -= sizeof<T>();
      s = r.s<T>(load<T>(partials + depth), s);
    }
    store<T>(partials + depth, s);
    depth += sizeof<T>();
  }
  depth -= sizeof<T>();
  let s = load<T>(partials + depth);
  while (depth) {
    depth -= sizeof<T>();
    s = r.s<T>(load<T>(partials + depth), s);
  }
  return s;
}

// --- the same fold of elements that come in pieces ---
//
//   stream   0 address of the next result   4 elements per result   8 seen of them
//            12 seen of the block   16 blocks   20 bytes of partial results
//            32 partial results [64]   544 the block

/** Bytes of a stream. */
export const STREAM_BYTES: usize = 544 + 8192;

/** Begins a stream that writes a result to `out` for every `run` elements. */
export function openStream(stream: usize, out: usize, run: u32): void {
  store<u32>(stream, <u32>out);
  store<u32>(stream, run, 4);
  store<u64>(stream, 0, 8);
  store<u64>(stream, 0, 16);
}

/** Folds n more elements, in the blocks and order of `foldRun`. */
export function feed<R, T>(stream: usize, x: usize, n: u32): void {
  const run = load<u32>(stream, 4);
  while (n) {
    const filled = load<u32>(stream, 12);
    const count = min(n, min(BLOCK - filled, run - load<u32>(stream, 8)));
    memory.copy(stream + 544 + <usize>filled * sizeof<T>(), x, <usize>count * sizeof<T>());
    x += <usize>count * sizeof<T>();
    n -= count;
    store<u32>(stream, load<u32>(stream, 8) + count, 8);
    store<u32>(stream, filled + count, 12);
    if (filled + count == BLOCK || load<u32>(stream, 8) == run) closeBlock<R, T>(stream);
  }
}

function closeBlock<R, T>(stream: usize): void {
  const r = changetype<R>(0);
  const list = stream + 32;
  let s = foldBlock<R, T>(stream + 544, load<u32>(stream, 12));
  let depth = <usize>load<u32>(stream, 20);
  const blocks = load<u32>(stream, 16) + 1;
  for (let c = blocks; !(c & 1); c >>= 1) {
    depth -= sizeof<T>();
    s = r.s<T>(load<T>(list + depth), s);
  }
  if (load<u32>(stream, 8) < load<u32>(stream, 4)) {
    store<T>(list + depth, s);
    store<u32>(stream, <u32>(depth + sizeof<T>()), 20);
    store<u32>(stream, blocks, 16);
    store<u32>(stream, 0, 12);
    return;
  }
  while (depth) {
    depth -= sizeof<T>();
    s = r.s<T>(load<T>(list + depth), s);
  }
  const out = <usize>load<u32>(stream);
  store<T>(out, s);
  openStream(stream, out + sizeof<T>(), load<u32>(stream, 4));
}

function reduceRows<R, T>(x: Tensor, mask: u32, out: Tensor): void {
  const rank = rankOf(x);
  let n: usize = 0;
  let run: u32 = 1;
  for (let pass: u32 = 0; pass < 2; pass++) {
    for (let i: u32 = 0; i < rank; i++) {
      if (((mask >> i) & 1) != pass) continue;
      const d = load<u32>(dimsOf(x) + ((<usize>i) << 2));
      store<u32>(orderDims + n, d);
      store<u32>(orderStrides + n, load<u32>(stridesOf(x) + ((<usize>i) << 2)));
      if (pass) run *= d;
      n += 4;
    }
  }
  const count = sizeOf(out);
  openStrided(cursor, dataOf(x), sizeof<T>(), rank, orderDims, orderStrides, rank, orderDims);
  let direct: usize = runsOn(cursor, sizeof<T>()) ? dataOf(x) : 0;
  let to = dataOf(out);
  for (let i: u32 = 0; i < count; i++, to += sizeof<T>()) {
    store<T>(to, run ? foldRun<R, T>(direct, run) : foldBlock<R, T>(blockBuffer, 0));
    if (direct) direct += <usize>run * sizeof<T>();
  }
}

/** Steps an odometer of n axes, which starts over at the end; returns the change of the address. */
function stepAxes(axes: usize, n: u32): isize {
  let change: isize = 0;
  for (let i = <i32>n - 1; i >= 0; i--) {
    const at = axes + <usize>i * 12;
    const step = <isize>load<i32>(at, 4);
    const index = load<u32>(at, 8) + 1;
    if (index < load<u32>(at)) {
      store<u32>(at, index, 8);
      return change + step;
    }
    change -= <isize>(index - 1) * step;
    store<u32>(at, 0, 8);
  }
  return change;
}

function foldRow<R, T>(acc: usize, row: usize, bytes: usize): void {
  const r = changetype<R>(0);
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(acc + o, r.v<T>(v128.load(acc + o), v128.load(row + o)));
  }
}

/** Folds `rows` rows of one tile of columns into `to`. */
function foldColumns<R, T>(first: usize, rows: u32, axes: u32, bytes: usize, to: usize): void {
  const r = changetype<R>(0);
  const padded = (bytes + 15) & ~15;
  let row = first;
  let depth: usize = 0;
  let blocks: u32 = 0;
  for (let left = rows; left;) {
    const count = min(left, ROWS);
    const acc = tiles + depth;
    for (let o: usize = 0; o < padded; o += 16) v128.store(acc + o, r.start<T>());
    for (let i: u32 = 0; i < count; i++) {
      foldRow<R, T>(acc, row, padded);
      row += <usize>stepAxes(reducedAxes, axes);
    }
    left -= count;
    blocks++;
    depth += TILE_BYTES;
    for (let c = blocks; !(c & 1); c >>= 1) {
      depth -= TILE_BYTES;
      foldRow<R, T>(tiles + depth - TILE_BYTES, tiles + depth, padded);
    }
  }
  while (depth > TILE_BYTES) {
    depth -= TILE_BYTES;
    foldRow<R, T>(tiles + depth - TILE_BYTES, tiles + depth, padded);
  }
  memory.copy(to, tiles, bytes);
}

function addAxis(axes: usize, n: u32, d: u32, step: i32): u32 {
  const at = axes + <usize>n * 12;
  store<u32>(at, d);
  store<i32>(at, step, 4);
  store<u32>(at, 0, 8);
  return n + 1;
}

/** Elements at the end of the shape that stay and lie in a row; 0 if columns are not the way. */
function columnWidth(x: Tensor, mask: u32): u32 {
  let width: u32 = 1;
  for (let i = <i32>rankOf(x) - 1; i >= 0; i--) {
    const d = load<u32>(dimsOf(x) + ((<usize>i) << 2));
    if (d == 1) continue;
    if ((mask >> i) & 1 || load<u32>(stridesOf(x) + ((<usize>i) << 2)) != width) break;
    width *= d;
  }
  return width;
}

function reduceColumns<R, T>(x: Tensor, mask: u32, out: Tensor, width: u32): void {
  let kept: u32 = 0;
  let reduced: u32 = 0;
  let rows: u32 = 1;
  let inner: u32 = sizeOf(x) / width;
  for (let i: u32 = 0, rank = rankOf(x); i < rank && inner > 1; i++) {
    const d = load<u32>(dimsOf(x) + ((<usize>i) << 2));
    const step = load<i32>(stridesOf(x) + ((<usize>i) << 2)) * <i32>sizeof<T>();
    inner /= d;
    if ((mask >> i) & 1) {
      reduced = addAxis(reducedAxes, reduced, d, step);
      rows *= d;
    } else kept = addAxis(outerAxes, kept, d, step);
  }
  const bytes = <usize>width * sizeof<T>();
  let from = dataOf(x);
  let to = dataOf(out);
  const end = to + <usize>sizeOf(out) * sizeof<T>();
  while (to < end) {
    for (let o: usize = 0; o < bytes; o += TILE_BYTES) {
      foldColumns<R, T>(from + o, rows, reduced, min(TILE_BYTES, bytes - o), to + o);
    }
    to += bytes;
    from += <usize>stepAxes(outerAxes, kept);
  }
}

/** out = x folded over the axes in `mask`; out is contiguous. */
export function reduce<R, T>(x: Tensor, mask: u32, out: Tensor): void {
  const width = sizeOf(x) ? columnWidth(x, mask) : 0;
  if (width >= 16 / sizeof<T>() && sizeOf(out) < sizeOf(x))
    reduceColumns<R, T>(x, mask, out, width);
  else reduceRows<R, T>(x, mask, out);
}
