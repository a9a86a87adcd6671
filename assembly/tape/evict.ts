// Choosing what leaves wasm. Evictable is a value that only its handle holds: no tape, no pending
// node, no live batch axis needs it. TypeScript copies the chosen values out (of pending ones the op
// and its inputs, as of values with a recipe) and then commits.
//
//   record of a chosen value    0 slot address   4 dtype   5 rank   6 flags   8 elements   12 weight
//                               16 the value, if all elements are the same (flag Uniform)
import { Family } from "../shared/family";
import { allocate, blockHolders, releaseBlock, usedBytes } from "../memory/heap";
import {
  attrOf,
  blockOf,
  bytesOf,
  clearFlag,
  dataOf,
  dtypeOf,
  Flag,
  groupEnd,
  groupStart,
  hasFlag,
  inputOf,
  inputsOf,
  isUniform,
  now,
  opOf,
  prefixOf,
  rankOf,
  refsOf,
  setAttr,
  setFlag,
  sizeOf,
  slabGroups,
  stampOf,
  State,
  stateOf,
  Tensor,
} from "../tensor/node";
import { loadNumber } from "../kernels/number";
import { batchOf } from "./levels";
import { adapt, countHandle, handleCount } from "./marks";
import { hasRecipe } from "./recipes";
import { familyOf } from "./rows";
import { materialize } from "./schedule";
import { release } from "./tape";

/** Bytes of a record. */
export const RECORD: usize = 24;
/** Records a list has room for at least, whatever happens. */
const FEW: u32 = 64;
const few = memory.data(64 * 28, 16);
const BUCKETS: u32 = 64;
const weights = memory.data(64 * 8, 16);
/** What a value costs beside its bytes. */
const SLOT_WEIGHT: u32 = 256;

/** Bits of a record's flags. */
export const enum Trait {
  Leaf = 1,
  Weak = 2,
  Cut = 4,
  Uniform = 8,
  /** Not a value but a recipe: op and inputs. */
  Pending = 16,
  /** Not chosen: its level has ended (tape/depart.ts). */
  Departed = 32,
}

let list: usize = 0;
let count: u32 = 0;
let capacity: u32 = 0;
// What `choose` knows of the list so far: its weight, the age of the oldest, the time now.
let total: u64 = 0;
let oldest: u32 = 0;
let time: u32 = 0;
/** Some of the chosen are recipes. */
let derived = false;
/** Handles of values that could not leave. */
let bound: u32 = 0;

/** Address of the records. */
export function chosenList(): usize {
  return list;
}

/** How many want values with batch axes to stay: without them the axes would come back as ordinary ones. */
let mapped: u32 = 0;
export function keepMapped(stay: bool): void {
  mapped += stay ? 1 : -1;
}

/** True if neither the tape nor a live batch axis needs x, which TypeScript has a handle for. */
function mayLeave(x: Tensor): bool {
  // Flags first: most slots are out at once.
  return (
    (load<u8>(x, 47) & (Flag.Handle | Flag.Taped)) == Flag.Handle &&
    (!prefixOf(x) || (!mapped && !batchOf(x)))
  );
}

/** True if x leaves as op and inputs: it is pending, or holds what it was computed from. */
function isDerived(x: Tensor): bool {
  return stateOf(x) == State.Pending || hasRecipe(x);
}

/** True if x may leave, as far as x itself tells: of a derived node its consumers decide too. */
function evictable(x: Tensor): bool {
  return refsOf(x) != 0 && mayLeave(x) && (refsOf(x) == 1 || isDerived(x));
}

/** True if x, which TypeScript has no handle for yet, may leave after what was computed from it. */
function mayFollow(x: Tensor): bool {
  return (load<u8>(x, 47) & (Flag.Handle | Flag.Taped)) == 0 && (!prefixOf(x) || !batchOf(x));
}

/** True unless x is pending and must be computed before it leaves: only elementwise rows are recipes. */
function isRecipe(x: Tensor): bool {
  return stateOf(x) != State.Pending || familyOf(opOf(x)) <= Family.Ternary;
}

/** Bytes that x may leave free; of a block that views share, each has its part. */
function weightOf(x: Tensor): u32 {
  const block = blockOf(x);
  if (!block) return SLOT_WEIGHT;
  return SLOT_WEIGHT + min<u32>(sizeOf(x) * bytesOf(dtypeOf(x)), 1 << 31) / blockHolders(block);
}

function recordAt(i: u32): usize {
  return list + <usize>i * RECORD;
}

/**
 * Chooses the least recently used half of all evictable values (by weight), or all of them; returns
 * how many.
 */
export function choose(all: bool): u32 {
  if (list) abandon();
  if (!enlistAll(false)) {
    // Once more, now that what must be computed is.
    abandon();
    computeFolds();
    enlistAll(true);
  }
  for (let i: u32 = 0; i < count; i++) clearFlag(<usize>load<u32>(recordAt(i)), Flag.Listed);
  if (!all) keepYoung();
  if (derived) consumersFirst();
  for (let i: u32 = 0; i < count; i++) describe(recordAt(i));
  return count;
}

/**
 * Puts all that may leave onto the list; false if there is something that must be computed first,
 * which is left out when `again`.
 */
function enlistAll(again: bool): bool {
  openList();
  time = <u32>now();
  total = 0;
  oldest = 0;
  count = 0;
  derived = false;
  bound = handleCount();
  for (let g: u32 = 0; g < slabGroups() && count < capacity; g++) {
    for (let x = groupStart(g), end = groupEnd(g); x < end && count < capacity; x += 128) {
      if (!evictable(x)) continue;
      bound--;
      if (!isDerived(x)) {
        enlist(x);
        continue;
      }
      if (!isRecipe(x)) {
        if (again) continue;
        return false;
      }
      enlist(x);
      derived = true;
      enlistInputs(x);
    }
  }
  return true;
}

/** An eviction was interrupted while values were chosen: there was no stack left. */
function abandon(): void {
  for (let g: u32 = 0; g < slabGroups(); g++) {
    for (let x = groupStart(g), end = groupEnd(g); x < end; x += 128) clearFlag(x, Flag.Listed);
  }
  if (list != few) releaseBlock(list);
  list = 0;
}

/** A pending fold is no recipe: it is computed before it leaves, which lets go what it folds. */
function computeFolds(): void {
  for (let g: u32 = 0; g < slabGroups(); g++) {
    for (let x = groupStart(g), end = groupEnd(g); x < end; x += 128) {
      if (evictable(x) && !isRecipe(x)) materialize(x);
    }
  }
}

function enlist(x: Tensor): void {
  if (count == capacity || hasFlag(x, Flag.Listed) || !isRecipe(x)) return;
  const record = recordAt(count);
  const weight = weightOf(x);
  const age = time - stampOf(x);
  store<u32>(record, <u32>x);
  store<u32>(record, age, 8);
  store<u32>(record, weight, 12);
  setFlag(x, Flag.Listed);
  oldest = max(oldest, age);
  total += weight;
  count++;
}

/**
 * What a derived value needs may leave with it, unless something else needs it too: values, and derived
 * ones that are there for its sake alone.
 */
function enlistInputs(x: Tensor): void {
  let from = count;
  enlistSome(x);
  for (; from < count; from++) {
    const input: Tensor = <usize>load<u32>(recordAt(from));
    if (isDerived(input)) enlistSome(input);
  }
}

function enlistSome(x: Tensor): void {
  for (let k: u32 = 0, n = inputsOf(x); k < n; k++) {
    const input = inputOf(x, k);
    const fits = hasFlag(input, Flag.Handle)
      ? stateOf(input) != State.Pending && mayLeave(input)
      : isDerived(input) && mayFollow(input);
    if (fits) enlist(input);
  }
}

/**
 * A value can leave once the derived nodes made of it have left. Puts the list into such an order;
 * what has other holders comes off it. Meanwhile attr tells a node's record, where attr itself waits.
 */
function consumersFirst(): void {
  for (let i: u32 = 0; i < count; i++) {
    const x: Tensor = <usize>load<u32>(recordAt(i));
    // A handle is a holder, also one that is still to come.
    store<u32>(recordAt(i), refsOf(x) + u32(!hasFlag(x, Flag.Handle)), 8);
    store<u32>(recordAt(i), attrOf(x), 16);
    setAttr(x, i);
  }
  // Kahn's order, in the second half of the list.
  const order = list + <usize>capacity * RECORD;
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(recordAt(i), 8) != 1) continue;
    store<u32>(order + ((<usize>found) << 2), load<u32>(recordAt(i)));
    found++;
  }
  for (let done: u32 = 0; done < found; done++) {
    const x: Tensor = <usize>load<u32>(order + ((<usize>done) << 2));
    if (!isDerived(x)) continue;
    for (let k: u32 = 0, n = inputsOf(x); k < n; k++) {
      const input = inputOf(x, k);
      const at = attrOf(input);
      if (at >= count || <usize>load<u32>(recordAt(at)) != input) continue;
      const left = load<u32>(recordAt(at), 8) - 1;
      store<u32>(recordAt(at), left, 8);
      if (left != 1) continue;
      store<u32>(order + ((<usize>found) << 2), <u32>input);
      found++;
    }
  }
  for (let i: u32 = 0; i < count; i++) {
    setAttr(<usize>load<u32>(recordAt(i)), load<u32>(recordAt(i), 16));
  }
  for (let i: u32 = 0; i < found; i++) {
    store<u32>(recordAt(i), load<u32>(order + ((<usize>i) << 2)));
  }
  count = found;
}

/**
 * Takes the younger half of the weight off the list. Ages are counted in buckets; where a few old
 * values stretch them so far that the youngest bucket alone is more than that half, it is divided again.
 */
function keepYoung(): void {
  let range = oldest;
  let youngest: u32 = 0;
  for (;;) {
    const width = range / BUCKETS + 1;
    let sum = countAges(range, width);
    let cutoff = BUCKETS;
    while (cutoff > 1 && sum < total / 2) {
      cutoff--;
      sum += load<u64>(weights + ((<usize>cutoff) << 3));
    }
    youngest = cutoff * width;
    if (sum >= total / 2 || width == 1) break;
    range = width - 1;
  }
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(recordAt(i), 8) < youngest) continue;
    store<u32>(recordAt(kept), load<u32>(recordAt(i)));
    kept++;
  }
  count = kept;
}

/** Adds up the weights of ages up to `range` in buckets; returns the weight of what is older. */
function countAges(range: u32, width: u32): u64 {
  let older: u64 = 0;
  memory.fill(weights, 0, BUCKETS * 8);
  for (let i: u32 = 0; i < count; i++) {
    const age = load<u32>(recordAt(i), 8);
    const weight = load<u32>(recordAt(i), 12);
    if (age > range) older += weight;
    else {
      const bucket = weights + ((<usize>(age / width)) << 3);
      store<u64>(bucket, load<u64>(bucket) + weight);
    }
  }
  return older;
}

function traitsOf(x: Tensor): u32 {
  let flags: u32 = 0;
  if (hasFlag(x, Flag.Leaf)) flags |= Trait.Leaf;
  if (hasFlag(x, Flag.Weak)) flags |= Trait.Weak;
  if (hasFlag(x, Flag.Cut)) flags |= Trait.Cut;
  return flags;
}

/** The flags of a departing scalar's record. */
export function scalarTraits(x: Tensor): u32 {
  return traitsOf(x) | Trait.Uniform | Trait.Departed;
}

/** Completes the record of a value, whose slot it names. */
function describe(record: usize): void {
  const x: Tensor = <usize>load<u32>(record);
  let flags = traitsOf(x);
  if (isDerived(x)) flags |= Trait.Pending;
  else if (sizeOf(x) && isUniform(x)) {
    flags |= Trait.Uniform;
    store<f64>(record, loadNumber(dataOf(x), dtypeOf(x)), 16);
  }
  store<u32>(record, (<u32>dtypeOf(x)) | (rankOf(x) << 8) | (flags << 16), 4);
  store<u32>(record, sizeOf(x), 8);
}

/** Makes room for a record, and a place in the order, per value that may leave. */
function openList(): void {
  // And for what leaves with them.
  const handles = handleCount();
  capacity = handles + (handles >> 1) + FEW;
  list = allocate(<usize>capacity * (RECORD + 4));
  if (list) return;
  list = few;
  capacity = FEW;
}

/** Leaves the i-th chosen value where it is. */
export function skip(i: u32): void {
  store<u32>(recordAt(i), 0);
}

/** Frees the chosen values and sets the marks for the next time, unless this one was interrupted. */
export function commit(whole: bool): void {
  const before = usedBytes();
  for (let i: u32 = 0; i < count; i++) {
    const x: Tensor = <usize>load<u32>(recordAt(i));
    // After an interruption a value may be gone already.
    if (!x || !hasFlag(x, Flag.Handle)) continue;
    clearFlag(x, Flag.Handle);
    countHandle(-1);
    release(x);
  }
  if (list != few) releaseBlock(list);
  if (whole) adapt(before - usedBytes(), count, bound);
  count = 0;
  list = 0;
}
