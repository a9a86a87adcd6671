// Recording: an op's result becomes a node, gets its value and, if a live transform depends on it,
// a place on the tape. Elementwise results that are large, or made of pending ones, stay pending: they
// are computed together when a value is needed (tape/schedule.ts).
import { Fault } from "../shared/fault";
import { allocate, releaseBlock } from "../memory/heap";
import {
  Flag,
  dataOf,
  extOf,
  hasFlag,
  inputOf,
  inputsOf,
  isFloat_,
  LISTED,
  dtypeOf,
  maskOf,
  opOf,
  prefixOf,
  setExt,
  setFlag,
  setMask,
  setPrefix,
  sizeOf,
  State,
  stateOf,
  Tensor,
  touch,
} from "../tensor/node";
import { fail } from "../tensor/fault";
import { markBegin, markEnd } from "../kernels/mark";
import { batchOf, countArray, recordingMask } from "./levels";
import { pooled } from "./pool";
import { hasTrait, runOf, Trait } from "./rows";
import { isPlain } from "./scalar";
import { materialize, materializeInputs, mustRun } from "./schedule";
import { append, retain } from "./tape";

/** Address of x's first element, computed if need be; 0 after a fault. */
export function valueOf(x: Tensor): usize {
  return materialize(x) ? dataOf(x) : 0;
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
  const recorded = mask & recordingMask();
  const taped = recorded && isFloat_(dtypeOf(out)) && !hasTrait(op, Trait.Constant);
  const pending = stateOf(out) == State.Pending;
  if (taped || pending) {
    for (let i: u32 = 0, n = inputsOf(out); i < n; i++) retain(inputOf(out, i));
    if (taped) {
      setMask(out, recorded);
      if (!isPlain(out)) countArray();
      append(out);
    }
    if (pending && mustRun(out) && !materialize(out)) {
      pooled(out);
      return 0;
    }
  } else {
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

/** Batch prefix and weakness of a node with one input; what it depends on. */
function inherit1(out: Tensor, x: Tensor): u32 {
  if (prefixOf(x)) setPrefix(out, batchOf(x));
  if (hasFlag(x, Flag.Weak)) setFlag(out, Flag.Weak);
  touch(x);
  return maskOf(x);
}

/** The same for two inputs. */
function inherit2(out: Tensor, x: Tensor, y: Tensor): u32 {
  if (prefixOf(x) | prefixOf(y)) setPrefix(out, max(batchOf(x), batchOf(y)));
  if (hasFlag(x, Flag.Weak) && hasFlag(y, Flag.Weak)) setFlag(out, Flag.Weak);
  touch(x);
  touch(y);
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
    touch(x);
  }
  setPrefix(out, batch);
  if (weak) setFlag(out, Flag.Weak);
  return mask;
}

/** Computes a fresh node unless it is one that waits; false after a fault. */
function runUnlessPending(out: Tensor): bool {
  return stateOf(out) == State.Pending || run(out);
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

/** The node `out` = op(list), run and recorded; `inputs` is the address of n handles. */
export function recordN(out: Tensor, op: u32, n: u32, inputs: usize): Tensor {
  if (!out) return 0;
  if (n <= 2) {
    setInputs(out, op, n, <usize>load<u32>(inputs), n == 2 ? <usize>load<u32>(inputs, 4) : 0);
  } else {
    const block = allocate(((<usize>n) << 2) + 4);
    if (!block) {
      pooled(out);
      return fail(Fault.OutOfMemory, n << 2);
    }
    store<u32>(block, n);
    memory.copy(block + 4, inputs, (<usize>n) << 2);
    setExt(out, block);
    setInputs(out, op, LISTED, 0, 0);
  }
  return runUnlessPending(out) ? settleNode(out, op, inheritN(out)) : abandon(out);
}
