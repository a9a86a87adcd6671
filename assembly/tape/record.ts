// Recording: an op's result becomes a node, gets its value and, if a live transform depends on it,
// a place on the tape. `schedule` decides when it runs, `materialize` runs it: the one seam behind
// which execution may be reorganised. Today everything runs at once.
import { Fault } from "../shared/fault";
import { allocate, releaseBlock } from "../memory/heap";
import {
  Flag,
  clearFlag,
  dataOf,
  extOf,
  hasFlag,
  inputOf,
  inputsOf,
  isFloat_,
  dtypeOf,
  maskOf,
  opOf,
  setExt,
  setFlag,
  setMask,
  setPrefix,
  setState,
  State,
  stateOf,
  Tensor,
  touch,
} from "../tensor/node";
import { fail } from "../tensor/fault";
import { batchOf, recordingMask } from "./levels";
import { pooled } from "./pool";
import { hasTrait, runOf, Trait } from "./rows";
import { append, retain } from "./tape";

/** Computes a pending node. */
export function materialize(x: Tensor): void {
  if (stateOf(x) == State.Ready) return;
  for (let i: u32 = 0, n = inputsOf(x); i < n; i++) materialize(inputOf(x, i));
  call_indirect<void>(runOf(opOf(x)), x);
  setState(x, State.Ready);
}

/** Address of x's first element, computed if need be. */
export function valueOf(x: Tensor): usize {
  materialize(x);
  return dataOf(x);
}

/** Decides when a fresh node runs. */
function schedule(out: Tensor): void {
  setState(out, State.Pending);
  materialize(out);
}

/** Attributes that follow from the inputs: levels, batch prefix, weakness; and the tape. */
function settleNode(out: Tensor, op: u32): Tensor {
  const n = inputsOf(out);
  let mask: u32 = 0;
  let batch: u32 = 0;
  let weak = true;
  for (let i: u32 = 0; i < n; i++) {
    const x = inputOf(out, i);
    mask |= maskOf(x);
    batch = max(batch, batchOf(x));
    if (!hasFlag(x, Flag.Weak)) weak = false;
    touch(x);
  }
  setPrefix(out, batch);
  if (weak) setFlag(out, Flag.Weak);
  mask &= recordingMask();
  if (mask && isFloat_(dtypeOf(out)) && !hasTrait(op, Trait.Constant)) {
    for (let i: u32 = 0; i < n; i++) retain(inputOf(out, i));
    setMask(out, mask);
    append(out);
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

/** The node `out` = op(x), run and recorded. */
export function record1(out: Tensor, op: u32, x: Tensor): Tensor {
  if (!out) return 0;
  setInputs(out, op, 1, x, 0);
  schedule(out);
  return settleNode(out, op);
}

/** The node `out` = op(x, y), run and recorded. */
export function record2(out: Tensor, op: u32, x: Tensor, y: Tensor): Tensor {
  if (!out) return 0;
  setInputs(out, op, 2, x, y);
  schedule(out);
  return settleNode(out, op);
}

/** The node `out` = op(list), run and recorded; `inputs` is the address of n handles. */
export function recordN(out: Tensor, op: u32, n: u32, inputs: usize): Tensor {
  if (!out) return 0;
  if (n <= 2) {
    setInputs(out, op, n, <usize>load<u32>(inputs), n == 2 ? <usize>load<u32>(inputs, 4) : 0);
  } else {
    const block = allocate(<usize>n << 2);
    if (!block) {
      pooled(out);
      return fail(Fault.OutOfMemory, n << 2);
    }
    memory.copy(block, inputs, <usize>n << 2);
    setExt(out, block);
    setInputs(out, op, n, 0, 0);
  }
  schedule(out);
  return settleNode(out, op);
}

/** The view `out` of x, recorded; a view has its value already. */
export function recordView(out: Tensor, op: u32, x: Tensor): Tensor {
  if (!out) return 0;
  setInputs(out, op, 1, x, 0);
  return settleNode(out, op);
}

/** Takes the weak flag off: the node has a dtype of its own from now on. */
export function strengthen(x: Tensor): void {
  clearFlag(x, Flag.Weak);
}
