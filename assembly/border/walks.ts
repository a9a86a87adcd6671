// Walks back and forth over the tape.
import { Family } from "../shared/family";
import { SCRATCH_WORDS } from "../shared/limits";
import { failed } from "../tensor/fault";
import {
  attrOf,
  clearFlag,
  dataOf,
  dtypeOf as dtype,
  Flag,
  hasFlag,
  isFloat_,
  maskOf,
  opOf,
  refsOf,
  Tensor,
} from "../tensor/node";
import { loadNumber } from "../kernels/number";
import { number as constantOf } from "../tape/constants";
import * as levels from "../tape/levels";
import { poolMark, settle } from "../tape/pool";
import * as rows from "../tape/rows";
import { alias } from "../ops/cast";
import { partial, ZERO } from "../ops/families/elementwise";
import { logicalRank } from "../ops/families/align";
import * as scope from "../transforms/scope";
import * as entries from "../transforms/entries";
import { NUMBER } from "../transforms/entries";
import { endSweep, sweep } from "../transforms/sweep";
import * as forth from "../transforms/forth";
import * as walks from "../transforms/walk";
import { consume } from "../transforms/consume";
import * as stops from "../transforms/stops";
import { give, handleOf, node, scratch } from "./results";

/** Begins a walk for `level` over what was recorded after `order`. */
export function walkBegin(level: u32, order: f64): usize {
  return entries.beginWalk(1 << level, <u64>order);
}
export function levelOrder(level: u32): f64 {
  return <f64>levels.levelOrder(level);
}
/** Adds output y with cotangent 1. */
function rootOne(walk: usize, y: Tensor): bool {
  const mark = poolMark();
  const one = constantOf(1, dtype(y));
  const fine = one != 0 && walks.addRoot(walk, y, scope.fullBatch(one));
  settle(mark);
  return fine;
}
/**
 * The walk back from y, a 0-d float, over what this level and those in it recorded, with cotangent 1.
 * 1 if y is something else, 0 after a fault.
 */
export function walkScalar(level: u32, y: u32): usize {
  const root = node(y);
  if (logicalRank(root) || !isFloat_(dtype(root))) return 1;
  const swept = sweep(level, root);
  if (swept != 1) return swept;
  const walk = entries.beginWalk(1 << level, levels.levelOrder(level));
  if (!walk || (rootOne(walk, root) && walks.walkBack(walk, false))) return walk;
  entries.endWalk(walk);
  return 0;
}
/**
 * `walkScalar`, and if y depends on this level alone and x is a number that the walk leaves a number
 * at (or nothing: 0), both numbers at once: 2, with y and the derivative in the scratch area, and no
 * walk to end.
 */
export function walkNumbers(level: u32, y: u32, x: u32): usize {
  const walk = walkScalar(level, y);
  if (!entries.isSwept(walk) || maskOf(node(y)) != (<u32>1) << level) return walk;
  const at = walks.peekNumber(walk, node(x));
  if (at == NUMBER) return walk;
  store<f64>(scratch, loadNumber(dataOf(node(y)), dtype(node(y))));
  store<f64>(scratch, at ? loadNumber(at, dtype(node(x))) : 0, 8);
  endSweep();
  return 2;
}
/** Adds output y, a scalar outside vmap, with a cotangent of 1 that is no weak number. */
export function walkOne(walk: usize, y: u32): bool {
  const mark = poolMark();
  const one = alias(constantOf(1, dtype(node(y))));
  if (one) clearFlag(one, Flag.Weak);
  const fine = one != 0 && walks.addRoot(walk, node(y), one);
  settle(mark);
  return fine;
}
/** Adds output y with cotangent g (0: none, for forward walks). */
export function walkRoot(walk: usize, y: u32, g: u32): bool {
  const mark = poolMark();
  const fine = walks.addRoot(walk, node(y), g ? scope.fullBatch(node(g)) : 0);
  settle(mark);
  return fine;
}
/**
 * Orders a walk. One back may then be asked for nodes, pruned, and run or gone step by step; one forth
 * gets tangents first (walkTangent).
 */
export function walkArrange(walk: usize): bool {
  return walks.arrange(walk);
}
export function walkWant(walk: usize, x: u32): bool {
  return walks.want(walk, node(x));
}
/** n pairs of creation numbers stand in the scratch area, as float64. */
export function walkPrune(walk: usize, n: u32): void {
  walks.prune(walk, n, scratch);
}
/** Runs a walk that is in order: 0 after a fault, 1 at the end, more where it stops (transforms/stops.ts). */
export function walkRun(walk: usize, record: bool): u32 {
  return walks.runBack(walk, record);
}
export function walkSize(walk: usize): u32 {
  return walks.walkSize(walk);
}
/** How many nodes the walk has behind it. */
export function walkPlace(walk: usize): u32 {
  return walks.placeOf(walk);
}
/** The s-th node, consumers first. */
export function walkAt(walk: usize, s: u32): u32 {
  return handleOf(walks.nodeInOrder(walk, s));
}
/** The s-th step; gives what `walkRun` gives. */
export function walkStep(walk: usize, s: u32): u32 {
  return walks.stepInOrder(walk, s);
}
/** Partial derivative of an elementwise node with respect to input k; 0 if it is 1, -1, 0 or none. */
export function partialOf(x: u32, k: u32): u32 {
  const mark = poolMark();
  const op = opOf(node(x));
  const elementwise = rows.familyOf(op) <= Family.Ternary && rows.partialOf(op, k) != 0;
  const d = elementwise ? partial(node(x), k) : 0;
  return give(mark, d > ZERO ? d : 0);
}
export function walkTangent(walk: usize, x: u32, t: u32): bool {
  const mark = poolMark();
  forth.setTangent(walk, node(x), scope.fullBatch(node(t)));
  settle(mark);
  return !failed();
}
export function walkForth(walk: usize, record: bool): u32 {
  return forth.walkForth(walk, record);
}
/** Lets a walk end at nodes that are older than it allows. */
export function walkBorder(walk: usize): void {
  entries.setWay(walk, entries.Way.Border);
}
/** The next entry from `from` on of such a node; -1 at the end. */
export function walkOuter(walk: usize, from: u32): i32 {
  return walks.nextBorder(walk, from);
}
/** Makes a walk that is in order stop at x; false if it does not come there. */
export function walkHook(walk: usize, x: u32): bool {
  return stops.hook(walk, node(x));
}
/** Puts another cotangent in the place of the one that the walk left at x. */
export function walkReplace(walk: usize, x: u32, g: u32): bool {
  const mark = poolMark();
  const fine = walks.replaceValue(walk, node(x), scope.fullBatch(node(g)));
  settle(mark);
  return fine;
}
/**
 * Why a walk has stopped; 0 if it has not. The scratch area gets the node, the number of its rules, how
 * many of its results the walk knows, then for each of them which one it is, and its node.
 */
export function walkStop(walk: usize): u32 {
  const why = stops.whyStopped(walk);
  if (!why) return 0;
  const at = stops.stoppedAt(walk);
  const list = scratch + 12;
  const n = why == stops.Outcome.Hub ? stops.listResults(walk, list, SCRATCH_WORDS / 2 - 2) : 0;
  for (let i: u32 = 0; i < n; i++) {
    const place = list + ((<usize>i) << 3);
    store<u32>(place, handleOf(<usize>load<u32>(place, 4)), 4);
  }
  store<u32>(scratch, handleOf(at));
  store<u32>(scratch, attrOf(at), 4);
  store<u32>(scratch, n, 8);
  return why;
}
/** What the walk left at x, which it keeps; 0 without a fault if nothing reached it. */
export function walkPeek(walk: usize, x: u32): u32 {
  const mark = poolMark();
  const value = walks.peekValue(walk, node(x));
  return value ? give(mark, alias(value)) : 0;
}
/**
 * Takes what the walk left at x out of it; 0 without a fault if nothing reached it. Without memory it
 * stays where it is.
 */
export function walkTake(walk: usize, x: u32): u32 {
  const mark = poolMark();
  const value = walks.peekValue(walk, node(x));
  if (!value) return 0;
  if (refsOf(value) == 1 && !hasFlag(value, Flag.Handle)) {
    return give(mark, walks.takeValue(walk, node(x)));
  }
  const result = give(mark, alias(value));
  if (result) {
    walks.takeValue(walk, node(x));
    settle(mark);
  }
  return result;
}
/** 1 if what the walk left at x is a number that no live transform depends on, 2 if it left nothing. */
export function walkPlain(walk: usize, x: u32): u32 {
  const at = walks.peekNumber(walk, node(x));
  return at > NUMBER ? 1 : at ? 0 : 2;
}
/** That number. */
export function walkNumber(walk: usize, x: u32): f64 {
  return loadNumber(walks.peekNumber(walk, node(x)), dtype(node(x)));
}
export function walkLeaf(walk: usize, from: u32): i32 {
  return walks.nextLeaf(walk, from);
}
export function walkNode(walk: usize, i: u32): u32 {
  return handleOf(walks.walkNode(walk, i));
}
export function walkConsume(walk: usize): void {
  consume(walk);
}
export function walkEnd(walk: usize): void {
  if (entries.isSwept(walk)) endSweep();
  else entries.endWalk(walk);
}
