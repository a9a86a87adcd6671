// The allocator: two-level segregated fit (Masmano et al., "TLSF: a new dynamic memory allocator for
// real-time systems", 2004) with immediate coalescing. It returns 0 when memory cannot grow; nothing
// here traps. Nobody else grows the memory.
//
//   block   ┌────────────┬────────────┬────────────┬────────────┬─────────────────────┐
//           │ size|flags │ prev block │ references │ unused     │ payload (16-aligned)│
//           └────────────┴────────────┴────────────┴────────────┴─────────────────────┘
//   free    payload begins with the links of its bin: next, prev
//
// Payload sizes are multiples of 32 bytes, so a kernel may always finish its last pair of vectors.
// Small blocks that were given back wait as they are for the next one of their size, for a step that
// repeats asks for the same sizes again; when nothing else is free they join their neighbours after all.

/** Tells the host that memory has grown; only shared memory does not show it by itself. */
declare function grown(): void;

const HEADER: usize = 16;
const UNIT: usize = 32;
const FREE: u32 = 1;
/** Bytes past the last block that a vector load may touch. */
const GUARD: usize = 128;

const SL_BITS: u32 = 4;
const FL_COUNT: u32 = 28;
const firstLevel = memory.data(4, 16);
const secondLevel = memory.data(28 * 4, 16);
const bins = memory.data(28 * 16 * 4, 16);

/** Payloads that are cut from the end of what is free. */
const LARGE: usize = 1 << 20;
/** Largest payload of blocks that wait, and how many of a size may. */
const SMALL: usize = 512;
const WAITING: u32 = 32;
// Per size in units: the first block that waits (the next one stands in its payload), and how many do.
const waiting = memory.data(17 * 4, 16);
const waitingCount = memory.data(17, 16);

let heapStart: usize = 0;
let heapEnd: usize = 0;
let lastBlock: usize = 0;
let used: usize = 0;
let peak: usize = 0;

/** Bytes in use, headers included. */
export function usedBytes(): usize {
  return used;
}

/** Most bytes ever in use since `resetPeak`. */
export function peakBytes(): usize {
  return peak;
}

/** Starts a new measurement of the peak. */
export function resetPeak(): void {
  peak = used;
}

function sizeOf(block: usize): usize {
  return <usize>(load<u32>(block) & ~FREE);
}

function binOf(size: usize): u32 {
  const units = <u32>(size / UNIT);
  if (units < 16) return units;
  const fl = 31 - clz(units);
  return ((fl - 3) << SL_BITS) | ((units >> (fl - SL_BITS)) & 15);
}

function insert(block: usize): void {
  const bin = binOf(sizeOf(block));
  const head = bins + (bin << 2);
  const next = <usize>load<u32>(head);
  store<u32>(block, load<u32>(block) | FREE);
  store<u32>(block + HEADER, <u32>next);
  store<u32>(block + HEADER, 0, 4);
  if (next) store<u32>(next + HEADER, <u32>block, 4);
  store<u32>(head, <u32>block);
  const fl = bin >> SL_BITS;
  const mask = secondLevel + (fl << 2);
  store<u32>(mask, load<u32>(mask) | (1 << (bin & 15)));
  store<u32>(firstLevel, load<u32>(firstLevel) | (1 << fl));
}

function remove(block: usize): void {
  const bin = binOf(sizeOf(block));
  const next = <usize>load<u32>(block + HEADER);
  const prev = <usize>load<u32>(block + HEADER, 4);
  if (next) store<u32>(next + HEADER, <u32>prev, 4);
  if (prev) store<u32>(prev + HEADER, <u32>next);
  else {
    store<u32>(bins + (bin << 2), <u32>next);
    if (!next) {
      const fl = bin >> SL_BITS;
      const mask = secondLevel + (fl << 2);
      const left = load<u32>(mask) & ~(1 << (bin & 15));
      store<u32>(mask, left);
      if (!left) store<u32>(firstLevel, load<u32>(firstLevel) & ~(1 << fl));
    }
  }
  store<u32>(block, load<u32>(block) & ~FREE);
}

function blockAfter(block: usize): usize {
  return block == lastBlock ? 0 : block + HEADER + sizeOf(block);
}

/** A free block of at least `size` bytes, taken off its bin; 0 if there is none. */
function find(size: usize): usize {
  // Round up to the next bin, so that any member fits.
  const units = <u32>(size / UNIT);
  let bin: u32;
  if (units < 16) bin = units;
  else {
    const fl = 31 - clz(units);
    const rounded = units + (1 << (fl - SL_BITS)) - 1;
    bin = binOf(<usize>rounded * UNIT);
  }
  let fl = bin >> SL_BITS;
  if (fl < FL_COUNT) {
    let candidates = load<u32>(secondLevel + (fl << 2)) & (-1 << (bin & 15));
    if (!candidates) {
      const levels = fl + 1 < 32 ? load<u32>(firstLevel) & (-1 << (fl + 1)) : 0;
      if (levels) {
        fl = ctz(levels);
        candidates = load<u32>(secondLevel + (fl << 2));
      }
    }
    if (candidates) {
      const block = <usize>load<u32>(bins + (((fl << SL_BITS) | ctz(candidates)) << 2));
      remove(block);
      return block;
    }
  }
  // A block of the request's own bin may fit although not every one does.
  let block = <usize>load<u32>(bins + (binOf(size) << 2));
  while (block) {
    if (sizeOf(block) >= size) {
      remove(block);
      return block;
    }
    block = <usize>load<u32>(block + HEADER);
  }
  return 0;
}

/** Makes memory end at least `bytes` later; the new space joins the last block if that is free. */
function grow(bytes: usize): bool {
  if (!heapStart) {
    heapStart = (__heap_base + 127) & ~127;
    heapEnd = heapStart;
  }
  const limit = heapEnd + bytes + HEADER + GUARD;
  if (limit < heapEnd || limit > 0xffff0000) return false;
  const have = (<usize>memory.size()) << 16;
  if (limit > have) {
    const wanted = (limit - have + 0xffff) >> 16;
    const generous = max(wanted, min(have >> 19, 1024));
    if (memory.grow(<i32>generous) < 0 && memory.grow(<i32>wanted) < 0) return false;
    if (ASC_FEATURE_THREADS) grown();
  }
  const end = (((<usize>memory.size()) << 16) - GUARD) & ~(UNIT - 1);
  const space = end - heapEnd;
  if (space < HEADER + UNIT) return false;
  const block = heapEnd;
  store<u32>(block, <u32>((space - HEADER) & ~(UNIT - 1)));
  store<u32>(block, <u32>lastBlock, 4);
  heapEnd = block + HEADER + sizeOf(block);
  if (lastBlock && load<u32>(lastBlock) & FREE) {
    const last = lastBlock;
    remove(last);
    store<u32>(last, <u32>(sizeOf(last) + HEADER + sizeOf(block)));
    insert(last);
  } else {
    lastBlock = block;
    insert(block);
  }
  return true;
}

/** Cuts a used block down to `size` bytes; what is left over becomes free. */
function trim(block: usize, size: usize): void {
  const left = sizeOf(block) - size;
  if (left < HEADER + UNIT) return;
  const rest = block + HEADER + size;
  const after = blockAfter(block);
  store<u32>(block, <u32>size);
  store<u32>(rest, <u32>(left - HEADER));
  store<u32>(rest, <u32>block, 4);
  if (after) store<u32>(after, <u32>rest, 4);
  else lastBlock = rest;
  merge(rest);
}

/** The last `size` bytes of a used block as a block; what stands before them becomes free. */
function trimFront(block: usize, size: usize): usize {
  const left = sizeOf(block) - size;
  if (left < HEADER + UNIT) return block;
  const after = blockAfter(block);
  const moved = block + left;
  store<u32>(block, <u32>(left - HEADER));
  store<u32>(moved, <u32>size);
  store<u32>(moved, <u32>block, 4);
  if (after) store<u32>(after, <u32>moved, 4);
  else lastBlock = moved;
  merge(block);
  return moved;
}

/** Puts a block into its bin, joined with free neighbours. */
function merge(start: usize): void {
  let block = start;
  const after = blockAfter(block);
  if (after && load<u32>(after) & FREE) {
    remove(after);
    const beyond = blockAfter(after);
    store<u32>(block, <u32>(sizeOf(block) + HEADER + sizeOf(after)));
    if (beyond) store<u32>(beyond, <u32>block, 4);
    else lastBlock = block;
  }
  const before = <usize>load<u32>(block, 4);
  if (before && load<u32>(before) & FREE) {
    remove(before);
    const beyond = blockAfter(block);
    store<u32>(before, <u32>(sizeOf(before) + HEADER + sizeOf(block)));
    if (beyond) store<u32>(beyond, <u32>before, 4);
    else lastBlock = before;
    block = before;
  }
  insert(block);
}

/** Has a small block wait; false if enough of its size do. */
function wait(block: usize): bool {
  const units = sizeOf(block) / UNIT;
  const n = load<u8>(waitingCount + units);
  if (n == WAITING) return false;
  store<u8>(waitingCount + units, n + 1);
  store<u32>(block + HEADER, load<u32>(waiting + (units << 2)));
  store<u32>(waiting + (units << 2), <u32>block);
  return true;
}

/** A block of this small size that waits, 0 if none does. */
function takeWaiting(size: usize): usize {
  const units = size / UNIT;
  const block = <usize>load<u32>(waiting + (units << 2));
  if (!block) return 0;
  store<u8>(waitingCount + units, load<u8>(waitingCount + units) - 1);
  store<u32>(waiting + (units << 2), load<u32>(block + HEADER));
  return block;
}

/** Joins all blocks that wait with their neighbours. */
function joinWaiting(): void {
  for (let size = UNIT; size <= SMALL; size += UNIT) {
    for (let block = takeWaiting(size); block; block = takeWaiting(size)) merge(block);
  }
}

/** A block of at least `size` bytes, taken off the free ones; 0 if memory cannot grow. */
function cut(size: usize): usize {
  let block = find(size);
  if (!block) {
    joinWaiting();
    block = find(size);
  }
  if (!block && grow(size + HEADER)) block = find(size);
  if (!block) return 0;
  // Small and large ones from either end: those that stay leave no holes between those that go.
  if (size >= LARGE) return trimFront(block, size);
  trim(block, size);
  return block;
}

/** Address of `bytes` bytes with one reference, 16-aligned, contents undefined; 0 if out of memory. */
export function allocate(bytes: usize): usize {
  if (bytes > 0xfffe0000) return 0;
  const size = max((bytes + UNIT - 1) & ~(UNIT - 1), UNIT);
  let block = size <= SMALL ? takeWaiting(size) : 0;
  if (!block) block = cut(size);
  if (!block) return 0;
  used += sizeOf(block) + HEADER;
  if (used > peak) peak = used;
  store<u32>(block, 1, 8);
  return block + HEADER;
}

/** As `allocate`, at a multiple of `alignment` (a power of two from 64 up). */
export function allocateAligned(bytes: usize, alignment: usize): usize {
  const payload = allocate(bytes + alignment + HEADER + UNIT);
  if (!payload) return 0;
  const block = payload - HEADER;
  let aligned = (payload + alignment - 1) & ~(alignment - 1);
  if (aligned == payload) {
    const before = sizeOf(block);
    trim(block, bytes);
    used -= before - sizeOf(block);
    return payload;
  }
  if (aligned - payload < HEADER + UNIT) aligned += alignment;
  const whole = sizeOf(block);
  const front = aligned - HEADER - payload;
  const after = blockAfter(block);
  const moved = aligned - HEADER;
  used -= whole + HEADER;
  store<u32>(block, <u32>front);
  store<u32>(moved, <u32>(whole - front - HEADER));
  store<u32>(moved, <u32>block, 4);
  store<u32>(moved, 1, 8);
  if (after) store<u32>(after, <u32>moved, 4);
  else lastBlock = moved;
  merge(block);
  trim(moved, bytes);
  used += sizeOf(moved) + HEADER;
  return aligned;
}

/** Holders of a block. */
export function blockHolders(payload: usize): u32 {
  return load<u32>(payload - HEADER, 8);
}

/** One more holder of a block. */
export function retainBlock(payload: usize): void {
  const block = payload - HEADER;
  store<u32>(block, load<u32>(block, 8) + 1, 8);
}

/** One holder less; the last one frees the block. */
export function releaseBlock(payload: usize): void {
  const block = payload - HEADER;
  const references = load<u32>(block, 8) - 1;
  store<u32>(block, references, 8);
  if (references) return;
  used -= sizeOf(block) + HEADER;
  if (sizeOf(block) < SMALL + UNIT && wait(block)) return;
  merge(block);
}

/** Bytes of a block's payload. */
export function blockSize(payload: usize): usize {
  return sizeOf(payload - HEADER);
}
