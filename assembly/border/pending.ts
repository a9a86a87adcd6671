// Values that wait to be computed, and recipes of evicted ones.
import { Family } from "../shared/family";
import {
  attrOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  opOf,
  permOf,
  setFlag,
  Tensor,
} from "../tensor/node";
import { at } from "../tensor/shape";
import { setMarks } from "../kernels/mark";
import { setEager } from "../kernels/parallel";
import * as marks from "../tape/marks";
import * as levels from "../tape/levels";
import { poolMark } from "../tape/pool";
import { familyOf } from "../tape/rows";
import * as schedule from "../tape/schedule";
import { setShortWay } from "../tape/scalar";
import { retain } from "../tape/tape";
import { alias, aliasCode } from "../ops/cast";
import { binaryOp, ternaryOp, unaryOp } from "../ops/families/elementwise";
import { lineOp, lineOp2 } from "../ops/families/lines";
import { whereCode } from "../ops/selection";
import { give, handleOf, node, scratch } from "./results";

/** Inputs of a pending value. */
export function recipeInputs(x: u32): u32 {
  return inputsOf(node(x));
}
/**
 * Writes to the scratch area what a value is computed from: attr and, as a number, perm, which it needs
 * besides its op; and from the fifth word on its operands. An odd one has no
 * cell: TypeScript must make one. Returns how many operands there are.
 */
export function recipeOpen(x: u32): u32 {
  const value = node(x);
  const plain = isElementwise(opOf(value));
  store<u32>(scratch, plain ? 0 : attrOf(value));
  store<f64>(scratch, plain ? 0 : reinterpret<f64>(permOf(value)), 8);
  const n = inputsOf(value);
  for (let i: u32 = 0; i < n; i++) {
    const input = inputOf(value, i);
    const known = hasFlag(input, Flag.Handle);
    if (!known) {
      retain(input);
      setFlag(input, Flag.Handle);
      marks.countHandle(1);
    }
    store<u32>(scratch + ((<usize>i) << 2), (handleOf(input) << 1) | u32(!known), 16);
  }
  return n;
}
function isElementwise(op: u32): bool {
  return familyOf(op) <= Family.Ternary;
}
/** Computes a value again: op and n handles in the scratch area. Nothing is recorded. */
export function recipeRun(op: u32, n: u32, attr: u32, number: f64): u32 {
  const mark = poolMark();
  const x = node(at(scratch, 0));
  const tracing = levels.tracingMask();
  levels.setTracing(0);
  const before = levels.setRecording(0);
  let y: Tensor;
  const perm = reinterpret<u64>(number);
  if (op == aliasCode()) y = alias(x);
  else if (!isElementwise(op)) {
    y =
      n == 1
        ? lineOp(op, x, attr, perm, familyOf(op) == Family.Reduction)
        : lineOp2(op, x, node(at(scratch, 1)), attr, perm);
  } else if (n == 1) y = unaryOp(op, x);
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
