// The fold of kernels/fold.ts for elements that come in pieces, as tiles of a region do.
//
//   stream   0 address of the next result   4 elements per result   8 seen of them
//            12 seen of the block   16 address after the results of blocks   20 blocks
//            24 bytes of an element   28 function   32 results of blocks [64]   544 accumulators [4]
//            608 elements of the block that wait   624 the waiting ones
//
// A piece is folded where it lies, unless it ends between two vectors: it waits with those that
// follow until the block is whole.
import { BLOCK } from "./fold";

/** Bytes of a stream. */
export const STREAM_BYTES: usize = 624 + 8192;
/** Bytes that the four accumulators take in at once. */
const GROUP: u32 = 64;

/** Where a stream writes its next result, for how many elements each, their bytes, the function. */
export function streamOut(stream: usize): usize {
  return <usize>load<u32>(stream);
}
export function streamRun(stream: usize): u32 {
  return load<u32>(stream, 4);
}
export function streamBytes(stream: usize): usize {
  return <usize>load<u32>(stream, 24);
}
export function streamFold(stream: usize): u32 {
  return load<u32>(stream, 28);
}

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
