// Small values that leave wasm are gathered first, so that TypeScript copies chunks of them and looks at
// none: one chunk after the other, in an area that stays in the cache. A value never stands in two
// chunks: one that stays alive outside keeps its chunk, and no more, from being collected.
//
//   record of a gathered value    12 place in the chunks, plus 1
//   place    0 what the record says of it   4 elements   8 sizes of its one or two axes   16 elements
import { GATHERED_CHUNK } from "../shared/limits";
import { allocate, releaseBlock } from "../memory/heap";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  isContiguous,
  isUniform,
  rankOf,
  sizeOf,
  State,
  stateOf,
  Tensor,
} from "../tensor/node";
import { RECORD } from "./evict";

/** Larger values are copied one by one. */
const SMALL: u32 = 4096;
/** What stands before the elements. */
const HEAD: u32 = 16;
/** Where a chunk is gathered; its records begin at `next`, those of the eviction end at `last`. */
let area: usize = 0;
let next: usize = 0;
let last: usize = 0;
let filled: u32 = 0;

/** Bytes of the chunk that was gathered last. */
export function gatheredBytes(): u32 {
  return filled;
}

/** Bytes of x in the chunks, with its head; 0 if it is not gathered. */
function roomFor(x: Tensor): u32 {
  const rank = rankOf(x);
  if (!rank || rank > 2 || stateOf(x) != State.Ready || !isContiguous(x) || isUniform(x)) return 0;
  const bytes = sizeOf(x) * bytesOf(dtypeOf(x));
  return bytes > SMALL ? 0 : HEAD + ((bytes + 7) & ~7);
}

/** Where something of this size goes that comes after what ends at `end`. */
function placeAfter(end: u32, bytes: u32): u32 {
  const left: u32 = GATHERED_CHUNK - (end & (GATHERED_CHUNK - 1));
  return bytes > left ? end + left : end;
}

/** Gives places to what is small of n chosen values, whose records stand at `list`. */
export function gather(list: usize, n: u32): void {
  endGathering();
  let end: u32 = 0;
  next = list;
  last = list + <usize>n * RECORD;
  for (let record = list; record < last; record += RECORD) {
    const bytes = roomFor(<usize>load<u32>(record));
    const place = placeAfter(end, bytes);
    end = place + bytes;
    store<u32>(record, bytes ? place + 1 : 0, 12);
  }
  if (!end) return;
  area = allocate(min(end, GATHERED_CHUNK));
  if (area) return;
  // Without memory each value is copied on its own.
  for (let record = list; record < last; record += RECORD) store<u32>(record, 0, 12);
}

/** Gathers chunk i, which comes after that of the call before; returns where it is. */
export function gatherChunk(i: u32): usize {
  const first = <i32>(i * GATHERED_CHUNK);
  filled = 0;
  for (; next < last; next += RECORD) {
    const x: Tensor = <usize>load<u32>(next);
    const place = <i32>load<u32>(next, 12) - 1 - first;
    if (place >= GATHERED_CHUNK) break;
    // Copied on its own, taken off the list, or of a chunk that nobody asked for.
    if (!load<u32>(next, 12) || !x || place < 0) continue;
    const to = area + <usize>place;
    const bytes = sizeOf(x) * bytesOf(dtypeOf(x));
    store<u32>(to, load<u32>(next, 4));
    store<u32>(to, sizeOf(x), 4);
    store<u32>(to, load<u32>(dimsOf(x)), 8);
    store<u32>(to, rankOf(x) == 2 ? load<u32>(dimsOf(x), 4) : 0, 12);
    memory.copy(to + HEAD, dataOf(x), bytes);
    filled = <u32>place + HEAD + bytes;
  }
  return area;
}

/** All chunks have been copied. */
export function endGathering(): void {
  if (area) releaseBlock(area);
  area = 0;
}
