// Small values that leave wasm are gathered first, so that TypeScript copies chunks of them. A value
// never stands in two chunks: one that stays alive outside keeps its chunk, and no more, from being
// collected.
//
//   record of a gathered value    12 place in the chunks, plus 1    16 sizes of its one or two axes
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
let chunks: usize = 0;

/** Address of the chunks. */
export function gatheredAt(): usize {
  return chunks;
}

/** Bytes of x in the chunks; 0 if it is not gathered. */
function roomFor(x: Tensor): u32 {
  const rank = rankOf(x);
  if (!rank || rank > 2 || stateOf(x) != State.Ready || !isContiguous(x) || isUniform(x)) return 0;
  const bytes = sizeOf(x) * bytesOf(dtypeOf(x));
  return bytes > SMALL ? 0 : (bytes + 7) & ~7;
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
  for (let i: u32 = 0; i < n; i++) {
    const record = list + <usize>i * RECORD;
    const bytes = roomFor(<usize>load<u32>(record));
    end = placeAfter(end, bytes) + bytes;
    store<u32>(record, 0, 12);
  }
  // Whole chunks are copied. Without memory each value is copied on its own.
  chunks = end ? allocate((end + GATHERED_CHUNK - 1) & ~(GATHERED_CHUNK - 1)) : 0;
  if (!chunks) return;
  end = 0;
  for (let i: u32 = 0; i < n; i++) {
    const record = list + <usize>i * RECORD;
    const x: Tensor = <usize>load<u32>(record);
    const bytes = roomFor(x);
    if (!bytes) continue;
    const place = placeAfter(end, bytes);
    memory.copy(chunks + place, dataOf(x), sizeOf(x) * bytesOf(dtypeOf(x)));
    store<u32>(record, place + 1, 12);
    memory.copy(record + 16, dimsOf(x), (<usize>rankOf(x)) << 2);
    end = place + bytes;
  }
}

/** The chunks have been copied. */
export function endGathering(): void {
  if (chunks) releaseBlock(chunks);
  chunks = 0;
}
