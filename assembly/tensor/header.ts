// The header of a tensor: one slot of 128 bytes, recycled. Everything the library knows of a value.
//
//     0  tmp      entry of the walk that is under way (transforms/entries.ts)
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
/** Where a value stands that fits in one vector. */
export const INLINE: usize = 80;
/** Where dims and strides stand, up to this rank. */
export const INLINE_DIMS: usize = 96;
export const INLINE_RANK: u32 = 4;
/** Where a scalar's own entry of a walk is. */
export const OWN: usize = 96;

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
/** Marks a node pending or ready. */
export function setState(x: Tensor, state: State): void {
  store<u8>(x, state, 7);
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
/** Points a node, which holds no storage, at its first element. */
export function setData(x: Tensor, data: usize): void {
  store<u32>(x, <u32>data, 36);
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
