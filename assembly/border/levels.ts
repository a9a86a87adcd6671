// Levels of transforms, and their inputs.
import { DType } from "../shared/dtype";
import { DEPARTURES } from "../shared/limits";
import { clearFault } from "../tensor/fault";
import { number as constantOf } from "../tape/constants";
import { beginForgetting, forgetLevels, someStay } from "../tape/depart";
import * as levels from "../tape/levels";
import { poolMark } from "../tape/pool";
import { isPlain } from "../tape/scalar";
import * as scope from "../transforms/scope";
import { give, handOver, node, scratch } from "./results";

export function enter(): u32 {
  beginForgetting();
  return levels.enterLevel();
}
export function enterBatch(size: u32): u32 {
  beginForgetting();
  return levels.enterBatch(size);
}
/**
 * Closes levels from `level` up. Returns twice the number of scalars for which that is the end, whose
 * records (tape/depart.ts) stand in the scratch area, plus 1 if some of them stay in wasm. If the area
 * is full, the levels close at a further call.
 */
export function leave(level: u32): u32 {
  const room: u32 = DEPARTURES;
  const n = forgetLevels(levels.levelsFrom(level), levels.levelOrder(level), scratch, room);
  if (n < room) levels.closeLevel(level);
  return (n << 1) | u32(someStay());
}
/** Closes levels from `level` up but keeps what they recorded. */
export function leaveKeeping(level: u32): void {
  levels.closeLevel(level);
}
export function levelDepth(): u32 {
  return levels.levelDepth();
}
export function batchDepth(): u32 {
  return levels.batchDepth();
}
export function recording(): u32 {
  return levels.recordingMask();
}
export function setRecording(mask: u32): u32 {
  return levels.setRecording(mask);
}
/** Levels `off` are not recorded either once those inside of level `outer` have ended. */
export function recordingAround(outer: u32, off: u32): void {
  levels.setRecordedAround(outer, off);
}
export function fresh(x: u32, level: u32): u32 {
  if (!levels.batchDepth() && isPlain(node(x))) return handOver(scope.beginScalar(node(x), level));
  const mark = poolMark();
  return give(mark, scope.fresh(node(x), level));
}
function freshMapped(value: f64, level: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.fresh(constantOf(value, DType.Float64), level));
}
/** `fresh` of a JavaScript number: a weak float64. */
export function freshNumber(value: f64, level: u32): u32 {
  if (levels.batchDepth()) return freshMapped(value, level);
  return handOver(scope.beginNumber(value, level));
}
/**
 * `enter` and `freshNumber` at once, if `depth` levels are open and none of them is a vmap; else, and
 * if that fails, 0 without a fault.
 */
export function enterNumber(depth: u32, value: f64): u32 {
  if (levels.levelDepth() != depth || levels.batchDepth()) return 0;
  const level = enter();
  const x = level ? scope.beginNumber(value, level) : 0;
  if (x) return handOver(x);
  levels.closeLevel(level);
  clearFault();
  return 0;
}
export function mapAxis(x: u32, axis: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.mapAxis(node(x), axis));
}
export function unmapAxis(x: u32): u32 {
  const mark = poolMark();
  return give(mark, scope.unmapAxis(node(x)));
}

/** Makes x an input of level 0, or ends that. */
export function tensorWatch(x: u32, on: bool): void {
  scope.watch(node(x), on);
}
