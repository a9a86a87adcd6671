// Choosing what leaves wasm. Evictable is a value that only its handle holds: no tape, no pending
// node, no live batch axis needs it. TypeScript copies the chosen values out and then commits.
import { allocate, releaseBlock, usedBytes } from "../memory/heap";
import {
  blockOf,
  bytesOf,
  clearFlag,
  dtypeOf,
  Flag,
  groupEnd,
  groupStart,
  hasFlag,
  now,
  prefixOf,
  refsOf,
  sizeOf,
  slabGroups,
  stampOf,
  State,
  stateOf,
  Tensor,
} from "../tensor/node";
import { batchOf } from "./levels";
import { release } from "./tape";

const BUCKETS: u32 = 64;
const weights = memory.data(64 * 8, 16);
/** What a value costs beside its bytes. */
const SLOT_WEIGHT: u64 = 256;

const FIRST_BYTES: usize = 64 << 20;
const FIRST_HANDLES: u32 = 8192;
let byteMark: usize = FIRST_BYTES;
let handleMark: u32 = FIRST_HANDLES;
let handles: u32 = 0;
let chosen: usize = 0;
let chosenCount: u32 = 0;

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
/** Address of the chosen handles. */
export function chosenList(): usize {
  return chosen;
}

function evictable(x: Tensor): bool {
  return (
    refsOf(x) == 1 &&
    hasFlag(x, Flag.Handle) &&
    !hasFlag(x, Flag.Taped) &&
    stateOf(x) == State.Ready &&
    (!prefixOf(x) || !batchOf(x))
  );
}

function weightOf(x: Tensor): u64 {
  return SLOT_WEIGHT + (blockOf(x) ? <u64>sizeOf(x) * bytesOf(dtypeOf(x)) : 0);
}

/**
 * Chooses the least recently used half of all evictable values (by weight), or all of them; returns
 * how many.
 */
export function choose(all: bool): u32 {
  chosenCount = 0;
  const time = <u32>now();
  let total: u64 = 0;
  let count: u32 = 0;
  let oldest: u32 = 0;
  for (let g: u32 = 0; g < slabGroups(); g++) {
    for (let x = groupStart(g); x < groupEnd(g); x += 128) {
      if (!evictable(x)) continue;
      oldest = max(oldest, time - stampOf(x));
      total += weightOf(x);
      count++;
    }
  }
  if (!count) return 0;
  const width = <u64>oldest / BUCKETS + 1;
  let cutoff: u32 = 0;
  if (!all) {
    memory.fill(weights, 0, BUCKETS * 8);
    for (let g: u32 = 0; g < slabGroups(); g++) {
      for (let x = groupStart(g); x < groupEnd(g); x += 128) {
        if (!evictable(x)) continue;
        const bucket = weights + (<usize>(<u64>(time - stampOf(x)) / width) << 3);
        store<u64>(bucket, load<u64>(bucket) + weightOf(x));
      }
    }
    let sum: u64 = 0;
    cutoff = BUCKETS;
    while (cutoff > 1 && sum < total / 2) {
      cutoff--;
      sum += load<u64>(weights + (<usize>cutoff << 3));
    }
  }
  if (chosen) releaseBlock(chosen);
  chosen = allocate(<usize>count << 2);
  if (!chosen) return chooseFew(time, width, cutoff);
  for (let g: u32 = 0; g < slabGroups(); g++) {
    for (let x = groupStart(g); x < groupEnd(g); x += 128) {
      if (!evictable(x) || <u64>(time - stampOf(x)) / width < cutoff) continue;
      store<u32>(chosen + (<usize>chosenCount << 2), <u32>x);
      chosenCount++;
    }
  }
  return chosenCount;
}

// When there is no room for a list: one value at a time, the heaviest.
const single = memory.data(4, 16);
function chooseFew(time: u32, width: u64, cutoff: u32): u32 {
  let best: Tensor = 0;
  for (let g: u32 = 0; g < slabGroups(); g++) {
    for (let x = groupStart(g); x < groupEnd(g); x += 128) {
      if (!evictable(x) || <u64>(time - stampOf(x)) / width < cutoff) continue;
      if (!best || weightOf(x) > weightOf(best)) best = x;
    }
  }
  if (!best) return 0;
  store<u32>(single, <u32>best);
  chosenCount = 1;
  return 1;
}

/** The i-th chosen value. */
export function chosenAt(i: u32): Tensor {
  return <usize>load<u32>((chosen ? chosen : single) + (<usize>i << 2));
}

/** Leaves the i-th chosen value where it is. */
export function skip(i: u32): void {
  store<u32>((chosen ? chosen : single) + (<usize>i << 2), 0);
}

/** Frees the chosen values and sets the marks for the next time. */
export function commit(): void {
  for (let i: u32 = 0; i < chosenCount; i++) {
    const x = chosenAt(i);
    if (!x) continue;
    clearFlag(x, Flag.Handle);
    handles--;
    release(x);
  }
  chosenCount = 0;
  if (chosen) releaseBlock(chosen);
  chosen = 0;
  remark();
}

/** The next eviction comes when half as much again is in use, or twice as many handles. */
export function remark(): void {
  byteMark = max(FIRST_BYTES, usedBytes() + (usedBytes() >> 1));
  if (usedBytes() > <usize>3 << 30) byteMark = <usize>3758096384;
  handleMark = max(FIRST_HANDLES, handles << 1);
}
