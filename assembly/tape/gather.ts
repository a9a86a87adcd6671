// Small values that leave wasm are gathered first, so that TypeScript copies chunks of them and looks at
// none. A value never stands in two chunks: one that stays alive outside keeps its chunk, and no more,
// from being collected.
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
const SMALL: u32 = 1024;
/** What stands before the elements. */
const HEAD: u32 = 16;
let chunks: usize = 0;
let filled: usize = 0;

/** Address of the chunks. */
export function gatheredAt(): usize {
  return chunks;
}

/** Address past the last gathered value. */
export function gatheredEnd(): usize {
  return chunks + filled;
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

/** Gathers what is small of n chosen values, whose records stand at `list`. */
export function gather(list: usize, n: u32): void {
  endGathering();
  let end: u32 = 0;
  const last = list + <usize>n * RECORD;
  for (let record = list; record < last; record += RECORD) {
    const bytes = roomFor(<usize>load<u32>(record));
    const place = placeAfter(end, bytes);
    end = place + bytes;
    store<u32>(record, bytes ? place + 1 : 0, 12);
  }
  if (!end) return;
  filled = end;
  // Without memory each value is copied on its own.
  chunks = allocate(end);
  for (let record = list; record < last; record += RECORD) {
    const place = load<u32>(record, 12);
    if (!place) continue;
    if (!chunks) {
      store<u32>(record, 0, 12);
      continue;
    }
    const x: Tensor = <usize>load<u32>(record);
    const to = chunks + place - 1;
    store<u32>(to, load<u32>(record, 4));
    store<u32>(to, sizeOf(x), 4);
    store<u32>(to, load<u32>(dimsOf(x)), 8);
    store<u32>(to, rankOf(x) == 2 ? load<u32>(dimsOf(x), 4) : 0, 12);
    memory.copy(to + HEAD, dataOf(x), sizeOf(x) * bytesOf(dtypeOf(x)));
  }
}

/** The chunks have been copied. */
export function endGathering(): void {
  if (chunks) releaseBlock(chunks);
  chunks = 0;
}
