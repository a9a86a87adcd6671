// One walk over the part of the tape that leads from the roots (outputs) back to the sources of a
// level: cotangents run backward along it, tangents forward. Nodes are found breadth first and put
// into order by counting consumers; nothing recurses and no address is scanned.
//
//   walk    0 entries   4 capacity   8 count   12 order   16 levels   24 oldest (u64)   32 inner walk
//   entry   0 node   4 what stood in node.tmp   8 consumers   12 cotangent or tangent
import { Fault } from "../shared/fault";
import { allocate, releaseBlock } from "../memory/heap";
import { fail, failed } from "../tensor/fault";
import {
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  maskOf,
  opOf,
  orderOf,
  Tensor,
} from "../tensor/node";
import { recordingMask, setRecording } from "../tape/levels";
import { pooled, poolMark, settle } from "../tape/pool";
import { hasTrait, jvpOf, Trait, vjpOf } from "../tape/rows";
import { release, retain } from "../tape/tape";
import { add } from "../ops/arithmetic";
import { cast } from "../ops/cast";

const ENTRY: u32 = 4;
/** Entries of a new walk. */
const FIRST: u32 = 64;
/** A small walk that has ended, for the next one. */
let spare: usize = 0;

function entries(walk: usize): usize {
  return <usize>load<u32>(walk);
}
function countOf(walk: usize): u32 {
  return load<u32>(walk, 8);
}
function levelsOf(walk: usize): u32 {
  return load<u32>(walk, 16);
}
function entryAt(walk: usize, i: u32): usize {
  return entries(walk) + ((<usize>i) << ENTRY);
}
function nodeAt(walk: usize, i: u32): Tensor {
  return <usize>load<u32>(entryAt(walk, i));
}
function valueAt(walk: usize, i: u32): Tensor {
  return <usize>load<u32>(entryAt(walk, i), 12);
}
function setValue(walk: usize, i: u32, value: Tensor): void {
  store<u32>(entryAt(walk, i), <u32>value, 12);
}

/** The entry of x, or -1. */
function indexOf(walk: usize, x: Tensor): i32 {
  const i = load<u32>(x);
  return i < countOf(walk) && nodeAt(walk, i) == x ? <i32>i : -1;
}

/** Begins a walk for a level (as a mask), over nodes created after `oldest`. 0 if out of memory. */
export function beginWalk(levels: u32, oldest: u64): usize {
  let walk = spare;
  spare = 0;
  if (!walk) {
    walk = allocate(48);
    const table = walk ? allocate((<usize>FIRST) << ENTRY) : 0;
    if (!table) {
      if (walk) releaseBlock(walk);
      return fail(Fault.OutOfMemory, <f64>(FIRST << ENTRY));
    }
    store<u32>(walk, <u32>table);
    store<u32>(walk, FIRST, 4);
  }
  store<u32>(walk, 0, 8);
  store<u32>(walk, 0, 12);
  store<u32>(walk, levels, 16);
  store<u64>(walk, oldest, 24);
  return walk;
}

/** Ends a walk: what nodes carried before it is put back, values are let go. */
export function endWalk(walk: usize): void {
  for (let i = countOf(walk); i; i--) {
    const entry = entryAt(walk, i - 1);
    store<u32>(<usize>load<u32>(entry), load<u32>(entry, 4));
    const value = <usize>load<u32>(entry, 12);
    if (value) release(value);
  }
  if (load<u32>(walk, 12)) releaseBlock(<usize>load<u32>(walk, 12));
  if (!spare && load<u32>(walk, 4) == FIRST) {
    spare = walk;
    return;
  }
  releaseBlock(entries(walk));
  releaseBlock(walk);
}

/** The entry of x, made if need be; -1 if out of memory. */
function enlist(walk: usize, x: Tensor): i32 {
  const known = indexOf(walk, x);
  if (known >= 0) return known;
  const n = countOf(walk);
  if (n == load<u32>(walk, 4)) {
    const larger = allocate(((<usize>n) << ENTRY) << 1);
    if (!larger) {
      fail(Fault.OutOfMemory, <f64>(n << 5));
      return -1;
    }
    memory.copy(larger, entries(walk), (<usize>n) << ENTRY);
    releaseBlock(entries(walk));
    store<u32>(walk, <u32>larger);
    store<u32>(walk, n << 1, 4);
  }
  const entry = entryAt(walk, n);
  store<u32>(entry, <u32>x);
  store<u32>(entry, load<u32>(x), 4);
  store<u64>(entry, 0, 8);
  store<u32>(x, n);
  store<u32>(walk, n + 1, 8);
  return <i32>n;
}

/** True if the walk goes on to this input. */
function reaches(walk: usize, x: Tensor): bool {
  return (maskOf(x) & levelsOf(walk)) != 0 && orderOf(x) > load<u64>(walk, 24);
}

/** Adds an output with its cotangent g (or 0). False after a fault. */
export function addRoot(walk: usize, y: Tensor, g: Tensor): bool {
  if (levelsOf(walk) & 1 && hasFlag(y, Flag.Cut)) {
    fail(Fault.Consumed, opOf(y));
    return false;
  }
  if (!reaches(walk, y)) return true;
  const i = enlist(walk, y);
  if (i < 0) return false;
  return !g || accumulate(walk, <u32>i, g);
}

/** Finds all nodes between roots and sources and orders them, consumers first. */
function arrange(walk: usize): bool {
  for (let i: u32 = 0; i < countOf(walk); i++) {
    const node = nodeAt(walk, i);
    for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
      const x = inputOf(node, k);
      if (!reaches(walk, x)) {
        if (levelsOf(walk) & 1 && hasFlag(x, Flag.Cut)) {
          fail(Fault.Consumed, opOf(x));
          return false;
        }
        continue;
      }
      const at = enlist(walk, x);
      if (at < 0) return false;
      const entry = entryAt(walk, at);
      store<u32>(entry, load<u32>(entry, 8) + 1, 8);
    }
  }
  const count = countOf(walk);
  const order = allocate((<usize>max(count, 1)) << 2);
  if (!order) {
    fail(Fault.OutOfMemory, <f64>(count << 2));
    return false;
  }
  store<u32>(walk, <u32>order, 12);
  let filled: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(entryAt(walk, i), 8)) continue;
    store<u32>(order + ((<usize>filled) << 2), i);
    filled++;
  }
  for (let done: u32 = 0; done < filled; done++) {
    const node = nodeAt(walk, load<u32>(order + ((<usize>done) << 2)));
    for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
      const at = indexOf(walk, inputOf(node, k));
      if (at < 0) continue;
      const entry = entryAt(walk, at);
      const left = load<u32>(entry, 8) - 1;
      store<u32>(entry, left, 8);
      if (left) continue;
      store<u32>(order + ((<usize>filled) << 2), at);
      filled++;
    }
  }
  return true;
}

/** Adds c to what entry i carries: the only place where derivatives are summed. */
function accumulate(walk: usize, i: u32, c0: Tensor): bool {
  const dtype = dtypeOf(nodeAt(walk, i));
  const c = dtypeOf(c0) == dtype ? c0 : cast(c0, dtype);
  if (!c) return false;
  const had = valueAt(walk, i);
  const sum = had ? add(had, c) : c;
  if (!sum) return false;
  retain(sum);
  if (had) release(had);
  setValue(walk, i, sum);
  return true;
}

/** Sends the roots' cotangents back to the sources. With `record`, the way is taped at this level too. */
export function walkBack(walk: usize, record: bool): bool {
  if (!arrange(walk)) return false;
  const before = recordingMask();
  if (!record) setRecording(before & ~levelsOf(walk));
  const order = <usize>load<u32>(walk, 12);
  let fine = true;
  for (let s: u32 = 0, n = countOf(walk); s < n && fine; s++) {
    fine = stepBack(walk, load<u32>(order + ((<usize>s) << 2)));
  }
  setRecording(before);
  return fine;
}

/** One node: its cotangent becomes cotangents of its inputs. */
function stepBack(walk: usize, i: u32): bool {
  const node = nodeAt(walk, i);
  const g = valueAt(walk, i);
  const n = inputsOf(node);
  if (!g) return true;
  const rule = vjpOf(opOf(node));
  for (let k: u32 = 0; k < n; k++) {
    const at = indexOf(walk, inputOf(node, k));
    if (at < 0) continue;
    const mark = poolMark();
    const c = call_indirect<Tensor>(rule, node, g, k);
    const fine = c ? accumulate(walk, at, c) : !failed();
    settle(mark);
    if (!fine) return false;
  }
  // Sources keep theirs: one of an inner level is both an end and a step on the way.
  if (hasFlag(node, Flag.Source)) return true;
  release(g);
  setValue(walk, i, 0);
  return true;
}

/** Orders the nodes for a forward walk; then `setTangent` for the sources, then `walkForth`. */
export function prepareForth(walk: usize): bool {
  return arrange(walk);
}

/** Gives source x its tangent; false if no output depends on x. */
export function setTangent(walk: usize, x: Tensor, t: Tensor): bool {
  const at = indexOf(walk, x);
  return at >= 0 && accumulate(walk, at, t);
}

/** Sends tangents from the sources to the roots. */
export function walkForth(walk: usize): bool {
  const before = setRecording(recordingMask() & ~levelsOf(walk));
  const order = <usize>load<u32>(walk, 12);
  let fine = true;
  for (let s = countOf(walk); s && fine; s--) {
    fine = stepForth(walk, load<u32>(order + ((<usize>(s - 1)) << 2)));
  }
  setRecording(before);
  return fine;
}

/** One node: the tangents of its inputs become its own. */
function stepForth(walk: usize, i: u32): bool {
  const node = nodeAt(walk, i);
  const n = inputsOf(node);
  if (!n) return true;
  const op = opOf(node);
  if (hasTrait(op, Trait.Joint)) return stepJoint(walk, i, node, n);
  for (let k: u32 = 0; k < n; k++) {
    const at = indexOf(walk, inputOf(node, k));
    const t: Tensor = at < 0 ? 0 : valueAt(walk, at);
    if (!t) continue;
    const mark = poolMark();
    const c = call_indirect<Tensor>(jvpOf(op), node, t, k);
    const fine = !failed() && (!c || accumulate(walk, i, c));
    settle(mark);
    if (!fine) return false;
  }
  return true;
}

/** `stepForth` for rows whose rule takes the tangents of all inputs at once. */
function stepJoint(walk: usize, i: u32, node: Tensor, n: u32): bool {
  const list = allocate((<usize>n) << 2);
  if (!list) {
    fail(Fault.OutOfMemory, <f64>(n << 2));
    return false;
  }
  let any = false;
  for (let k: u32 = 0; k < n; k++) {
    const at = indexOf(walk, inputOf(node, k));
    const t: Tensor = at < 0 ? 0 : valueAt(walk, at);
    store<u32>(list + ((<usize>k) << 2), <u32>t);
    if (t) any = true;
  }
  const mark = poolMark();
  const c = any ? call_indirect<Tensor>(jvpOf(opOf(node)), node, list, 0) : 0;
  releaseBlock(list);
  const fine = !failed() && (!c || accumulate(walk, i, c));
  settle(mark);
  return fine;
}

/** What the walk left at x, or 0. */
export function peekValue(walk: usize, x: Tensor): Tensor {
  const at = indexOf(walk, x);
  return at < 0 ? 0 : valueAt(walk, at);
}

/** Takes what the walk left at x out of it, into the pool; 0 if nothing reached x. */
export function takeValue(walk: usize, x: Tensor): Tensor {
  const at = indexOf(walk, x);
  const value: Tensor = at < 0 ? 0 : valueAt(walk, at);
  if (value) setValue(walk, at, 0);
  return pooled(value);
}

/** The next entry from `from` on that is a requiresGrad leaf with a cotangent; -1 at the end. */
export function nextLeaf(walk: usize, from: u32): i32 {
  for (let i = from; i < countOf(walk); i++) {
    if (hasFlag(nodeAt(walk, i), Flag.Leaf) && valueAt(walk, i)) return <i32>i;
  }
  return -1;
}

/** The node of an entry. */
export function walkNode(walk: usize, i: u32): Tensor {
  return nodeAt(walk, i);
}

/** Nodes met. */
export function walkSize(walk: usize): u32 {
  return countOf(walk);
}
