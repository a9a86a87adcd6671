// Tensors put side by side.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { fail, failShapes, setOp } from "../tensor/fault";
import {
  attrOf,
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  newNode,
  rankOf,
  setAttr,
  setPrefix,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { allocate, releaseBlock } from "../memory/heap";
import { at, put } from "../tensor/shape";
import { copyInto } from "../kernels/copy";
import { batchOf } from "../tape/levels";
import { recordN } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { constant } from "./arithmetic";
import { cast } from "./cast";
import { logicalRank } from "./families/align";
import { composed, row } from "./families/linear";
import { promote } from "./families/promote";
import { broadcastPrefix, broadcastTo, insertAxes, insertOnes, logicalDims } from "./movement";
import { sliceAxis } from "./slice";
import { joinedPair, joinedShape } from "./scratch";


/** x and y along a logical axis. */
export function concatenate2(x: Tensor, y: Tensor, axis: u32): Tensor {
  if (!x || !y) return 0;
  store<u32>(joinedPair, <u32>x);
  store<u32>(joinedPair, <u32>y, 4);
  return concatenate(2, joinedPair, axis);
}

/** The dtype in which n operands meet: that of the weak ones together with that of the others. */
function commonDType(n: u32, list: usize): DType {
  let weak: Tensor = 0;
  let strong: Tensor = 0;
  for (let i: u32 = 0; i < n; i++) {
    const x = <usize>at(list, i);
    if (hasFlag(x, Flag.Weak)) {
      if (!weak || dtypeOf(x) > dtypeOf(weak)) weak = x;
    } else if (!strong || dtypeOf(x) > dtypeOf(strong)) strong = x;
  }
  return promote(strong ? strong : weak, weak ? weak : strong);
}

/** Brings n operands to one dtype and one batch prefix, in place in `list`. */
function conform(n: u32, list: usize, axis: u32): bool {
  const first = <usize>at(list, 0);
  const common = commonDType(n, list);
  let batch: u32 = 0;
  for (let i: u32 = 0; i < n; i++) batch = max(batch, batchOf(<usize>at(list, i)));
  const rank = logicalRank(first);
  for (let i: u32 = 0; i < n; i++) {
    const x = <usize>at(list, i);
    if (logicalRank(x) != rank) {
      failShapes(Fault.JoinRank, logicalDims(first), rank, logicalDims(x), logicalRank(x), i);
      return false;
    }
    for (let k: u32 = 0; k < rank; k++) {
      if (k != axis && at(logicalDims(x), k) != at(logicalDims(first), k)) {
        failShapes(Fault.JoinShape, logicalDims(first), rank, logicalDims(x), rank, i, axis);
        return false;
      }
    }
  }
  // The prefix of the result: the largest size at each batch axis.
  for (let k: u32 = 0; k < batch; k++) put(joinedShape, k, 1);
  for (let i: u32 = 0; i < n; i++) {
    let x = cast(<usize>at(list, i), common);
    const own = x ? batchOf(x) : 0;
    if (x && own < batch) {
      x = insertOnes(x, own, batch - own);
      if (x) setPrefix(x, batch);
    }
    if (!x) return false;
    put(list, i, <u32>x);
    for (let k: u32 = 0; k < batch; k++) put(joinedShape, k, max(at(joinedShape, k), at(dimsOf(x), k)));
  }
  for (let i: u32 = 0; i < n; i++) {
    const x = spreadPrefix(<usize>at(list, i), batch);
    if (!x) return false;
    put(list, i, <u32>x);
  }
  return true;
}

/** x repeated along its batch axes to the sizes in `joinedShape`. */
function spreadPrefix(x: Tensor, batch: u32): Tensor {
  let whole = true;
  for (let k: u32 = 0; k < batch; k++) if (at(dimsOf(x), k) != at(joinedShape, k)) whole = false;
  return whole ? x : broadcastPrefix(x, batch, joinedShape);
}

/** n operands, handles in `list` (overwritten), along a logical axis. */
export function concatenate(n: u32, list: usize, axis: u32): Tensor {
  const op = opCode<Concatenate>();
  for (let i: u32 = 0; i < n; i++) if (!at(list, i)) return 0;
  setOp(op);
  if (!conform(n, list, axis)) return 0;
  setOp(op);
  const first = <usize>at(list, 0);
  const batch = batchOf(first);
  const rank = rankOf(first);
  memory.copy(joinedShape, dimsOf(first), <usize>rank << 2);
  let along: u32 = 0;
  for (let i: u32 = 0; i < n; i++) along += at(dimsOf(<usize>at(list, i)), batch + axis);
  put(joinedShape, batch + axis, along);
  const out = newNode(dtypeOf(first), rank, joinedShape);
  if (out) setAttr(out, batch + axis);
  return recordN(out, op, n, list);
}

/** n operands, handles in `list` (overwritten), along a new logical axis. */
export function stack(n: u32, list: usize, axis: u32): Tensor {
  for (let i: u32 = 0; i < n; i++) {
    const x = insertAxes(<usize>at(list, i), 1 << axis);
    if (!x) return 0;
    put(list, i, <u32>x);
  }
  return concatenate(n, list, axis);
}

/** Where input i begins along the joined axis. */
function offsetOf(node: Tensor, i: u32): u32 {
  let offset: u32 = 0;
  for (let k: u32 = 0; k < i; k++) offset += at(dimsOf(inputOf(node, k)), attrOf(node));
  return offset;
}

/**
 * Tensors along an axis that they have; their other axes agree. null flattens them first.
 *
 * @example
 * ```ts
 * concatenate([[1, 2], [3]]).toArray(); // [1, 2, 3]
 * ```
 */
class Concatenate {
  run(out: Tensor): void {
    const axis = attrOf(out);
    let to = dataOf(out);
    const step = <usize>(at(stridesOf(out), axis) * bytesOf(dtypeOf(out)));
    for (let i: u32 = 0; i < inputsOf(out); i++) {
      const x = inputOf(out, i);
      copyInto(x, to, stridesOf(out));
      to += <usize>at(dimsOf(x), axis) * step;
    }
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const axis = attrOf(node);
    return sliceAxis(g, axis - batchOf(node), offsetOf(node, i), at(dimsOf(inputOf(node, i)), axis));
  }
  /** Joint: `tangents` is the address of one handle (0: none) per input. */
  jvp(node: Tensor, tangents: Tensor, i: u32): Tensor {
    const n = inputsOf(node);
    const list = allocate(<usize>n << 2);
    if (!list) return fail(Fault.OutOfMemory, n << 2);
    for (let k: u32 = 0; k < n; k++) {
      const t = <usize>at(tangents, k);
      const x = inputOf(node, k);
      put(list, k, <u32>(t ? t : broadcastTo(constant(0, x), logicalRank(x), logicalDims(x))));
    }
    const out = concatenate(n, list, attrOf(node) - batchOf(node));
    releaseBlock(list);
    return out;
  }
}
row<Concatenate>(Family.Join, 1, Trait.Joint);

/**
 * Tensors of one shape along a new axis.
 *
 * @example
 * ```ts
 * stack([[1, 2], [3, 4]], 1).toArray(); // [[1, 3], [2, 4]]
 * ```
 */
class Stack {}
composed<Stack>(Family.Join, 1);

/** Calls a joining row by its op code. */
export function joinRow(op: u32, n: u32, list: usize, axis: u32): Tensor {
  setOp(op);
  return op == opCode<Stack>() ? stack(n, list, axis) : concatenate(n, list, axis);
}
