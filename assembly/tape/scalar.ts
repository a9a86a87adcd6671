// The short way of an op on 0-d floats outside vmap: nothing to promote, align or broadcast, nothing
// to allocate but the node. Formulas of scalars are made of these, so every load counts.
import { DType } from "../shared/dtype";
import { setOp } from "../tensor/fault";
import {
  dataOf,
  dtypeOf,
  Flag,
  maskOf,
  newScalar,
  rankOf,
  setMask,
  State,
  Tensor,
  touch,
} from "../tensor/node";
import { recordingMask, tracingMask } from "./levels";
import { hasTrait, kernelOf, Trait, traitsOf } from "./rows";
import { append, retain } from "./tape";

// dtype and state stand side by side.
const PLAIN: u32 = DType.Float32 | (State.Ready << 8);
let plain = PLAIN;

/** True for a 0-d float outside vmap whose value is there. */
export function isPlain(x: Tensor): bool {
  return !rankOf(x) && <u32>load<u16>(x, 6) >= plain;
}

/** Closes the short way: every op goes the one of arrays, which profile() sees. The bits are the same. */
export function setShortWay(open: bool): void {
  plain = open ? PLAIN : u32.MAX_VALUE;
}

function flagsOf(x: Tensor): u32 {
  return load<u8>(x, 47);
}

/** Puts a node that has its value onto the tape if a level that its inputs depend on is recorded. */
function place(out: Tensor, mask: u32, n: u32, x: Tensor, y: Tensor): Tensor {
  if (mask) {
    setMask(out, mask);
    store<u8>(out, <u8>n, 46);
    store<u32>(out, <u32>x, 52);
    retain(x);
    if (n == 2) {
      store<u32>(out, <u32>y, 56);
      retain(y);
    }
    append(out);
  }
  return out;
}

function recorded(traits: u32, mask: u32): u32 {
  const levels = mask & recordingMask();
  return traits & (Trait.Constant | Trait.Bool) ? levels & tracingMask() : levels;
}

function resultDType(traits: u32, x: Tensor): DType {
  return traits & Trait.Bool ? DType.Bool : dtypeOf(x);
}

/**
 * The scalar out = op(x) with these flags, run and recorded. Its one reference is the caller's; 0
 * after a fault.
 */
export function newScalar1(op: u32, x: Tensor, flags: u32): Tensor {
  setOp(op);
  const traits = traitsOf(op);
  const out = newScalar(resultDType(traits, x), op, flags | (flagsOf(x) & Flag.Weak));
  if (!out) return 0;
  touch(x);
  call_indirect<void>(kernelOf(op, dtypeOf(x)), dataOf(x), dataOf(out), <usize>16);
  return place(out, recorded(traits, maskOf(x)), 1, x, 0);
}

/** The same for out = op(x, y) of operands of one dtype. */
export function newScalar2(op: u32, x: Tensor, y: Tensor, flags: u32): Tensor {
  setOp(op);
  const traits = traitsOf(op);
  const weak = flagsOf(x) & flagsOf(y) & Flag.Weak;
  const out = newScalar(resultDType(traits, x), op, flags | weak);
  if (!out) return 0;
  touch(x);
  touch(y);
  call_indirect<void>(kernelOf(op, dtypeOf(x)), dataOf(x), dataOf(y), dataOf(out), <usize>16, 0);
  return place(out, recorded(traits, maskOf(x) | maskOf(y)), 2, x, y);
}

/** True if `op` of scalar x may go the short way: all rows but those that want bools. */
export function isShort1(op: u32, x: Tensor): bool {
  return isPlain(x) && !hasTrait(op, Trait.Logical);
}

/** The same for two operands. */
export function isShort2(op: u32, x: Tensor, y: Tensor): bool {
  return isPlain(x) && isPlain(y) && dtypeOf(x) == dtypeOf(y) && !hasTrait(op, Trait.Logical);
}
