// Values that wait to be computed, and recipes of evicted ones.
import { Flag, hasFlag, inputOf, inputsOf, setFlag, Tensor } from "../tensor/node";
import { at } from "../tensor/shape";
import { setMarks } from "../kernels/mark";
import { setEager } from "../kernels/parallel";
import * as evicting from "../tape/evict";
import * as levels from "../tape/levels";
import { poolMark } from "../tape/pool";
import * as schedule from "../tape/schedule";
import { setShortWay } from "../tape/scalar";
import { retain } from "../tape/tape";
import { binaryOp, ternaryOp, unaryOp } from "../ops/families/elementwise";
import { whereCode } from "../ops/selection";
import { give, handleOf, node, scratch } from "./results";

/** Inputs of a pending value. */
export function recipeInputs(x: u32): u32 {
  return inputsOf(node(x));
}
/** Input i of a pending value. TypeScript must have, or make, a cell for it: then the answer is odd. */
export function recipeInput(x: u32, i: u32): u32 {
  const input = inputOf(node(x), i);
  const known = hasFlag(input, Flag.Handle);
  if (!known) {
    retain(input);
    setFlag(input, Flag.Handle);
    evicting.countHandle(1);
  }
  return (handleOf(input) << 1) | u32(!known);
}
/** Computes a value again: op and n handles in the scratch area. Nothing is recorded. */
export function recipeRun(op: u32, n: u32): u32 {
  const mark = poolMark();
  const x = node(at(scratch, 0));
  const tracing = levels.tracingMask();
  levels.setTracing(0);
  const before = levels.setRecording(0);
  let y: Tensor;
  if (n == 1) y = unaryOp(op, x);
  else if (n == 2) y = binaryOp(op, x, node(at(scratch, 1)));
  else y = ternaryOp(op, x, node(at(scratch, 1)), node(at(scratch, 2)), op == whereCode());
  levels.setRecording(before);
  levels.setTracing(tracing);
  return give(mark, y);
}
/** Tells the host what runs (kernels/mark.ts), scalars included. */
export function setProfiling(on: bool): void {
  setMarks(on);
  setShortWay(!on);
}
/** Computes those of n tensors (handles in the scratch area) that are pending, together. */
export function compute(n: u32): bool {
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(scratch + ((<usize>i) << 2), <u32>node(at(scratch, i)));
  }
  return schedule.materializeAll(scratch, n);
}
/** Sets from how many bytes on elementwise results wait to be computed together; returns what it was. */
export function setWaitBytes(bytes: u32): u32 {
  if (ASC_FEATURE_THREADS) setEager(bytes == 0);
  return schedule.setWaitBytes(bytes);
}
