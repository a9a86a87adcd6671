// Functions whose rules live in TypeScript.
import { RESULT_SHIFT } from "../shared/limits";
import { attrOf, inputOf, inputsOf, now, opOf } from "../tensor/node";
import { at } from "../tensor/shape";
import { keepMapped } from "../tape/evict";
import * as levels from "../tape/levels";
import { poolMark, settle } from "../tape/pool";
import { release as releaseNode, retain, takeGone } from "../tape/tape";
import * as external from "../ops/external";
import { beginNumbers, endNumbers, numbersAt, numbersLength } from "../tape/numbers";
import { addSupply, beginSupply, endSupply } from "../tape/supply";
import {
  baseOf,
  bytesSince,
  forgetBetween,
  nextSince,
  ownBytes,
  unmapBetween,
} from "../transforms/consume";
import * as scope from "../transforms/scope";
import { give, handleOf, node, scratch } from "./results";
import { tensorRelease } from "./tensors";

/** x as it is without some levels. */
export function externalPeel(x: u32, mask: u32): u32 {
  const mark = poolMark();
  return give(mark, external.without(node(x), mask));
}
/** x as a constant whose batch axes are ordinary ones, if it has some. */
export function externalPlain(x: u32): u32 {
  const mark = poolMark();
  return give(mark, external.framed(node(x), 0));
}
/** A constant whose first axes are the batch axes from now on. */
export function externalFramed(x: u32): u32 {
  const mark = poolMark();
  return give(mark, external.framed(node(x), levels.batchDepth()));
}
/** Ends what was recorded at some levels after one creation number, up to another. */
export function externalForget(mask: u32, since: f64, until: f64): void {
  forgetBetween(mask, <u64>since, <u64>until);
}
/** Bytes of values that were recorded at some levels after a creation number. */
export function externalBytes(mask: u32, since: f64): f64 {
  return bytesSince(mask, <u64>since);
}
/**
 * Records a call that rules of this number differentiate at a level. The scratch area has the handles
 * of n inputs and of m values; it gets the results in the values' place. Of a call inside vmap, if it
 * is mapped, each result has all batch axes.
 */
export function externalRecord(rules: u32, level: u32, mapped: bool, n: u32, m: u32): bool {
  const mark = poolMark();
  for (let i: u32 = 0; i < n + m; i++) {
    store<u32>(scratch + ((<usize>i) << 2), <u32>node(at(scratch, i)));
  }
  const hub = external.hub(rules, level, mapped ? levels.batchDepth() : 0, n, scratch);
  if (hub) retain(hub);
  settle(mark);
  let done: u32 = 0;
  for (; hub && done < m; done++) {
    const place = scratch + ((<usize>(n + done)) << 2);
    const value = <usize>load<u32>(place);
    const whole = mapped ? scope.fullBatch(value) : value;
    const result = give(mark, external.resultOf(hub, whole, done));
    if (!result) break;
    store<u32>(place, result);
  }
  if (hub) releaseNode(hub);
  if (hub && done == m) return true;
  for (let i: u32 = 0; i < done; i++) tensorRelease(at(scratch, n + i) >> RESULT_SHIFT);
  // The call is made again with the same rules: they are not gone.
  if (hub) takeGone();
  return false;
}
/** Number of inputs of a call's node. */
export function externalInputs(x: u32): u32 {
  return inputsOf(node(x));
}
/** The node of a call, if x is that or one of its results; 0 otherwise. */
export function externalHub(x: u32): u32 {
  const op = opOf(node(x));
  if (op == external.hubCode()) return x;
  return op == external.resultCode() ? handleOf(inputOf(node(x), 1)) : 0;
}
/** The number of a call's rules. */
export function externalNumber(hub: u32): u32 {
  return attrOf(node(hub));
}
/** The number of rules whose node is gone; 0 if there is none left. */
export function externalGone(): u32 {
  return takeGone();
}
/** Size of the batch axis of vmap depth 1 … batchDepth(). */
export function batchSize(depth: u32): u32 {
  return levels.batchSize(depth);
}
/** When the batch axis of this depth was opened. */
export function batchOrder(depth: u32): f64 {
  return <f64>levels.batchOrder(depth);
}
/** Makes so many batch axes live, of which the innermost was opened then and has this size. */
export function batchSet(depth: u32, order: f64, size: u32): void {
  levels.setBatch(depth, <u64>order, size);
}
/** Of nodes with creation numbers in this range, only so many axes are batch axes from now on. */
export function batchStrange(after: f64, until: f64, depth: u32): void {
  levels.setStrange(<u64>after, <u64>until, depth);
}
/** Leaves what was recorded after one creation number, up to another, so many batch axes for good. */
export function externalUnmap(since: f64, until: f64, depth: u32): void {
  unmapBetween(<u64>since, <u64>until, depth);
}
/** Has values with batch axes stay in memory, also after their vmap has ended, until that is taken back. */
export function evictMapped(stay: bool): void {
  keepMapped(stay);
}
/** The first node after a creation number, if x is 0, or after node x, that depends on a level; or 0. */
export function externalNext(level: u32, since: f64, x: u32): u32 {
  return handleOf(nextSince(1 << level, <u64>since, node(x)));
}
/** Bytes of a node's value if it has one of its own, that is no scalar; else 0. */
export function externalOwn(x: u32): f64 {
  return ownBytes(node(x));
}
/** The node whose value a view shows. */
export function externalBase(x: u32): u32 {
  return handleOf(baseOf(node(x)));
}
/** Begins to number the nodes that depend on a level, to give some of them their values. */
export function supplyBegin(level: u32): void {
  beginSupply(1 << level);
}
export function supplyAdd(number: u32, x: u32): bool {
  return addSupply(number, node(x));
}
export function supplyEnd(): void {
  endSupply();
}
/** Begins to list the nodes that come onto the tape; where in the list. */
export function numbersBegin(): u32 {
  return beginNumbers();
}
export function numbersEnd(): void {
  endNumbers();
}
/** How many there are, in pairs of doubles: creation number, mask. 0 if there was no memory for them. */
export function numbersCount(): u32 {
  return numbersLength();
}
export function numbersAddress(): u32 {
  return <u32>numbersAt();
}
/** The creation number of the newest node. */
export function newestOrder(): f64 {
  return <f64>now();
}
