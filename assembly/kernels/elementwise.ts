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
import { CURSOR_BYTES, gatherBytes, openCursor } from "./cursor";
import { Step } from "./map";

/** Bytes of a tile: three of them and their output stay in the first-level cache. */
export const TILE_BYTES: u32 = 1024;
const tiles = memory.data(3 * 1024, 16);
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

/** out = kernel(x, y, z); all broadcast to out's shape and have its element size. */
export function runMap3(kernel: u32, x: Tensor, y: Tensor, z: Tensor, out: Tensor): void {
  const bytes = bytesOf(dtypeOf(out));
  const tile = TILE_BYTES / bytes;
  let to = dataOf(out);
  openCursor(cursors, x, rankOf(out), dimsOf(out));
  openCursor(cursors + CURSOR_BYTES, y, rankOf(out), dimsOf(out));
  openCursor(cursors + 2 * CURSOR_BYTES, z, rankOf(out), dimsOf(out));
  for (let left = sizeOf(out); left; to += TILE_BYTES) {
    const n = min(left, tile);
    gatherBytes(cursors, tiles, n, bytes);
    gatherBytes(cursors + CURSOR_BYTES, tiles + TILE_BYTES, n, bytes);
    gatherBytes(cursors + 2 * CURSOR_BYTES, tiles + 2 * TILE_BYTES, n, bytes);
    const whole = <usize>((n * bytes + 15) & ~15);
    call_indirect<void>(kernel, tiles, tiles + TILE_BYTES, tiles + 2 * TILE_BYTES, to, whole);
    left -= n;
  }
}
