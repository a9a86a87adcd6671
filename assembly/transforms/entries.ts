// The table of a walk: one entry per node met, with what it carries: a cotangent or tangent. That of
// a scalar which no live transform depends on is a bare number: no node is made for it.
//
//   walk    0 entries   4 capacity   8 count   12 order   16 levels   24 oldest (u64)
//   entry   0 node   4 what stood in node.tmp   8 consumers   12 value: a tensor, NUMBER or 0
//           16 the number, in the node's dtype
import { Fault } from "../shared/fault";
import { DType } from "../shared/dtype";
import { allocate, releaseBlock } from "../memory/heap";
import { fail } from "../tensor/fault";
import { dataOf, dtypeOf, Flag, maskOf, newScalar, Tensor } from "../tensor/node";
import { recordingMask } from "../tape/levels";
import { pooled } from "../tape/pool";
import { isPlain } from "../tape/scalar";
import { release, retain } from "../tape/tape";
import { add } from "../ops/arithmetic";
import { cast } from "../ops/cast";

const ENTRY: usize = 24;
/** Bytes per entry: itself, and a place in the order. */
const ROOM: usize = ENTRY + 4;
/** Entries of a new walk. */
const FIRST: u32 = 64;
/** An entry's value that is a bare number. */
export const NUMBER: Tensor = 1;
/** A small walk that has ended, for the next one. */
let spare: usize = 0;

function entries(walk: usize): usize {
  return <usize>load<u32>(walk);
}
/** Nodes met. */
export function countOf(walk: usize): u32 {
  return load<u32>(walk, 8);
}
/** The levels a walk is for, as a mask. */
export function levelsOf(walk: usize): u32 {
  return load<u32>(walk, 16);
}
/** Creation number after which nodes belong to the walk. */
export function oldestOf(walk: usize): u64 {
  return load<u64>(walk, 24);
}
/** Address of entry i. */
export function entryAt(walk: usize, i: u32): usize {
  return entries(walk) + <usize>i * ENTRY;
}
/** Address of a list with room for all entries' numbers. */
export function orderOfWalk(walk: usize): usize {
  return entries(walk) + <usize>load<u32>(walk, 4) * ENTRY;
}
export function nodeAt(walk: usize, i: u32): Tensor {
  return <usize>load<u32>(entryAt(walk, i));
}
function rawValue(walk: usize, i: u32): Tensor {
  return <usize>load<u32>(entryAt(walk, i), 12);
}
function setValue(walk: usize, i: u32, value: Tensor): void {
  store<u32>(entryAt(walk, i), <u32>value, 12);
}

/** True if entry i carries something. */
export function hasValue(walk: usize, i: u32): bool {
  return rawValue(walk, i) != 0;
}

/** What entry i carries, as a tensor that the entry holds; 0 if nothing, or after a fault. */
export function valueAt(walk: usize, i: u32): Tensor {
  const value = rawValue(walk, i);
  if (value != NUMBER) return value;
  const x = numberNode(nodeAt(walk, i), entryAt(walk, i) + 16);
  if (x) setValue(walk, i, x);
  return x;
}

/** The number at address c as a tensor like `node`. */
function numberNode(node: Tensor, c: usize): Tensor {
  const x = newScalar(dtypeOf(node), 0, load<u8>(node, 47) & Flag.Weak);
  if (!x) return 0;
  store<u64>(dataOf(x), load<u64>(c));
  store<u64>(dataOf(x), 0, 8);
  return x;
}

/** True if x is a number that nothing recorded now depends on. */
export function isBare(x: Tensor): bool {
  return isPlain(x) && !(maskOf(x) & recordingMask());
}

/** Address of the number that entry i carries; 0 if it carries something else. */
export function numberAt(walk: usize, i: u32): usize {
  const value = rawValue(walk, i);
  if (value == NUMBER) return entryAt(walk, i) + 16;
  return value && isBare(value) ? dataOf(value) : 0;
}

/** What the number of `numberAt` depends on. */
export function numberMask(walk: usize, i: u32): u32 {
  const value = rawValue(walk, i);
  return value == NUMBER ? 0 : maskOf(value);
}

/** The entry of x, or -1. */
export function indexOf(walk: usize, x: Tensor): i32 {
  const i = load<u32>(x);
  return i < countOf(walk) && nodeAt(walk, i) == x ? <i32>i : -1;
}

/** Begins a walk for a level (as a mask), over nodes created after `oldest`. 0 if out of memory. */
export function beginWalk(levels: u32, oldest: u64): usize {
  let walk = spare;
  spare = 0;
  if (!walk) {
    walk = allocate(48);
    const table = walk ? allocate(<usize>FIRST * ROOM) : 0;
    if (!table) {
      if (walk) releaseBlock(walk);
      return fail(Fault.OutOfMemory, <f64>(FIRST * <u32>ROOM));
    }
    store<u32>(walk, <u32>table);
    store<u32>(walk, FIRST, 4);
  }
  store<u32>(walk, 0, 8);
  store<u32>(walk, levels, 16);
  store<u64>(walk, oldest, 24);
  return walk;
}

/** Ends a walk: what nodes carried before it is put back, values are let go. */
export function endWalk(walk: usize): void {
  for (let i = countOf(walk); i; i--) {
    const entry = entryAt(walk, i - 1);
    store<u32>(<usize>load<u32>(entry), load<u32>(entry, 4));
    letGo(<usize>load<u32>(entry, 12));
  }
  if (!spare && load<u32>(walk, 4) == FIRST) {
    spare = walk;
    return;
  }
  releaseBlock(entries(walk));
  releaseBlock(walk);
}

function letGo(value: Tensor): void {
  if (value > NUMBER) release(value);
}

/** The entry of x, made if need be; -1 if out of memory. */
export function enlist(walk: usize, x: Tensor): i32 {
  const known = indexOf(walk, x);
  if (known >= 0) return known;
  const n = countOf(walk);
  if (n == load<u32>(walk, 4) && !grow(walk, n)) return -1;
  const entry = entryAt(walk, n);
  store<u32>(entry, <u32>x);
  store<u32>(entry, load<u32>(x), 4);
  store<u64>(entry, 0, 8);
  store<u32>(x, n);
  store<u32>(walk, n + 1, 8);
  return <i32>n;
}

function grow(walk: usize, n: u32): bool {
  const bytes = ((<usize>n) << 1) * ROOM;
  const larger = allocate(bytes);
  if (!larger) {
    fail(Fault.OutOfMemory, <f64>bytes);
    return false;
  }
  memory.copy(larger, entries(walk), <usize>n * ENTRY);
  releaseBlock(entries(walk));
  store<u32>(walk, <u32>larger);
  store<u32>(walk, n << 1, 4);
  return true;
}

/** Adds c to what entry i carries: here, and in `accumulateNumber`, derivatives are summed. */
export function accumulate(walk: usize, i: u32, c0: Tensor): bool {
  const dtype = dtypeOf(nodeAt(walk, i));
  const c = dtypeOf(c0) == dtype ? c0 : cast(c0, dtype);
  if (!c) return false;
  const had = hasValue(walk, i) ? valueAt(walk, i) : 0;
  const sum = had ? add(had, c) : hasValue(walk, i) ? 0 : c;
  if (!sum) return false;
  retain(sum);
  letGo(had);
  setValue(walk, i, sum);
  return true;
}

/** Adds the number at address c, of the dtype of entry i's node. */
export function accumulateNumber(walk: usize, i: u32, c: usize): bool {
  const entry = entryAt(walk, i);
  const had = rawValue(walk, i);
  if (had > NUMBER) {
    const x = pooled(numberNode(nodeAt(walk, i), c));
    return x != 0 && accumulate(walk, i, x);
  }
  if (!had) store<u64>(entry, load<u64>(c), 16);
  else if (dtypeOf(nodeAt(walk, i)) == DType.Float64) {
    store<f64>(entry, load<f64>(entry, 16) + load<f64>(c), 16);
  } else store<f32>(entry, load<f32>(entry, 16) + load<f32>(c), 16);
  setValue(walk, i, NUMBER);
  return true;
}

/** Takes entry i's value away. */
export function dropValue(walk: usize, i: u32): void {
  letGo(rawValue(walk, i));
  setValue(walk, i, 0);
}

/** Takes entry i's value out; the reference is the caller's. */
export function takeOut(walk: usize, i: u32): Tensor {
  const value = valueAt(walk, i);
  setValue(walk, i, 0);
  return value;
}
