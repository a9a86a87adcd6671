// When it is time to evict: marks for the bytes of wasm and for the handles of TypeScript, which rise and
// fall with the working set.
import { usedBytes } from "../memory/heap";

// Below these nothing is ever evicted.
let byteFloor: usize = 32 << 20;
let handleFloor: u32 = 1024;
let byteMark: usize = 32 << 20;
let handleMark: u32 = 1024;
/** What the last eviction moved out, and what has come back since: bytes, values. */
let evictedBytes: u64 = 0;
let returnedBytes: u64 = 0;
let evicted: u32 = 0;
let returned: u32 = 0;
let handles: u32 = 0;

/** Values that TypeScript has cells for. */
export function handleCount(): u32 {
  return handles;
}
export function countHandle(change: i32): void {
  handles += change;
}
/** True when it is time to evict. */
export function underPressure(): bool {
  return usedBytes() > byteMark || handles > handleMark;
}

/**
 * Sets the marks after `count` values, and so many bytes, have left; `bound` handles could not. They are a
 * few times the working set: where much of what leaves comes back, they rise. Above their floor they leave
 * room for half as many bytes again as there are, or twice as many handles as could not leave: of all that
 * there are, half may be garbage.
 */
export function adapt(left: usize, count: u32, bound: u32): void {
  if (evictedBytes && returnedBytes > evictedBytes / 4 && byteFloor < 1 << 30) byteFloor <<= 1;
  if (evicted && returned > evicted / 16 && handleFloor < 1 << 22) handleFloor <<= 1;
  evictedBytes = left;
  evicted = count;
  returnedBytes = 0;
  returned = 0;
  const bytes = usedBytes();
  byteMark = bytes > (<usize>3) << 30 ? (<usize>3840) << 20 : max(byteFloor, bytes + (bytes >> 1));
  handleMark = max(max(handleFloor, bound << 1), handles + (handles >> 2));
}

/** So many scalars have left beside the list: TypeScript has their records. */
export function noteDepartures(n: u32): void {
  handles -= n;
}

/** A value has come back. */
export function noteReturn(bytes: u32): void {
  returnedBytes += bytes;
  returned++;
}
