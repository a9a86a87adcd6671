// What a walk knows of the nodes it meets: an entry each, with what the node carries, a cotangent or
// tangent. That of a scalar which no live transform depends on is a bare number: no node is made for
// it. Entries stand in a table, or, where all nodes are scalars, in the nodes themselves (sweep.ts).
//
//   walk    0 entries   4 capacity   8 count   12 order   16 levels   24 oldest (u64)
//           32 place where it stands   36 traits (Way)   40 entry where it has stopped   44 why
//   entry   0 node   4 what stood in node.tmp   8 consumers   12 value: a tensor, NUMBER or 0
//           16 the number, in the node's dtype   24 what stops the walk here (transforms/stops.ts)
import { Fault } from "../shared/fault";
import { DType } from "../shared/dtype";
import { allocate, releaseBlock } from "../memory/heap";
import { fail } from "../tensor/fault";
import { dataOf, dtypeOf, Flag, maskOf, newScalar, orderOf, OWN, Tensor } from "../tensor/node";
import { recordingMask } from "../tape/levels";
import { pooled } from "../tape/pool";
import { isPlain } from "../tape/scalar";
import { release, retain } from "../tape/tape";
import { add } from "../ops/arithmetic";
import { cast } from "../ops/cast";
import { NEGATED, PASS } from "../ops/families/elementwise";
import { product } from "../ops/scratch";

const ENTRY: usize = 32;
/** Bytes per entry: itself, and a place in the order. */
const ROOM: usize = ENTRY + 4;
/** Entries of a new walk. */
const FIRST: u32 = 64;
/** An entry's value that is a bare number. */
export const NUMBER: Tensor = 1;
/** A small walk that has ended, for the next one. */
let spare: usize = 0;
/** The walk whose entries stand in the nodes. */
const swept = memory.data(48, 16);

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
function oldestOf(walk: usize): u64 {
  return load<u64>(walk, 24);
}
/** Traits of a walk. */
export const enum Way {
  /** It holds its nodes, and may stop. */
  Held = 1,
  /** It ends at nodes that are older than it allows, which get their share. */
  Border = 2,
}

/** True for a walk with this trait. */
export function hasWay(walk: usize, way: Way): bool {
  return (load<u32>(walk, 36) & way) != 0;
}
export function setWay(walk: usize, way: Way): void {
  store<u32>(walk, load<u32>(walk, 36) | way, 36);
}
/** True for a node at which the walk ends because of its age. */
export function isBorder(walk: usize, x: Tensor): bool {
  return hasWay(walk, Way.Border) && orderOf(x) <= oldestOf(walk);
}
/** True if the walk goes on to this node, or ends there. */
export function touches(walk: usize, x: Tensor): bool {
  return reaches(walk, x) || (hasWay(walk, Way.Border) && (maskOf(x) & levelsOf(walk)) != 0);
}
/** True if the walk goes on to this node. */
export function reaches(walk: usize, x: Tensor): bool {
  return (maskOf(x) & levelsOf(walk)) != 0 && orderOf(x) > oldestOf(walk);
}
/** Address of entry i. */
export function entryAt(walk: usize, i: u32): usize {
  return entries(walk) + <usize>i * ENTRY;
}
/** Address of a list with room for all entries' numbers. */
export function orderOfWalk(walk: usize): usize {
  return entries(walk) + <usize>load<u32>(walk, 4) * ENTRY;
}
/** The node of an entry. */
export function nodeOf(entry: usize): Tensor {
  return <usize>load<u32>(entry);
}

function rawValue(entry: usize): Tensor {
  return <usize>load<u32>(entry, 12);
}
function setValue(entry: usize, value: Tensor): void {
  store<u32>(entry, <u32>value, 12);
}

/** True if an entry carries something. */
export function hasValue(entry: usize): bool {
  return rawValue(entry) != 0;
}

/** What an entry carries, as a tensor that the entry holds; 0 if nothing, or after a fault. */
export function valueAt(entry: usize): Tensor {
  const value = rawValue(entry);
  if (value != NUMBER) return value;
  const x = numberNode(nodeOf(entry), entry + 16);
  if (x) setValue(entry, x);
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

/** Address of the number that an entry carries; 0 if it carries something else. */
export function numberAt(entry: usize): usize {
  const value = rawValue(entry);
  if (value == NUMBER) return entry + 16;
  return value && isBare(value) ? dataOf(value) : 0;
}

/** What the number of `numberAt` depends on. */
export function numberMask(entry: usize): u32 {
  const value = rawValue(entry);
  return value == NUMBER ? 0 : maskOf(value);
}

/** The place of x's entry in the table, or -1. */
export function indexOf(walk: usize, x: Tensor): i32 {
  const i = load<u32>(x);
  return i < countOf(walk) && nodeOf(entryAt(walk, i)) == x ? <i32>i : -1;
}

/** Address of x's entry, or 0. */
export function entryOf(walk: usize, x: Tensor): usize {
  if (walk == swept) return reaches(walk, x) ? x + OWN : 0;
  const i = indexOf(walk, x);
  return i < 0 ? 0 : entryAt(walk, i);
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
  store<u64>(walk, 0, 32);
  store<u64>(walk, 0, 40);
  return walk;
}

/** Begins the walk whose nodes hold their entries themselves; there is one at a time. */
export function beginSwept(levels: u32, oldest: u64): usize {
  store<u32>(swept, levels, 16);
  store<u64>(swept, oldest, 24);
  return swept;
}

/** True for the walk whose nodes hold their entries. */
export function isSwept(walk: usize): bool {
  return walk == swept;
}

/** Ends a walk over a table: what nodes carried before it is put back, values are let go. */
export function endWalk(walk: usize): void {
  for (let i = countOf(walk); i; i--) {
    const entry = entryAt(walk, i - 1);
    store<u32>(<usize>load<u32>(entry), load<u32>(entry, 4));
    letGo(<usize>load<u32>(entry, 12));
    if (hasWay(walk, Way.Held)) release(nodeOf(entry));
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

/** The place of x's entry, made if need be; -1 if out of memory. */
export function enlist(walk: usize, x: Tensor): i32 {
  const known = indexOf(walk, x);
  if (known >= 0) return known;
  const n = countOf(walk);
  if (n == load<u32>(walk, 4) && !grow(walk, n)) return -1;
  const entry = entryAt(walk, n);
  store<u32>(entry, <u32>x);
  store<u32>(entry, load<u32>(x), 4);
  store<u64>(entry, 0, 8);
  store<u32>(entry, 0, 24);
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

// Here derivatives are summed, and nowhere else: tensors, numbers, products of numbers.

/** Adds c to what an entry carries. */
export function accumulate(entry: usize, c0: Tensor): bool {
  const dtype = dtypeOf(nodeOf(entry));
  const c = dtypeOf(c0) == dtype ? c0 : cast(c0, dtype);
  if (!c) return false;
  const had = hasValue(entry) ? valueAt(entry) : 0;
  const sum = had ? add(had, c) : hasValue(entry) ? 0 : c;
  if (!sum) return false;
  retain(sum);
  letGo(had);
  setValue(entry, sum);
  return true;
}

/** Adds the number at address c, of the dtype of the entry's node. */
export function accumulateNumber(entry: usize, c: usize): bool {
  const had = rawValue(entry);
  if (had > NUMBER) {
    const x = pooled(numberNode(nodeOf(entry), c));
    return x != 0 && accumulate(entry, x);
  }
  if (!had) store<u64>(entry, load<u64>(c), 16);
  else if (dtypeOf(nodeOf(entry)) == DType.Float64) {
    store<f64>(entry, load<f64>(entry, 16) + load<f64>(c), 16);
  } else store<f32>(entry, load<f32>(entry, 16) + load<f32>(c), 16);
  setValue(entry, NUMBER);
  return true;
}

/**
 * Adds g·d, as `weigh` computes it, to what an entry carries: of 0-d floats of the dtype of its node,
 * g given by address.
 */
export function accumulateProduct(entry: usize, g: usize, d: Tensor): bool {
  if (dtypeOf(nodeOf(entry)) == DType.Float64) return addProduct<f64>(entry, load<f64>(g), d);
  return addProduct<f32>(entry, load<f32>(g), d);
}

function addProduct<T>(entry: usize, g: T, d: Tensor): bool {
  let c = g;
  if (d == NEGATED) c = -g;
  else if (d != PASS) {
    const slope = load<T>(dataOf(d));
    c = g == 0 || slope == 0 ? <T>0 : g * slope;
  }
  const had = rawValue(entry);
  if (had > NUMBER) {
    store<T>(product, c);
    return accumulateNumber(entry, product);
  }
  store<T>(entry, had ? load<T>(entry, 16) + c : c, 16);
  setValue(entry, NUMBER);
  return true;
}

/** Takes an entry's value away. */
export function dropValue(entry: usize): void {
  letGo(rawValue(entry));
  setValue(entry, 0);
}

/** Takes an entry's value out; the reference is the caller's. Without memory (0) it stays. */
export function takeOut(entry: usize): Tensor {
  const value = valueAt(entry);
  if (value) setValue(entry, 0);
  return value;
}
