// Reductions whose results lie side by side: tiles of them are folded row by row, in the order of
// kernels/fold.ts, with one accumulator per lane.
import { bytesOf, dataOf, dimsOf, dtypeOf, rankOf, stridesOf, Tensor } from "../tensor/node";
import { BLOCK, neutral } from "./fold";
import { Local, local } from "./local";
import { GRAIN, parallel } from "./parallel";

const TILE_BYTES: usize = 1024;
// Kept axes without the innermost, and reduced axes, of a reduction by columns: dims, steps in bytes,
// indices. Where there are threads, each copies them.
const outerAxes = memory.data(16 * 12, 16);
const reducedAxes = memory.data(16 * 12, 16);

// The fold of the reduction under way: its functions, and bytes of an element. Each thread has its own,
// from the job. And where the centres of the tile under way are.
let rows: u32 = 0;
let leaves: u32 = 0;
let size: u32 = 0;
let centre: usize = 0;

//   job   0 function of rows   4 bytes of an element   8 x   12 elements per result   16 out
//         20 results side by side   24 outer axes   28 reduced axes   32 function of leaves
//         36 centres
const job = memory.data(48, 16);

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
  const reducedAxes = local(Local.ReducedAxes);
  const rowOffsets = local(Local.RowOffsets);
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

/** Where the main thread writes axes. */
function axesAt(own: Local, shared: usize): usize {
  return ASC_FEATURE_THREADS ? shared : local(own);
}

/** This thread's axes, as they were written. */
function axesOf(own: Local, shared: usize): usize {
  if (ASC_FEATURE_THREADS) memory.copy(local(own), shared, 16 * 12);
  return local(own);
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
  const rowOffsets = local(Local.RowOffsets);
  const row0 = i < end ? base + <usize>load<u32>(rowOffsets + ((<usize>i) << 2)) : neutral;
  i += step;
  const row1 = i < end ? base + <usize>load<u32>(rowOffsets + ((<usize>i) << 2)) : neutral;
  i += step;
  const row2 = i < end ? base + <usize>load<u32>(rowOffsets + ((<usize>i) << 2)) : neutral;
  i += step;
  const row3 = i < end ? base + <usize>load<u32>(rowOffsets + ((<usize>i) << 2)) : neutral;
  call_indirect<void>(leaves, x, row0, row1, row2, row3, out, bytes, centre);
}

/** a and b, then (if given) c, folded into a tile. */
function foldTiles(a: usize, b: usize, c: usize, out: usize, bytes: usize): void {
  call_indirect<void>(rows, a, b, c, neutral, neutral, out, bytes, 0);
}

function lane(i: u32): usize {
  return local(Local.Lanes) + <usize>i * TILE_BYTES;
}

/** `foldBlock` for a tile of results side by side: n ≤ 1,024 rows at `base` + rowOffsets. */
function foldColumns(base: usize, n: u32, out: usize, bytes: usize): void {
  const passing = local(Local.Passing);
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
export function columnWidth(x: Tensor, mask: u32): u32 {
  let width: u32 = 1;
  for (let i = <i32>rankOf(x) - 1; i >= 0; i--) {
    const d = load<u32>(dimsOf(x) + ((<usize>i) << 2));
    if (d == 1 || (mask >> i) & 1) continue;
    if (load<u32>(stridesOf(x) + ((<usize>i) << 2)) != width) break;
    width *= d;
  }
  return width;
}

/** out = x folded over the axes in `mask`; `width` results at a time lie side by side in x. */
export function reduceColumns(
  foldOfBlock: u32,
  foldOfRows: u32,
  leafOfRows: u32,
  x: Tensor,
  mask: u32,
  out: usize,
  results: u32,
  width: u32,
  centres: usize,
): void {
  rows = foldOfRows;
  leaves = leafOfRows;
  size = bytesOf(dtypeOf(x));
  let kept: u32 = 0;
  let reduced: u32 = 0;
  let count: u32 = 1;
  let outer = results / width;
  for (let i: u32 = 0, rank = rankOf(x); i < rank; i++) {
    const d = load<u32>(dimsOf(x) + ((<usize>i) << 2));
    const step = load<i32>(stridesOf(x) + ((<usize>i) << 2)) * <i32>size;
    if ((mask >> i) & 1) {
      reduced = addAxis(axesAt(Local.ReducedAxes, reducedAxes), reduced, d, step);
      count *= d;
    } else if (outer > 1) {
      outer /= d;
      kept = addAxis(axesAt(Local.OuterAxes, outerAxes), kept, d, step);
    }
  }
  for (let o: usize = 0; o < TILE_BYTES; o += size)
    call_indirect<void>(foldOfBlock, neutral, 0, neutral + o, 0, false);
  store<u32>(job, rows);
  store<u32>(job, size, 4);
  store<u32>(job, <u32>dataOf(x), 8);
  store<u32>(job, count, 12);
  store<u32>(job, <u32>out, 16);
  store<u32>(job, width, 20);
  store<u32>(job, kept, 24);
  store<u32>(job, reduced, 28);
  store<u32>(job, leaves, 32);
  store<u32>(job, <u32>centres, 36);
  const kernel = ((job: usize, from: u32, to: u32, thread: u32): void =>
    foldTilesFrom(job, from, to)).index;
  const perTile = count * min(width, <u32>TILE_BYTES / size);
  parallel(kernel, tilesOf(width) * (results / width), max(GRAIN / perTile, 1), job);
}

/** Tiles of so many results side by side. */
function tilesOf(width: u32): u32 {
  return (width * size + <u32>TILE_BYTES - 1) / <u32>TILE_BYTES;
}

/** Tiles from `from` to `to` of a reduction by columns. */
function foldTilesFrom(job: usize, from: u32, to: u32): void {
  if (ASC_FEATURE_THREADS) {
    rows = load<u32>(job);
    size = load<u32>(job, 4);
    leaves = load<u32>(job, 32);
  }
  const width = load<u32>(job, 20);
  const kept = load<u32>(job, 24);
  const tiles = tilesOf(width);
  const bytes = <usize>(width * size);
  const outer = axesOf(Local.OuterAxes, outerAxes);
  axesOf(Local.ReducedAxes, reducedAxes);
  let row = <usize>load<u32>(job, 8);
  for (let i = from / tiles; i; i--) row += <usize>stepAxes(outer, kept);
  let out = <usize>load<u32>(job, 16) + <usize>(from / tiles) * bytes;
  let o = <usize>(from % tiles) * TILE_BYTES;
  let known = false;
  for (let i = from; i < to; i++) {
    known = foldTile(job, row + o, out + o, min(TILE_BYTES, bytes - o), known);
    o += TILE_BYTES;
    if (o < bytes) continue;
    o = 0;
    out += bytes;
    row += <usize>stepAxes(outer, kept);
  }
}

/** A tile of results; `known` if its rows are listed already. True if they then are for the next one. */
function foldTile(job: usize, from: usize, out: usize, tile: usize, known: bool): bool {
  const count = load<u32>(job, 12);
  const blockTiles = local(Local.BlockTiles);
  const padded = (tile + 15) & ~15;
  centre = <usize>load<u32>(job, 36) + (out - <usize>load<u32>(job, 16));
  let top = blockTiles;
  let blocks: u32 = 0;
  let offset: isize = 0;
  for (let left = count; left;) {
    const n = min(left, BLOCK);
    if (!known) offset = listRows(offset, n, load<u32>(job, 28));
    foldColumns(from, n, top, padded);
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
  memory.copy(out, blockTiles, tile);
  return count <= BLOCK;
}
