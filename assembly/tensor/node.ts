// Nodes: making them of shapes and of other nodes, and what holds their elements.
import { DType } from "../shared/dtype";
import { Fault } from "../shared/fault";
import { allocate, releaseBlock, retainBlock } from "../memory/heap";
import { fail } from "./fault";
import {
  attrOf,
  blockOf,
  bytesOf,
  clearFlag,
  dataOf,
  dim,
  dimsOf,
  dtypeOf,
  extOf,
  Flag,
  hasFlag,
  INLINE,
  isContiguous,
  LISTED,
  opOf,
  permOf,
  rankOf,
  setAttr,
  setData,
  setExt,
  setFlag,
  setOpOf,
  setPerm,
  setState,
  sizeOf,
  State,
  stridesOf,
  Tensor,
} from "./header";
import { newSlot } from "./slots";

// Other floors need not know in which file a node's parts are.
export * from "./header";
export * from "./slots";

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

/** Gives a node its inputs, n of them in a list, which it holds from now on; false after a fault. */
export function setInputList(x: Tensor, n: u32, list: usize): bool {
  if (n < LISTED) {
    store<u8>(x, <u8>n, 46);
    memory.copy(x + 52, list, (<usize>n) << 2);
    return true;
  }
  return listInputs(x, n, list);
}

/** The same in an ext block, however few they are. */
export function listInputs(x: Tensor, n: u32, list: usize): bool {
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
