// The header of a tensor: one slot of 128 bytes, recycled. Everything the library knows of a value.
//
//     0  tmp      entry of the walk that is under way (transforms/walk.ts)
//     4  op       row of the op table             6  dtype     7  state
//     8  order    monotone creation number: identity of what lives in the slot, and its place in time
//    16  stamp    clock at the last use           20 refs      handles + consumers on the tape
//    24  mask     bit L: depends on an input of live transform L (0: on a requiresGrad leaf; 31: traces)
//    28  prev     32 next    neighbours on the tape, by order; on the free list, next free slot
//    36  data     address of element [0, …, 0]    40 block     holder of the storage, 0 if inline
//    44  rank     45 batch    46 inputs    47 flags
//    48  size     number of elements
//    52  input 0  56 input 1                      60 dims      address of dims[rank], strides[rank]
//    64  attr     one word of the op's own        68 ext       block: further inputs or parameters
//    72  perm     sixteen 4-bit axes
//    80  value    16 bytes, for values that fit in one vector
//    96  dims and strides, for ranks up to 4; of a scalar, its own entry of a walk (transforms/entries.ts)
//
// Sizes and strides count elements; strides may be 0 (broadcast) or negative. A block is shared by
// its views.
import { DType } from "../shared/dtype";
import { Fault } from "../shared/fault";
import { SLAB_SHIFT, SLOT_SHIFT } from "../shared/limits";
import { allocate, allocateAligned, releaseBlock, retainBlock } from "../memory/heap";
import { fail } from "./fault";

/** Address of a node's header; 0 is "none" (something failed: the fault says what). */
export type Tensor = usize;

/** Where a node's value is. */
export const enum State {
  /** Not computed yet: `materialize` runs it. */
  Pending = 0,
  /** In memory. */
  Ready = 1,
}

/** Bits of the flags byte. */
export const enum Flag {
  Contiguous = 1,
  /** TypeScript holds a cell for it. */
  Handle = 2,
  /** An input of a transform or a requiresGrad leaf: derivatives end here. */
  Source = 4,
  /** A JavaScript number, or made of nothing else: takes its partner's float dtype. */
  Weak = 8,
  /** Linked into the tape. */
  Taped = 16,
  /** A requiresGrad leaf. */
  Leaf = 32,
  /** Its graph was consumed by backward(): differentiating through it is an error, not a zero. */
  Cut = 64,
  /** On the list of what leaves wasm (tape/evict.ts), while that is made. */
  Listed = 128,
}

/** Value of the inputs byte for more than two. */
export const LISTED: u8 = 3;
const INLINE: usize = 80;
const INLINE_DIMS: usize = 96;
/** Where a scalar's own entry of a walk is. */
export const OWN: usize = 96;
const INLINE_RANK: u32 = 4;
const SLOT_BYTES: usize = 1 << SLOT_SHIFT;

let freeSlots: usize = 0;
let slabGroup: usize = 1;
let clock: u64 = 0;
let liveNodes: u32 = 0;

export function opOf(x: Tensor): u32 {
  return load<u16>(x, 4);
}
/** Makes x the result of another op. */
export function setOpOf(x: Tensor, op: u32): void {
  store<u16>(x, <u16>op, 4);
}
export function dtypeOf(x: Tensor): DType {
  return <DType>load<u8>(x, 6);
}
export function stateOf(x: Tensor): State {
  return <State>load<u8>(x, 7);
}
export function isPending(x: Tensor): bool {
  return stateOf(x) == State.Pending;
}
export function orderOf(x: Tensor): u64 {
  return load<u64>(x, 8);
}
export function stampOf(x: Tensor): u32 {
  return load<u32>(x, 16);
}
export function refsOf(x: Tensor): u32 {
  return load<u32>(x, 20);
}
export function maskOf(x: Tensor): u32 {
  return load<u32>(x, 24);
}
export function setMask(x: Tensor, mask: u32): void {
  store<u32>(x, mask, 24);
}
export function dataOf(x: Tensor): usize {
  return <usize>load<u32>(x, 36);
}
export function blockOf(x: Tensor): usize {
  return <usize>load<u32>(x, 40);
}
export function rankOf(x: Tensor): u32 {
  return load<u8>(x, 44);
}
/** Prefix axes at birth; `batchOf` in tape/levels.ts tells how many of them are still such. */
export function prefixOf(x: Tensor): u32 {
  return load<u8>(x, 45);
}
export function setPrefix(x: Tensor, batch: u32): void {
  store<u8>(x, batch, 45);
}
/** Number of inputs. The byte counts up to two; LISTED says that the ext block holds count and inputs. */
export function inputsOf(x: Tensor): u32 {
  const n = load<u8>(x, 46);
  return n < LISTED ? n : load<u32>(extOf(x));
}
export function hasFlag(x: Tensor, flag: Flag): bool {
  return (load<u8>(x, 47) & flag) != 0;
}
export function setFlag(x: Tensor, flag: Flag): void {
  store<u8>(x, load<u8>(x, 47) | flag, 47);
}
export function clearFlag(x: Tensor, flag: Flag): void {
  store<u8>(x, load<u8>(x, 47) & ~flag, 47);
}
export function sizeOf(x: Tensor): u32 {
  return load<u32>(x, 48);
}
export function dimsOf(x: Tensor): usize {
  return <usize>load<u32>(x, 60);
}
export function dim(x: Tensor, axis: u32): u32 {
  return load<u32>(dimsOf(x) + ((<usize>axis) << 2));
}
export function stridesOf(x: Tensor): usize {
  return dimsOf(x) + ((<usize>rankOf(x)) << 2);
}
export function attrOf(x: Tensor): u32 {
  return load<u32>(x, 64);
}
export function setAttr(x: Tensor, attr: u32): void {
  store<u32>(x, attr, 64);
}
export function extOf(x: Tensor): usize {
  return <usize>load<u32>(x, 68);
}
export function setExt(x: Tensor, block: usize): void {
  store<u32>(x, <u32>block, 68);
}
export function permOf(x: Tensor): u64 {
  return load<u64>(x, 72);
}
export function setPerm(x: Tensor, perm: u64): void {
  store<u64>(x, perm, 72);
}
/** Input i of a taped node. Up to two stand in the header, more in the ext block after their number. */
export function inputOf(x: Tensor, i: u32): Tensor {
  const base = load<u8>(x, 46) < LISTED ? x + 52 : extOf(x) + 4;
  return <usize>load<u32>(base + ((<usize>i) << 2));
}

/** Bytes of one element. */
export function bytesOf(dtype: DType): u32 {
  return dtype == DType.Float64 ? 8 : 4;
}
export function isFloat_(dtype: DType): bool {
  return dtype >= DType.Float32;
}
export function isContiguous(x: Tensor): bool {
  return hasFlag(x, Flag.Contiguous);
}
/** Bytes of the value, counted in whole vectors. */
export function paddedBytes(x: Tensor): usize {
  return (<usize>sizeOf(x) * bytesOf(dtypeOf(x)) + 15) & ~15;
}
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
function newSlot(dtype: DType, rank: u32): Tensor {
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

/** Number of elements of a shape; more than memory can ever hold counts as 2^32 - 1. */
export function countOf(dims: usize, rank: u32): u64 {
  let count: u64 = 1;
  let empty = false;
  for (let i: u32 = 0; i < rank; i++) {
    const d = load<u32>(dims + ((<usize>i) << 2));
    if (!d) empty = true;
    count *= d;
    if (count > 0xffffffff) count = 0xffffffff;
  }
  return empty ? 0 : count;
}

/** The same as a float64, for error messages. */
export function exactCount(dims: usize, rank: u32): f64 {
  let count: f64 = 1;
  for (let i: u32 = 0; i < rank; i++) count *= <f64>load<u32>(dims + ((<usize>i) << 2));
  return count;
}

/** A contiguous node of this shape with undefined contents and one reference. */
export function newNode(dtype: DType, rank: u32, dims: usize): Tensor {
  const count = countOf(dims, rank);
  const bytes = count * bytesOf(dtype);
  if (bytes > 0xfffe0000) return fail(Fault.TooLarge, exactCount(dims, rank));
  let block: usize = 0;
  if (bytes > 16) {
    block = allocate(<usize>bytes);
    if (!block) return fail(Fault.OutOfMemory, <f64>bytes);
  }
  const x = newSlot(dtype, rank);
  if (!x) {
    if (block) releaseBlock(block);
    return 0;
  }
  store<u32>(x, block ? <u32>block : <u32>(x + INLINE), 36);
  store<u32>(x, <u32>block, 40);
  setShape(x, rank, dims, <u32>count);
  return x;
}

/** As `newNode`, but pending: it gets its storage when it is computed. */
export function newPending(dtype: DType, rank: u32, dims: usize): Tensor {
  const count = countOf(dims, rank);
  if (count * bytesOf(dtype) > 0xfffe0000) return fail(Fault.TooLarge, exactCount(dims, rank));
  const x = newSlot(dtype, rank);
  if (!x) return 0;
  setState(x, State.Pending);
  setShape(x, rank, dims, <u32>count);
  return x;
}

function setShape(x: Tensor, rank: u32, dims: usize, count: u32): void {
  store<u32>(x, count, 48);
  store<u8>(x, Flag.Contiguous, 47);
  const to = dimsOf(x);
  let stride: u32 = 1;
  for (let i = <i32>rank - 1; i >= 0; i--) {
    const d = load<u32>(dims + ((<usize>i) << 2));
    store<u32>(to + ((<usize>i) << 2), d);
    store<u32>(to + ((<usize>(rank + i)) << 2), stride);
    stride *= d;
  }
}

/**
 * A contiguous node without value and inputs, otherwise like x: op, dtype, shape, attributes. It has
 * one reference and, if its value is small, a place for it.
 */
export function newLike(x: Tensor): Tensor {
  const y = newSlot(dtypeOf(x), rankOf(x));
  if (!y) return 0;
  setOpOf(y, opOf(x));
  setShape(y, rankOf(x), dimsOf(x), sizeOf(x));
  if (hasFlag(x, Flag.Weak)) setFlag(y, Flag.Weak);
  setAttr(y, attrOf(x));
  setPerm(y, permOf(x));
  const ext = extOf(x);
  if (ext && load<u8>(x, 46) < LISTED) {
    retainBlock(ext);
    setExt(y, ext);
  }
  if (<usize>sizeOf(y) * bytesOf(dtypeOf(y)) <= 16) {
    v128.store(y + INLINE, i32x4.splat(0));
    setData(y, y + INLINE);
  }
  return y;
}

/** Points a node, which holds no storage, at its first element. */
export function setData(x: Tensor, data: usize): void {
  store<u32>(x, <u32>data, 36);
}

/** Gives a node its inputs, n of them in a list, which it holds from now on; false after a fault. */
export function setInputList(x: Tensor, n: u32, list: usize): bool {
  if (n < LISTED) {
    store<u8>(x, <u8>n, 46);
    memory.copy(x + 52, list, (<usize>n) << 2);
    return true;
  }
  const block = allocate(((<usize>n) << 2) + 4);
  if (!block) return fail(Fault.OutOfMemory, n << 2) != 0;
  store<u32>(block, n);
  memory.copy(block + 4, list, (<usize>n) << 2);
  setExt(x, block);
  store<u8>(x, LISTED, 46);
  return true;
}

/** Says how a node's elements lie: as these strides do. */
export function setStrides(x: Tensor, strides: usize): void {
  const rank = rankOf(x);
  memory.copy(stridesOf(x), strides, (<usize>rank) << 2);
  if (sizeOf(x) <= 1 || contiguous(dimsOf(x), strides, rank)) setFlag(x, Flag.Contiguous);
  else clearFlag(x, Flag.Contiguous);
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

/** True if all elements are one and the same place in memory. */
export function isUniform(x: Tensor): bool {
  if (sizeOf(x) == 1) return true;
  const strides = stridesOf(x);
  for (let i: u32 = 0; i < rankOf(x); i++) {
    if (dim(x, i) != 1 && load<u32>(strides + ((<usize>i) << 2)) != 0) return false;
  }
  return true;
}

/** True if these strides walk memory in order, without gaps. Axes of size 1 do not matter. */
function contiguous(dims: usize, strides: usize, rank: u32): bool {
  let stride: u32 = 1;
  for (let i = <i32>rank - 1; i >= 0; i--) {
    const d = load<u32>(dims + ((<usize>i) << 2));
    if (d != 1 && load<u32>(strides + ((<usize>i) << 2)) != stride) return false;
    stride *= d;
  }
  return true;
}

/** The few elements of a strided piece, copied into a node of their own. */
function newCopy(x: Tensor, rank: u32, dims: usize, strides: usize, data: usize): Tensor {
  const copy = newNode(dtypeOf(x), rank, dims);
  if (!copy) return 0;
  const bytes = bytesOf(dtypeOf(x));
  for (let i: u32 = 0, n = sizeOf(copy); i < n; i++) {
    let rest = i;
    let offset: i32 = 0;
    for (let axis = <i32>rank - 1; axis >= 0; axis--) {
      const d = load<u32>(dims + ((<usize>axis) << 2));
      offset += <i32>(rest % d) * load<i32>(strides + ((<usize>axis) << 2));
      rest /= d;
    }
    const from = data + <usize>(offset * <i32>bytes);
    memory.copy(dataOf(copy) + <usize>(i * bytes), from, bytes);
  }
  return copy;
}

/**
 * A node that shows x's storage with another shape: element [0, …] stands at `data`. What fits in a
 * header is copied, so that a single element never keeps a large block alive. No data, no view.
 */
export function newView(x: Tensor, rank: u32, dims: usize, strides: usize, data: usize): Tensor {
  if (!data) return 0;
  const count = countOf(dims, rank);
  const block = blockOf(x);
  if (block && count * bytesOf(dtypeOf(x)) <= 16) return newCopy(x, rank, dims, strides, data);
  const view = newSlot(dtypeOf(x), rank);
  if (!view) return 0;
  const to = dimsOf(view);
  memory.copy(to, dims, (<usize>rank) << 2);
  memory.copy(to + ((<usize>rank) << 2), strides, (<usize>rank) << 2);
  store<u32>(view, <u32>count, 48);
  if (count <= 1 || contiguous(dims, strides, rank)) store<u8>(view, Flag.Contiguous, 47);
  if (block) {
    retainBlock(block);
    store<u32>(view, <u32>block, 40);
    store<u32>(view, <u32>data, 36);
  } else {
    // Inline values are copied whole: 16 bytes, and the view keeps its place in them.
    v128.store(view + INLINE, v128.load(x + INLINE));
    store<u32>(view, <u32>(view + INLINE + (data - (x + INLINE))), 36);
  }
  return view;
}

/** Gives node x the storage of y (same dtype and shape); x's own is let go. */
export function adoptStorage(x: Tensor, y: Tensor): void {
  const block = blockOf(y);
  if (block) retainBlock(block);
  const old = blockOf(x);
  if (block) store<u32>(x, load<u32>(y, 36), 36);
  else {
    v128.store(x + INLINE, v128.load(y + INLINE));
    store<u32>(x, <u32>(x + INLINE + (dataOf(y) - (y + INLINE))), 36);
  }
  store<u32>(x, <u32>block, 40);
  if (old) releaseBlock(old);
  const rank = rankOf(y);
  memory.copy(stridesOf(x), stridesOf(y), (<usize>rank) << 2);
  if (isContiguous(y)) setFlag(x, Flag.Contiguous);
  else clearFlag(x, Flag.Contiguous);
}

/** Lets a contiguous value go: the node is pending. */
export function dropStorage(x: Tensor): void {
  const block = blockOf(x);
  if (block) releaseBlock(block);
  store<u64>(x, 0, 36);
  setState(x, State.Pending);
}

/** Storage for a pending node; false and a fault if there is no memory. */
export function newStorage(x: Tensor): bool {
  const bytes = <usize>sizeOf(x) * bytesOf(dtypeOf(x));
  if (bytes <= 16) {
    store<u32>(x, <u32>(x + INLINE), 36);
    return true;
  }
  const block = allocate(bytes);
  if (!block) {
    fail(Fault.OutOfMemory, <f64>bytes);
    return false;
  }
  store<u32>(x, <u32>block, 36);
  store<u32>(x, <u32>block, 40);
  return true;
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

/** Marks a node pending or ready. */
export function setState(x: Tensor, state: State): void {
  store<u8>(x, state, 7);
}
