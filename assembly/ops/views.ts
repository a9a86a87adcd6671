// Views outside the tape: where the elements of a view lie follows from its op and from its operand.
import {
  bytesOf,
  dataOf,
  dim,
  dtypeOf,
  extOf,
  inputOf,
  isContiguous,
  isUniform,
  opOf,
  permOf,
  rankOf,
  setData,
  setStrides,
  sizeOf,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { at, put } from "../tensor/shape";
import { opCode } from "../tape/rows";
import { Alias } from "./cast";
import { BroadcastTo, Reshape, Transpose } from "./movement";
import { viewStrides } from "./scratch";
import { Slice } from "./slice";

/** Lays `out`, a view by its op, over its operand; false if its elements have to be computed. */
export function layView(out: Tensor): bool {
  const op = opOf(out);
  const x = inputOf(out, 0);
  let offset: i32 = 0;
  if (op == opCode<Alias>()) memory.copy(viewStrides, stridesOf(x), <usize>rankOf(x) << 2);
  else if (op == opCode<BroadcastTo>()) layBroadcast(out, x);
  else if (op == opCode<Transpose>()) {
    for (let i: u32 = 0; i < rankOf(out); i++) {
      put(viewStrides, i, at(stridesOf(x), <u32>((permOf(out) >> (i << 2)) & 15)));
    }
  } else if (op == opCode<Slice>()) offset = laySlice(out, x);
  else if (op != opCode<Reshape>() || !layReshape(out, x)) return false;
  setStrides(out, viewStrides);
  setData(out, dataOf(x) + <usize>(offset * <i32>bytesOf(dtypeOf(x))));
  return true;
}

function layBroadcast(out: Tensor, x: Tensor): void {
  const fresh = rankOf(out) - rankOf(x);
  for (let i: u32 = 0; i < rankOf(out); i++) {
    const own = i >= fresh && dim(x, i - fresh) == dim(out, i);
    put(viewStrides, i, own ? at(stridesOf(x), i - fresh) : 0);
  }
}

/** Strides of a slice; returns where it begins. */
function laySlice(out: Tensor, x: Tensor): i32 {
  const rank = rankOf(x);
  const ranges = extOf(out);
  let offset: i32 = 0;
  for (let i: u32 = 0; i < rank; i++) {
    const stride = <i32>at(stridesOf(x), i);
    if (dim(out, i)) offset += stride * <i32>at(ranges, i);
    put(viewStrides, i, <u32>(stride * <i32>at(ranges, rank + i)));
  }
  return offset;
}

/** Strides of a reshape if it moves nothing: axes of size 1 come and go, or x lies in order. */
function layReshape(out: Tensor, x: Tensor): bool {
  const rank = rankOf(out);
  let from: u32 = 0;
  let same = true;
  for (let i: u32 = 0; i < rank && same; i++) {
    put(viewStrides, i, 0);
    if (dim(out, i) == 1) continue;
    while (from < rankOf(x) && dim(x, from) == 1) from++;
    same = from < rankOf(x) && dim(x, from) == dim(out, i);
    if (same) put(viewStrides, i, at(stridesOf(x), from++));
  }
  if (same) return true;
  if (isContiguous(x)) {
    let stride: u32 = 1;
    for (let i = <i32>rank - 1; i >= 0; i--) {
      put(viewStrides, i, stride);
      stride *= dim(out, i);
    }
    return true;
  }
  if (!isUniform(x) || !sizeOf(x)) return false;
  memory.fill(viewStrides, 0, <usize>rank << 2);
  return true;
}

/** The op code of Reshape, which may be a view and may move elements. */
export function reshapeCode(): u32 {
  return opCode<Reshape>();
}
