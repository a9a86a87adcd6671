// The transforms that are live. Each has a number, its level; level 0 is the imperative style.
//
// A node's mask says on which levels it depends; `recording` says which of them are recorded now.
// A vmap level also opens a batch axis: node axes 0 … batchOf(x) - 1 belong to the live vmap levels
// 1 … batchOf(x), the rest is the shape that the user sees. When a vmap level closes, its axis turns
// into an ordinary one: nothing is rewritten, `batchOf` compares creation orders instead.
import { Fault } from "../shared/fault";
import { MAX_LEVEL } from "../shared/limits";
import { fail } from "../tensor/fault";
import { now, orderOf, prefixOf, Tensor } from "../tensor/node";

let depth: u32 = 0;
let recording: u32 = 1;
let batches: u32 = 0;
/**
 * What a requiresGrad leaf depends on: level 0, and a bit that belongs to traces. That one is recorded
 * only while a trace is under way, and then always.
 */
export const LEAF: u32 = 0x80000001;
const TRACE: u32 = 0x80000000;
/** The bit of a trace that is under way, 0 without one. */
let tracing: u32 = 0;
/** Nodes put on the tape so far that are no scalars. */
let arrays: u32 = 0;
// Per level: order at opening (f64-exact u64); what was recorded before, batch depth before, and how
// many nodes on the tape were no scalars.
const openedAt = memory.data(32 * 8, 16);
const recordedBefore = memory.data(32 * 4, 16);
const batchesBefore = memory.data(32 * 4, 16);
const arraysBefore = memory.data(32 * 4, 16);
// Per vmap depth: order at opening, size of its axis.
const batchOpenedAt = memory.data(33 * 8, 16);
const batchSizes = memory.data(33 * 4, 16);

/** Levels whose dependence is recorded now. */
export function recordingMask(): u32 {
  return recording;
}
/** Sets the recorded levels; returns what they were. */
export function setRecording(mask: u32): u32 {
  const before = recording;
  recording = mask | tracing;
  return before;
}
/** Takes levels out of what will be recorded once those inside of level `outer` have ended. */
export function setRecordedAround(outer: u32, off: u32): void {
  for (let level = outer + 1; level <= depth; level++) {
    const place = recordedBefore + ((<usize>level) << 2);
    store<u32>(place, load<u32>(place) & ~off);
  }
}
/** The level of a trace that is under way (transforms/trace.ts), as a mask; 0 without one. */
export function tracingMask(): u32 {
  return tracing;
}
/** Turns tracing off (0) and on again, for values that are no part of what is traced. */
export function setTracing(mask: u32): void {
  recording = (recording & ~tracing) | mask;
  tracing = mask;
}
/** Number of live transforms. */
export function levelDepth(): u32 {
  return depth;
}
/** Number of live vmap levels. */
export function batchDepth(): u32 {
  return batches;
}
/** Size of the axis of vmap depth 1 … batchDepth(). */
export function batchSize(level: u32): u32 {
  return load<u32>(batchSizes + ((<usize>level) << 2));
}
/** Creation number at which the axis of vmap depth 1 … batchDepth() was opened. */
export function batchOrder(level: u32): u64 {
  return load<u64>(batchOpenedAt + ((<usize>level) << 3));
}
/**
 * Makes so many batch axes live, the innermost of which was opened at `order`: those outside of it are
 * what they are. Nodes recorded while it was live have that axis again.
 */
export function setBatch(level: u32, order: u64, size: u32): void {
  batches = level;
  store<u64>(batchOpenedAt + ((<usize>level) << 3), order);
  store<u32>(batchSizes + ((<usize>level) << 2), size);
}
/** Creation number at which a level was opened. */
export function levelOrder(level: u32): u64 {
  return load<u64>(openedAt + ((<usize>level) << 3));
}

/** Counts a node on the tape that is no scalar. */
export function countArray(): void {
  arrays++;
}
/** True if nothing but scalars was recorded since a level was opened. */
export function onlyScalars(level: u32): bool {
  return load<u32>(arraysBefore + ((<usize>level) << 2)) == arrays;
}

/** Opens a differentiating level; 0 and a fault if there are too many. */
export function enterLevel(): u32 {
  if (depth == MAX_LEVEL) return <u32>fail(Fault.Levels, MAX_LEVEL);
  depth++;
  store<u64>(openedAt + ((<usize>depth) << 3), now());
  store<u32>(recordedBefore + ((<usize>depth) << 2), recording);
  store<u32>(batchesBefore + ((<usize>depth) << 2), batches);
  store<u32>(arraysBefore + ((<usize>depth) << 2), arrays);
  recording |= 1 << depth;
  return depth;
}

/** Opens the level of a trace; it is the first one. */
export function enterTrace(): u32 {
  const level = enterLevel();
  setTracing(TRACE);
  return level;
}
/** What inputs of a level depend on. */
export function inputMask(level: u32): u32 {
  return level == 1 && tracing ? tracing : 1 << level;
}
/** All levels from `level` up. */
export function levelsFrom(level: u32): u32 {
  const mask = (<u32>-1) << level;
  return level == 1 ? mask : mask & ~tracing;
}

/** Opens a vmap level with an axis of this size. */
export function enterBatch(size: u32): u32 {
  const level = enterLevel();
  if (!level) return 0;
  recording &= ~(1 << level);
  batches++;
  store<u64>(batchOpenedAt + ((<usize>batches) << 3), now());
  store<u32>(batchSizes + ((<usize>batches) << 2), size);
  return level;
}

/** Closes every level from `level` up and restores what was recorded before it. */
export function closeLevel(level: u32): void {
  if (level == 0 || level > depth) return;
  recording = load<u32>(recordedBefore + ((<usize>level) << 2));
  batches = load<u32>(batchesBefore + ((<usize>level) << 2));
  depth = level - 1;
  if (level == 1) tracing = 0;
}

// Nodes of which batch axes beyond some depth are ordinary ones, though younger than live vmap levels:
// they were made among axes of vmaps that had ended.
let strangeAfter: u64 = 0;
let strangeUntil: u64 = 0;
let strangeDepth: u32 = 0;

/** Says which nodes these are, by creation numbers, and how many of their axes are batch axes. */
export function setStrange(after: u64, until: u64, depth: u32): void {
  strangeAfter = after;
  strangeUntil = until;
  strangeDepth = depth;
}

/** Prefix axes of x that belong to live vmap levels. */
export function batchOf(x: Tensor): u32 {
  let batch = prefixOf(x);
  if (!batch) return 0;
  if (batch > batches) batch = batches;
  const order = orderOf(x);
  if (order <= strangeUntil && order > strangeAfter) batch = min(batch, strangeDepth);
  while (batch && order <= load<u64>(batchOpenedAt + ((<usize>batch) << 3))) batch--;
  return batch;
}
