// Runs a map kernel over whole tensors: in one go where operands are contiguous, else tile by tile
// through cursors. Kernels come as indices into the function table.
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  isContiguous,
  isUniform,
  paddedBytes,
  rankOf,
  sizeOf,
  Tensor,
} from "../tensor/node";
import {
  axisDim,
  axisStep,
  CURSOR_BYTES,
  cursorAxes,
  gatherBytes,
  openCursor,
  takeRun,
} from "./cursor";
import { HELD, Step } from "./map";

/** Bytes of a tile: three of them and their output stay in the first-level cache. */
const TILE_BYTES: u32 = 4096;
const tiles = memory.data(3 * 4096, 16);
const cursors = memory.data(3 * 208, 16);

/** out = kernel(x); out is contiguous and of x's shape. */
export function runMap1(kernel: u32, x: Tensor, out: Tensor): void {
  if (isContiguous(x)) {
    call_indirect<void>(kernel, dataOf(x), dataOf(out), paddedBytes(x));
    return;
  }
  const bytes = bytesOf(dtypeOf(x));
  const tile = TILE_BYTES / bytes;
  const outStep = <usize>(tile * bytesOf(dtypeOf(out)));
  let to = dataOf(out);
  openCursor(cursors, x, rankOf(out), dimsOf(out));
  for (let left = sizeOf(out); left; to += outStep) {
    const n = min(left, tile);
    gatherBytes(cursors, tiles, n, bytes);
    call_indirect<void>(kernel, tiles, to, <usize>((n * bytes + 15) & ~15));
    left -= n;
  }
}

function sameShape(x: Tensor, out: Tensor): bool {
  return sizeOf(x) == sizeOf(out) && isContiguous(x);
}

/** out = kernel(x, y); both broadcast to out's shape. */
export function runMap2(kernel: u32, x: Tensor, y: Tensor, out: Tensor): void {
  const size = sizeOf(out);
  const bytes = bytesOf(dtypeOf(x));
  if (size == 1) {
    call_indirect<void>(kernel, dataOf(x), dataOf(y), dataOf(out), 16, Step.Both);
    return;
  }
  if (!size) return;
  const wholeX = sameShape(x, out);
  const wholeY = sameShape(y, out);
  const all = (<usize>size * bytes + 15) & ~15;
  if (wholeX && wholeY) {
    call_indirect<void>(kernel, dataOf(x), dataOf(y), dataOf(out), all, Step.Both);
    return;
  }
  if (wholeX && isUniform(y)) {
    call_indirect<void>(kernel, dataOf(x), dataOf(y), dataOf(out), all, Step.First);
    return;
  }
  if (wholeY && isUniform(x)) {
    call_indirect<void>(kernel, dataOf(x), dataOf(y), dataOf(out), all, Step.Second);
    return;
  }
  const tile = TILE_BYTES / bytes;
  const outStep = <usize>(tile * bytesOf(dtypeOf(out)));
  const cursorY = cursors + CURSOR_BYTES;
  const tileY = tiles + TILE_BYTES;
  openCursor(cursors, x, rankOf(out), dimsOf(out));
  openCursor(cursorY, y, rankOf(out), dimsOf(out));
  if (runRows(kernel, size, bytes, out)) return;
  let fromX = dataOf(x);
  let fromY = dataOf(y);
  let to = dataOf(out);
  for (let left = size; left; to += outStep, fromX += TILE_BYTES, fromY += TILE_BYTES) {
    const n = min(left, tile);
    if (!wholeX) gatherBytes(cursors, tiles, n, bytes);
    if (!wholeY) gatherBytes(cursorY, tileY, n, bytes);
    call_indirect<void>(
      kernel,
      wholeX ? fromX : tiles,
      wholeY ? fromY : tileY,
      to,
      <usize>((n * bytes + 15) & ~15),
      Step.Both,
    );
    left -= n;
  }
}

/** Rows of fewer elements are gathered to tiles. */
const LONG_ROW: u32 = 64;

/**
 * Runs the kernel row by row where both cursors' operands lie in order, or stay, along rows that are long
 * enough. A row's last vector may reach into the next one, which then comes; the last row's goes to a tile.
 */
function runRows(kernel: u32, size: u32, bytes: u32, out: Tensor): bool {
  const cursorY = cursors + CURSOR_BYTES;
  const axisX = cursorAxes(cursors) - 1;
  const axisY = cursorAxes(cursorY) - 1;
  const stepX = axisStep(cursors, axisX);
  const stepY = axisStep(cursorY, axisY);
  const n = min(axisDim(cursors, axisX), axisDim(cursorY, axisY));
  if (n < LONG_ROW || (stepX && stepX != bytes) || (stepY && stepY != bytes)) return false;
  if (!(stepX | stepY)) return false;
  const step = !stepX ? Step.Second : !stepY ? Step.First : Step.Both;
  const outBytes = bytesOf(dtypeOf(out));
  let to = dataOf(out);
  for (let left = size; left; left -= n, to += <usize>(n * outBytes)) {
    const x = takeRun(cursors, n);
    const y = takeRun(cursorY, n);
    const now = left == n ? n & ~3 : n;
    call_indirect<void>(kernel, x, y, to, <usize>((now * bytes + 15) & ~15), step);
    if (now == n) continue;
    const done = <usize>(now * bytes);
    call_indirect<void>(kernel, x + (stepX ? done : 0), y + (stepY ? done : 0), tiles, 32, step);
    memory.copy(to + now * outBytes, tiles, (n - now) * outBytes);
  }
  return true;
}

// Operands of `runMap3`: how each is read, and the address of its next tile.
const enum Way {
  /** Where it lies. */
  Whole = 0,
  /** From a tile of one repeated element. */
  Single = 1,
  /** From tiles that a cursor gathers. */
  Gathered = 2,
}
const ways = memory.data(3 * 8, 4);

/** Finds out how operand k is read; a single element is repeated once and for all. */
function openOperand(k: usize, x: Tensor, out: Tensor, n: u32, bytes: u32): Way {
  const whole = sameShape(x, out);
  const way = whole ? Way.Whole : isUniform(x) ? Way.Single : Way.Gathered;
  const tile = tiles + k * TILE_BYTES;
  store<u32>(ways + (k << 3), way);
  store<u32>(ways + (k << 3), <u32>(whole ? dataOf(x) : tile), 4);
  if (whole) return way;
  const cursor = cursors + k * CURSOR_BYTES;
  openCursor(cursor, x, rankOf(out), dimsOf(out));
  if (way == Way.Single) gatherBytes(cursor, tile, n, bytes);
  return way;
}

/** True if operand k is a single element. */
function isSingle(k: usize): bool {
  return load<u32>(ways + (k << 3)) == Way.Single;
}

/** The next n elements of operand k. */
function nextTile(k: usize, n: u32, bytes: u32): usize {
  const at = ways + (k << 3);
  const from = <usize>load<u32>(at, 4);
  const way = load<u32>(at);
  if (way == Way.Whole) store<u32>(at, <u32>(from + TILE_BYTES), 4);
  else if (way == Way.Gathered) gatherBytes(cursors + k * CURSOR_BYTES, from, n, bytes);
  return from;
}

/** out = kernel(x, y, z); all broadcast to out's shape and have its element size. */
export function runMap3(kernel: u32, x: Tensor, y: Tensor, z: Tensor, out: Tensor): void {
  const bytes = bytesOf(dtypeOf(out));
  const size = sizeOf(out);
  if (!size) return;
  const first = min(size, TILE_BYTES / bytes);
  let to = dataOf(out);
  const cut =
    openOperand(0, x, out, first, bytes) |
    openOperand(1, y, out, first, bytes) |
    openOperand(2, z, out, first, bytes);
  const tile = cut ? TILE_BYTES / bytes : size;
  const held: usize = isSingle(1) && isSingle(2) ? HELD : 0;
  for (let left = size; left; to += TILE_BYTES) {
    const n = min(left, tile);
    const a = nextTile(0, n, bytes);
    const b = nextTile(1, n, bytes);
    const whole = <usize>((n * bytes + 15) & ~15);
    call_indirect<void>(kernel, a, b, nextTile(2, n, bytes), to, whole | held);
    left -= n;
  }
}
