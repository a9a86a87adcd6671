// Recording: an op's result becomes a node, gets its value and, if a live transform depends on it,
// a place on the tape. Elementwise results that are large, or made of pending ones, stay pending: they
// are computed together when a value is needed (tape/schedule.ts).
import { releaseBlock } from "../memory/heap";
import { copy } from "../kernels/copy";
import {
  adoptStorage,
  Flag,
  dataOf,
  dimsOf,
  extOf,
  hasFlag,
  inputOf,
  inputsOf,
  isContiguous,
  isFloat_,
  dtypeOf,
  maskOf,
  newNode,
  opOf,
  prefixOf,
  rankOf,
  setExt,
  setInputList,
  setFlag,
  setMask,
  setPrefix,
  sizeOf,
  State,
  stateOf,
  Tensor,
  touch,
} from "../tensor/node";
import { markBegin, markEnd } from "../kernels/mark";
import { batchOf, countArray, recordingMask, tracingMask } from "./levels";
import { pooled } from "./pool";
import { holdOperands, keepsRecipe, spend } from "./recipes";
import { hasTrait, runOf, Trait } from "./rows";
import { isPlain } from "./scalar";
import { materialize, materializeInputs, mustRun } from "./schedule";
import { isSupplied } from "./supply";
import { append, release, retain } from "./tape";

/** Address of x's first element, computed if need be; 0 after a fault. */
export function valueOf(x: Tensor): usize {
  return materialize(x) ? dataOf(x) : 0;
}

/** The same, after x has been laid out in order if it was a view of another kind. */
export function orderedValueOf(x: Tensor): usize {
  const data = valueOf(x);
  if (!data || isContiguous(x)) return data;
  const flat = newNode(dtypeOf(x), rankOf(x), dimsOf(x));
  if (!flat) return 0;
  copy(x, flat);
  adoptStorage(x, flat);
  release(flat);
  return dataOf(x);
}

/** Runs a fresh node, which has its storage; false after a fault. */
function run(out: Tensor): bool {
  if (!materializeInputs(out)) return false;
  markBegin(opOf(out), sizeOf(out));
  call_indirect<void>(runOf(opOf(out)), out);
  markEnd();
  return true;
}

/** Gives up a node whose inputs are not retained. */
function abandon(out: Tensor): Tensor {
  store<u8>(out, 0, 46);
  pooled(out);
  return 0;
}

/**
 * A node that has run becomes a constant, or goes onto the tape with its inputs retained: that
 * follows from what the inputs depend on (`mask`) and is recorded now.
 */
function settleNode(out: Tensor, op: u32, mask: u32): Tensor {
  let taped = mask & recordingMask();
  // What has no derivative is of interest to a trace only.
  if (!isFloat_(dtypeOf(out)) || hasTrait(op, Trait.Constant)) taped &= tracingMask();
  const pending = stateOf(out) == State.Pending;
  if (taped || pending) {
    for (let i: u32 = 0, n = inputsOf(out); i < n; i++) retain(inputOf(out, i));
    if (taped) {
      setMask(out, taped);
      if (!isPlain(out) && taped & ~tracingMask()) countArray();
      append(out);
    }
    if (pending && mustRun(out) && !materialize(out)) {
      pooled(out);
      return 0;
    }
  } else if (keepsRecipe(out)) holdOperands(out);
  else {
    store<u8>(out, 0, 46);
    const ext = extOf(out);
    if (ext) {
      releaseBlock(ext);
      setExt(out, 0);
    }
  }
  return pooled(out);
}

function setInputs(out: Tensor, op: u32, n: u32, x: Tensor, y: Tensor): void {
  store<u16>(out, <u16>op, 4);
  store<u8>(out, <u8>n, 46);
  store<u32>(out, <u32>x, 52);
  store<u32>(out, <u32>y, 56);
}

function use(x: Tensor): void {
  touch(x);
  spend(x);
}

/** Batch prefix and weakness of a node with one input; what it depends on. */
function inherit1(out: Tensor, x: Tensor): u32 {
  if (prefixOf(x)) setPrefix(out, batchOf(x));
  if (hasFlag(x, Flag.Weak)) setFlag(out, Flag.Weak);
  use(x);
  return maskOf(x);
}

/** The same for two inputs. */
function inherit2(out: Tensor, x: Tensor, y: Tensor): u32 {
  if (prefixOf(x) | prefixOf(y)) setPrefix(out, max(batchOf(x), batchOf(y)));
  if (hasFlag(x, Flag.Weak) && hasFlag(y, Flag.Weak)) setFlag(out, Flag.Weak);
  use(x);
  use(y);
  return maskOf(x) | maskOf(y);
}

/** The same for any number of inputs. */
function inheritN(out: Tensor): u32 {
  let mask: u32 = 0;
  let batch: u32 = 0;
  let weak = true;
  for (let i: u32 = 0, n = inputsOf(out); i < n; i++) {
    const x = inputOf(out, i);
    mask |= maskOf(x);
    batch = max(batch, batchOf(x));
    if (!hasFlag(x, Flag.Weak)) weak = false;
    use(x);
  }
  setPrefix(out, batch);
  if (weak) setFlag(out, Flag.Weak);
  return mask;
}

/** Computes a fresh node unless it is one that waits, or its value is known; false after a fault. */
function runUnlessPending(out: Tensor): bool {
  return isSupplied(out) || stateOf(out) == State.Pending || run(out);
}

/** The node `out` = op(x), run (unless it is pending) and recorded. */
export function record1(out: Tensor, op: u32, x: Tensor): Tensor {
  if (!out) return 0;
  setInputs(out, op, 1, x, 0);
  return runUnlessPending(out) ? settleNode(out, op, inherit1(out, x)) : abandon(out);
}

/** The node `out` = op(x, y), run and recorded. */
export function record2(out: Tensor, op: u32, x: Tensor, y: Tensor): Tensor {
  if (!out) return 0;
  setInputs(out, op, 2, x, y);
  return runUnlessPending(out) ? settleNode(out, op, inherit2(out, x, y)) : abandon(out);
}

/** record1 for a view: it has its value already. */
export function recordView(out: Tensor, op: u32, x: Tensor): Tensor {
  if (!out) return 0;
  setInputs(out, op, 1, x, 0);
  return settleNode(out, op, inherit1(out, x));
}

/** recordView for a view that passes no derivative: nothing but a trace sees where it comes from. */
export function recordDetached(out: Tensor, op: u32, x: Tensor): Tensor {
  return recordWithin(out, op, x, tracingMask());
}

/** recordView for a view that passes derivatives of some levels only. */
export function recordWithin(out: Tensor, op: u32, x: Tensor, levels: u32): Tensor {
  if (!out) return 0;
  setInputs(out, op, 1, x, 0);
  return settleNode(out, op, inherit1(out, x) & levels);
}

/** recordView for a view of x that depends on y as well, though its value does not come from there. */
export function recordBeside(out: Tensor, op: u32, x: Tensor, y: Tensor): Tensor {
  if (!out) return 0;
  setInputs(out, op, 2, x, y);
  return settleNode(out, op, inherit1(out, x) | maskOf(y));
}

/** The node `out` = op(list), run and recorded; `inputs` is the address of n handles. */
export function recordN(out: Tensor, op: u32, n: u32, inputs: usize): Tensor {
  if (!out) return 0;
  if (n <= 2) {
    setInputs(out, op, n, <usize>load<u32>(inputs), n == 2 ? <usize>load<u32>(inputs, 4) : 0);
  } else {
    setInputs(out, op, 0, 0, 0);
    if (!setInputList(out, n, inputs)) {
      pooled(out);
      return 0;
    }
  }
  return runUnlessPending(out) ? settleNode(out, op, inheritN(out)) : abandon(out);
}
