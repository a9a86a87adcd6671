// Reductions over any axes of a strided operand. The elements of a run, in logical order, are folded
// in blocks of 1,024 with four vector accumulators, element i in lane i mod 16 (float64: 8); blocks
// are combined pairwise, so that errors grow with log n. That order is the same in two layouts:
//
//   rows     runs lie one after the other, or are gathered block by block;
//   columns  results lie side by side: tiles of them are folded row by row, one accumulator per lane.
//
// A fold object R has `start<T>()`, the neutral vector, `v<T>(a, b)` and `s<T>(a, b)`, its combination
// of vectors and scalars. All that is compiled of it are two functions, which the drivers call by
// index once per block or tile.
import { allocate, releaseBlock } from "../memory/heap";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  rankOf,
  sizeOf,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { gatherBytes, openStrided, runsOn } from "./cursor";
import { copyTurned, turnedAxis } from "./transpose";

const BLOCK: u32 = 1024;
const ORDERED_BYTES: usize = 1 << 24;
const TILE_BYTES: usize = 1024;
const cursor = memory.data(208, 16);
const blockBuffer = memory.data(8192, 16);
const partials = memory.data(64 * 8, 16);
const orderDims = memory.data(64, 16);
const orderStrides = memory.data(64, 16);
// Kept axes without the innermost, and reduced axes, of a reduction by columns: dims, steps in bytes,
// indices.
const outerAxes = memory.data(16 * 12, 16);
const reducedAxes = memory.data(16 * 12, 16);
// Tiles: the neutral one, sixteen accumulators, one in passing, results of blocks. Rows of a block.
const neutral = memory.data(1024, 16);
const lanes = memory.data(16 * 1024, 16);
const passing = memory.data(1024, 16);
const blockTiles = memory.data(34 * 1024, 16);
const rowOffsets = memory.data(4096, 16);

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

// The fold of the reduction under way: its two functions, and bytes of an element.
let block: u32 = 0;
let rows: u32 = 0;
let size: u32 = 0;

/** Folds the next n elements of the cursor; `direct` is their address if they lie in a row, else 0. */
function foldRun(direct: usize, n: u32, out: usize): void {
  if (direct && n <= BLOCK) {
    call_indirect<void>(block, direct, n, out, 0, false);
    return;
  }
  let top = partials;
  let blocks: u32 = 0;
  let from = direct;
  for (let left = n; left;) {
    const count = min(left, BLOCK);
    if (!direct) {
      from = blockBuffer;
      gatherBytes(cursor, blockBuffer, count, size);
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

// --- the same fold of elements that come in pieces ---
//
//   stream   0 address of the next result   4 elements per result   8 seen of them
//            12 seen of the block   16 address after the results of blocks   20 blocks
//            24 bytes of an element   28 function   32 results of blocks [64]   544 accumulators [4]
//            608 elements of the block that wait   624 the waiting ones
//
// A piece is folded where it lies, unless it ends between two vectors: it waits with those that
// follow until the block is whole.

/** Bytes of a stream. */
export const STREAM_BYTES: usize = 624 + 8192;
/** Bytes that the four accumulators take in at once. */
const GROUP: u32 = 64;

/** Begins a stream that writes a result to `out` for every `run` elements. */
export function openStream(stream: usize, out: usize, run: u32, bytes: u32, fold: u32): void {
  store<u32>(stream, run, 4);
  store<u32>(stream, bytes, 24);
  store<u32>(stream, fold, 28);
  beginRun(stream, out);
}

function beginRun(stream: usize, out: usize): void {
  store<u32>(stream, <u32>out);
  store<u64>(stream, 0, 8);
  store<u32>(stream, <u32>(stream + 32), 16);
  store<u32>(stream, 0, 20);
  store<u32>(stream, 0, 608);
}

/** Folds n more elements, in the blocks and order of `foldRun`. */
export function feed(stream: usize, x: usize, n: u32): void {
  const run = load<u32>(stream, 4);
  const bytes = load<u32>(stream, 24);
  while (n) {
    const filled = load<u32>(stream, 12);
    const seen = load<u32>(stream, 8);
    const waiting = load<u32>(stream, 608);
    const count = min(n, min(BLOCK - filled, run - seen));
    const ends = filled + count == BLOCK || seen + count == run;
    store<u32>(stream, seen + count, 8);
    if (waiting || (!ends && (count * bytes) & (GROUP - 1))) {
      memory.copy(stream + 624 + <usize>(waiting * bytes), x, <usize>(count * bytes));
      store<u32>(stream, waiting + count, 608);
      if (ends) closeBlock(stream, stream + 624, waiting + count, filled > waiting);
      else store<u32>(stream, filled + count, 12);
    } else if (ends) closeBlock(stream, x, count, filled != 0);
    else {
      call_indirect<void>(load<u32>(stream, 28), x, count, 0, stream + 544, filled != 0);
      store<u32>(stream, filled + count, 12);
    }
    x += <usize>(count * bytes);
    n -= count;
  }
}

/** Folds the last piece of a block. */
function closeBlock(stream: usize, x: usize, n: u32, carried: bool): void {
  const bytes = <usize>load<u32>(stream, 24);
  const fold = load<u32>(stream, 28);
  let top = <usize>load<u32>(stream, 16);
  call_indirect<void>(fold, x, n, top, stream + 544, carried);
  const blocks = load<u32>(stream, 20) + 1;
  for (let c = blocks; !(c & 1); c >>= 1) {
    top -= bytes;
    call_indirect<void>(fold, top, 2, top, 0, false);
  }
  store<u32>(stream, <u32>(top + bytes), 16);
  store<u32>(stream, blocks, 20);
  store<u32>(stream, 0, 12);
  store<u32>(stream, 0, 608);
  if (load<u32>(stream, 8) < load<u32>(stream, 4)) return;
  while (top > stream + 32) {
    top -= bytes;
    call_indirect<void>(fold, top, 2, top, 0, false);
  }
  const out = <usize>load<u32>(stream);
  memory.copy(out, top, bytes);
  beginRun(stream, out + bytes);
}

function reduceRows(x: Tensor, mask: u32, out: Tensor): void {
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
  openStrided(cursor, dataOf(x), size, rank, orderDims, orderStrides, rank, orderDims);
  let direct: usize = !run || runsOn(cursor, size) ? dataOf(x) : 0;
  // What is stored across the runs is brought into order first, if that is no burden.
  const bytes = <usize>(sizeOf(x) * size);
  const turned = direct || bytes > ORDERED_BYTES ? -1 : turnedAxis(cursor, size);
  const ordered = turned >= 0 ? allocate(bytes) : 0;
  if (ordered) {
    copyTurned(cursor, turned, ordered, size);
    direct = ordered;
  }
  let to = dataOf(out);
  for (const end = to + <usize>(sizeOf(out) * size); to < end; to += size) {
    foldRun(direct, run, to);
    if (direct) direct += <usize>(run * size);
  }
  if (ordered) releaseBlock(ordered);
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

/** Fills in rowOffsets for the next n rows, the first at `offset`; returns the offset of the one after. */
function listRows(offset: isize, n: u32, axes: u32): isize {
  const last = reducedAxes + <usize>(axes - 1) * 12;
  const d = load<u32>(last);
  const step = <isize>load<i32>(last, 4);
  let index = load<u32>(last, 8);
  for (let to = rowOffsets, end = to + ((<usize>n) << 2); to < end; to += 4) {
    store<u32>(to, <u32>offset);
    index++;
    if (index < d) offset += step;
    else {
      store<u32>(last, d - 1, 8);
      offset += stepAxes(reducedAxes, axes);
      index = 0;
    }
  }
  store<u32>(last, index, 8);
  return offset;
}

function addAxis(axes: usize, n: u32, d: u32, step: i32): u32 {
  const at = axes + <usize>n * 12;
  store<u32>(at, d);
  store<i32>(at, step, 4);
  store<u32>(at, 0, 8);
  return n + 1;
}

/** Rows i, i + step, i + 2·step, i + 3·step of the block under way, those before `end`, folded into a tile. */
function foldLane(
  x: usize,
  base: usize,
  i: u32,
  step: u32,
  end: u32,
  out: usize,
  bytes: usize,
): void {
  const row0 = i < end ? base + <usize>load<u32>(rowOffsets + ((<usize>i) << 2)) : neutral;
  i += step;
  const row1 = i < end ? base + <usize>load<u32>(rowOffsets + ((<usize>i) << 2)) : neutral;
  i += step;
  const row2 = i < end ? base + <usize>load<u32>(rowOffsets + ((<usize>i) << 2)) : neutral;
  i += step;
  const row3 = i < end ? base + <usize>load<u32>(rowOffsets + ((<usize>i) << 2)) : neutral;
  call_indirect<void>(rows, x, row0, row1, row2, row3, out, bytes);
}

/** a and b, then (if given) c, folded into a tile. */
function foldTiles(a: usize, b: usize, c: usize, out: usize, bytes: usize): void {
  call_indirect<void>(rows, a, b, c, neutral, neutral, out, bytes);
}

function lane(i: u32): usize {
  return lanes + <usize>i * TILE_BYTES;
}

/** `foldBlock` for a tile of results side by side: n ≤ 1,024 rows at `base` + rowOffsets. */
function foldColumns(base: usize, n: u32, out: usize, bytes: usize): void {
  const width: u32 = 16 / size;
  const grouped = n & ~(4 * width - 1);
  const whole = n & ~(width - 1);
  let sum = neutral;
  if (whole) {
    for (let k: u32 = 0; k < width; k++) {
      let first = neutral;
      if (grouped) {
        for (let j = k; j < 4 * width; j += width) {
          let x = neutral;
          for (let i = j; i < grouped; i += 16 * width, x = lane(j)) {
            foldLane(x, base, i, 4 * width, grouped, lane(j), bytes);
          }
        }
        foldTiles(lane(k + 2 * width), lane(k + 3 * width), neutral, passing, bytes);
        foldTiles(lane(k), lane(k + width), passing, lane(k), bytes);
        first = lane(k);
      }
      foldLane(first, base, grouped + k, width, whole, lane(k), bytes);
    }
    if (width == 4) foldTiles(lane(2), lane(3), neutral, passing, bytes);
    foldTiles(lane(0), lane(1), width == 4 ? passing : neutral, out, bytes);
    sum = out;
  }
  foldLane(sum, base, whole, 1, n, out, bytes);
}

/** Results that lie side by side in x: the innermost kept axes, if they are contiguous; else 1. */
function columnWidth(x: Tensor, mask: u32): u32 {
  let width: u32 = 1;
  for (let i = <i32>rankOf(x) - 1; i >= 0; i--) {
    const d = load<u32>(dimsOf(x) + ((<usize>i) << 2));
    if (d == 1 || (mask >> i) & 1) continue;
    if (load<u32>(stridesOf(x) + ((<usize>i) << 2)) != width) break;
    width *= d;
  }
  return width;
}

function reduceColumns(x: Tensor, mask: u32, out: Tensor, width: u32): void {
  let kept: u32 = 0;
  let reduced: u32 = 0;
  let count: u32 = 1;
  let outer = sizeOf(out) / width;
  for (let i: u32 = 0, rank = rankOf(x); i < rank; i++) {
    const d = load<u32>(dimsOf(x) + ((<usize>i) << 2));
    const step = load<i32>(stridesOf(x) + ((<usize>i) << 2)) * <i32>size;
    if ((mask >> i) & 1) {
      reduced = addAxis(reducedAxes, reduced, d, step);
      count *= d;
    } else if (outer > 1) {
      outer /= d;
      kept = addAxis(outerAxes, kept, d, step);
    }
  }
  for (let o: usize = 0; o < TILE_BYTES; o += size)
    call_indirect<void>(block, neutral, 0, neutral + o, 0, false);
  const bytes = <usize>(width * size);
  let from = dataOf(x);
  let to = dataOf(out);
  let known = false;
  for (const end = to + <usize>(sizeOf(out) * size); to < end; to += bytes) {
    for (let o: usize = 0; o < bytes; o += TILE_BYTES) {
      const tile = min(TILE_BYTES, bytes - o);
      const padded = (tile + 15) & ~15;
      let top = blockTiles;
      let blocks: u32 = 0;
      let offset: isize = 0;
      for (let left = count; left;) {
        const n = min(left, BLOCK);
        if (!known) offset = listRows(offset, n, reduced);
        known = count <= BLOCK;
        foldColumns(from + o, n, top, padded);
        left -= n;
        blocks++;
        for (let c = blocks; !(c & 1); c >>= 1) {
          top -= TILE_BYTES;
          foldTiles(top, top + TILE_BYTES, neutral, top, padded);
        }
        top += TILE_BYTES;
      }
      for (top -= TILE_BYTES; top > blockTiles;) {
        top -= TILE_BYTES;
        foldTiles(top, top + TILE_BYTES, neutral, top, padded);
      }
      memory.copy(to + o, blockTiles, tile);
    }
    from += <usize>stepAxes(outerAxes, kept);
  }
}

/** out = x folded over the axes in `mask` by the functions of these indices; out is contiguous. */
export function reduce(foldOfBlock: u32, foldOfRows: u32, x: Tensor, mask: u32, out: Tensor): void {
  block = foldOfBlock;
  rows = foldOfRows;
  size = bytesOf(dtypeOf(x));
  const width = columnWidth(x, mask);
  if (width > 1 && sizeOf(x)) reduceColumns(x, mask, out, width);
  else reduceRows(x, mask, out);
}
