// Slots: where headers live. They come in slabs, aligned so that a slot's handle has its slab in its
// upper bits, and are recycled; the clock's number tells what lives in one.
import { DType } from "../shared/dtype";
import { Fault } from "../shared/fault";
import { SLAB_SHIFT, SLOT_SHIFT } from "../shared/limits";
import { allocate, allocateAligned, releaseBlock } from "../memory/heap";
import { fail } from "./fault";
import {
  blockOf,
  dimsOf,
  extOf,
  Flag,
  INLINE,
  INLINE_DIMS,
  INLINE_RANK,
  OWN,
  rankOf,
  State,
  Tensor,
} from "./header";

const SLOT_BYTES: usize = 1 << SLOT_SHIFT;

let freeSlots: usize = 0;
let slabGroup: usize = 1;
let clock: u64 = 0;
let liveNodes: u32 = 0;

/** Nodes alive. */
export function nodeCount(): u32 {
  return liveNodes;
}
/** The creation number that the next node gets. */
export function now(): u64 {
  return clock;
}
/** Marks x as used now. */
export function touch(x: Tensor): void {
  store<u32>(x, <u32>clock, 16);
}

// Groups of slabs, for those who walk all slots: address and number of slots.
const MAX_GROUPS: u32 = 4096;
const groups = memory.data(4096 * 8, 16);
let groupCount: u32 = 0;

/** Number of slab groups. */
export function slabGroups(): u32 {
  return groupCount;
}
/** Address of the first slot of a group. */
export function groupStart(group: u32): usize {
  return <usize>load<u32>(groups + ((<usize>group) << 3));
}
/** Address past the last slot of a group. */
export function groupEnd(group: u32): usize {
  return groupStart(group) + <usize>load<u32>(groups + ((<usize>group) << 3), 4) * SLOT_BYTES;
}

function addSlab(): bool {
  if (groupCount == MAX_GROUPS) return false;
  const slots = slabGroup << SLAB_SHIFT;
  const bytes = slots * SLOT_BYTES;
  const slab = allocateAligned(bytes, 1 << (SLAB_SHIFT + SLOT_SHIFT));
  if (!slab) {
    if (slabGroup == 1) return false;
    slabGroup = 1;
    return addSlab();
  }
  if (slabGroup < 64) slabGroup <<= 1;
  store<u32>(groups + ((<usize>groupCount) << 3), <u32>slab);
  store<u32>(groups + ((<usize>groupCount) << 3), <u32>slots, 4);
  groupCount++;
  for (let slot = slab + bytes - SLOT_BYTES; slot >= slab; slot -= SLOT_BYTES) {
    store<u32>(slot, 0, 20);
    store<u32>(slot, <u32>freeSlots, 32);
    freeSlots = slot;
  }
  return true;
}

/** A header with one reference, no value and shape yet: rank, dtype and the dims address are set. */
export function newSlot(dtype: DType, rank: u32): Tensor {
  if (!freeSlots && !addSlab()) return fail(Fault.OutOfMemory, SLOT_BYTES);
  let dims: usize;
  const slot = freeSlots;
  if (rank <= INLINE_RANK) dims = slot + INLINE_DIMS;
  else {
    dims = allocate((<usize>rank) << 3);
    if (!dims) return fail(Fault.OutOfMemory, rank << 3);
  }
  freeSlots = <usize>load<u32>(slot, 32);
  liveNodes++;
  clock++;
  store<u32>(slot, ((<u32>dtype) << 16) | ((<u32>State.Ready) << 24), 4);
  store<u64>(slot, clock, 8);
  store<u32>(slot, <u32>clock, 16);
  store<u32>(slot, 1, 20);
  store<u64>(slot, 0, 24); // mask, prev
  store<u64>(slot, 0, 32); // next, data
  store<u32>(slot, 0, 40);
  store<u32>(slot, rank, 44); // batch, inputs and flags 0
  store<u64>(slot, 0, 52);
  store<u32>(slot, <u32>dims, 60);
  store<u64>(slot, 0, 64);
  if (!rank) openOwn(slot);
  return slot;
}

/** Gives scalar x an empty entry of its own. */
function openOwn(x: Tensor): void {
  store<u64>(x, x, OWN);
  store<u64>(x, 0, OWN + 8);
}

/** A 0-d node with undefined contents, one reference and these flags; 0 and a fault if memory is full. */
export function newScalar(dtype: DType, op: u32, flags: u32): Tensor {
  if (!freeSlots && !addSlab()) return fail(Fault.OutOfMemory, SLOT_BYTES);
  const slot = freeSlots;
  freeSlots = <usize>load<u32>(slot, 32);
  liveNodes++;
  clock++;
  // In words of eight bytes, as drawn above; 0 where nothing is said.
  store<u32>(slot, op | ((<u32>dtype) << 16) | ((<u32>State.Ready) << 24), 4);
  store<u64>(slot, clock, 8);
  store<u64>(slot, (clock & 0xffffffff) | (1 << 32), 16);
  store<u64>(slot, 0, 24);
  store<u64>(slot, (<u64>(slot + INLINE)) << 32, 32);
  store<u64>(slot, (<u64>(flags | Flag.Contiguous)) << 56, 40);
  store<u64>(slot, 1, 48);
  store<u64>(slot, (<u64>(slot + INLINE_DIMS)) << 32, 56);
  store<u64>(slot, 0, 64);
  openOwn(slot);
  return slot;
}

/** Gives a header back. The caller has dealt with inputs and tape links. */
export function freeSlot(x: Tensor): void {
  const block = blockOf(x);
  if (block) releaseBlock(block);
  const ext = extOf(x);
  if (ext) releaseBlock(ext);
  if (rankOf(x) > INLINE_RANK) releaseBlock(dimsOf(x));
  store<u32>(x, 0, 20);
  store<u32>(x, <u32>freeSlots, 32);
  freeSlots = x;
  liveNodes--;
}

/** True if a node is its slot and nothing else: off the tape, no inputs, no blocks. */
export function isBareSlot(x: Tensor): bool {
  // Rank, batch, inputs and flags stand side by side.
  return !(load<u32>(x, 44) & (((<u32>Flag.Taped) << 24) | 0xff00fc)) && !blockOf(x) && !extOf(x);
}

/** `freeSlot` for such a node, whose references are gone. */
export function freeBareSlot(x: Tensor): void {
  store<u32>(x, <u32>freeSlots, 32);
  freeSlots = x;
  liveNodes--;
}
