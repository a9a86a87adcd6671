// What a transform does to values: fresh inputs, leaves, constants, batch axes.
import { DType } from "../shared/dtype";
import {
  dataOf,
  dimsOf,
  dtypeOf,
  Flag,
  hasFlag,
  maskOf,
  newScalar,
  newView,
  rankOf,
  setFlag,
  setMask,
  setPrefix,
  stridesOf,
  Tensor,
  touch,
} from "../tensor/node";
import { at, put } from "../tensor/shape";
import {
  batchDepth,
  batchOf,
  batchSize,
  countArray,
  inputMask,
  recordingMask,
  tracingMask,
} from "../tape/levels";
import { dropRecipe, holdViewed } from "../tape/recipes";
import { recordDetached, valueOf } from "../tape/record";
import { append, release, retain } from "../tape/tape";
import { alias, aliasCode } from "../ops/cast";
import { logicalRank } from "../ops/families/align";
import { broadcastPrefix, insertOnes, transpose } from "../ops/movement";
import { batchSizes } from "../ops/scratch";

/** x with every live batch axis at full size, so that derivatives stay apart per example. */
export function fullBatch(x: Tensor): Tensor {
  const depth = batchDepth();
  if (!x || !depth) return x;
  const own = batchOf(x);
  const y = own < depth ? insertBatch(x, own, depth) : x;
  if (!y) return 0;
  let whole = true;
  for (let i: u32 = 0; i < depth; i++) {
    const size = batchSize(i + 1);
    put(batchSizes, i, size);
    if (at(dimsOf(y), i) != size) whole = false;
  }
  return whole ? y : broadcastPrefix(y, depth, batchSizes);
}

/** x with prefix axes of size 1 up to `depth`. */
function insertBatch(x: Tensor, own: u32, depth: u32): Tensor {
  const y = insertOnes(x, own, depth - own);
  if (y) setPrefix(y, depth);
  return y;
}

/** A node of its own for input x of a level: derivatives of that level end at it. */
export function fresh(x: Tensor, level: u32): Tensor {
  const whole = fullBatch(x);
  const y = alias(whole);
  // The argument of a program leads nowhere: its operand would be a constant of it.
  const traced = (inputMask(level) & tracingMask()) != 0;
  if (y && whole == x && !traced) holdViewed(y, x);
  return begin(y, level);
}

/** The number `value` as an input of a level, with TypeScript's handle. */
export function beginNumber(value: f64, level: u32): Tensor {
  const y = newScalar(DType.Float64, 0, Flag.Handle | Flag.Weak | Flag.Source);
  if (!y) return 0;
  store<f64>(dataOf(y), value);
  store<f64>(dataOf(y), 0, 8);
  setMask(y, inputMask(level));
  append(y);
  return y;
}

/** `fresh` of a scalar outside vmap, with TypeScript's handle. */
export function beginScalar(x: Tensor, level: u32): Tensor {
  const y = newScalar(
    dtypeOf(x),
    aliasCode(),
    Flag.Handle | Flag.Source | (load<u8>(x, 47) & Flag.Weak),
  );
  if (!y) return 0;
  touch(x);
  const wide = dtypeOf(x) == DType.Float64;
  store<u64>(dataOf(y), wide ? load<u64>(dataOf(x)) : <u64>load<u32>(dataOf(x)));
  store<u64>(dataOf(y), 0, 8);
  const mask = maskOf(x) & recordingMask();
  setMask(y, mask | inputMask(level));
  if (mask) {
    store<u8>(y, 1, 46);
    store<u32>(y, <u32>x, 52);
    retain(x);
  }
  append(y);
  return y;
}

/** Makes y, which nobody else holds yet, an input of a level. */
function begin(y: Tensor, level: u32): Tensor {
  if (!y) return 0;
  if (rankOf(y)) countArray();
  const mask = maskOf(y);
  setMask(y, mask | inputMask(level));
  setFlag(y, Flag.Source);
  if (!hasFlag(y, Flag.Taped)) append(y);
  return y;
}

/** Makes a tensor that exists an input of level 0, which it is held for, or ends that. */
export function watch(x: Tensor, on: bool): void {
  if (on) {
    dropRecipe(x);
    retain(x);
    setMask(x, maskOf(x) | 1);
    return;
  }
  // It may have become a leaf meanwhile.
  if (!hasFlag(x, Flag.Leaf)) setMask(x, maskOf(x) & ~1);
  release(x);
}

/** x as a constant: no derivative passes. */
export function detached(x: Tensor): Tensor {
  if (!x) return 0;
  const y = newView(x, rankOf(x), dimsOf(x), stridesOf(x), valueOf(x));
  return recordDetached(y, aliasCode(), x);
}

/** What a tensor is after an assignment of x that a trace sees: a leaf or not. */
export function assigned(x: Tensor, leaf: bool): Tensor {
  const y = alias(x);
  if (!y) return 0;
  // On the tape even if x is a constant: the trace must not take it for what the leaf was before.
  if (!hasFlag(y, Flag.Taped)) {
    store<u8>(y, 1, 46);
    store<u32>(y, <u32>x, 52);
    retain(x);
    append(y);
  }
  setMask(y, tracingMask() | u32(leaf));
  if (leaf) {
    setFlag(y, Flag.Leaf);
    setFlag(y, Flag.Source);
  }
  return y;
}

/** x with logical axis `axis` turned into the innermost batch axis. */
export function mapAxis(x: Tensor, axis: u32): Tensor {
  if (!x) return 0;
  const depth = batchDepth();
  const own = batchOf(x);
  // Front first, then ones for the levels between, so that the axis stands at depth - 1.
  let perm: u64 = <u64>axis;
  for (let i: u32 = 1; i < logicalRank(x); i++) {
    perm |= (<u64>(i <= axis ? i - 1 : i)) << (i << 2);
  }
  let y = transpose(x, perm);
  if (y && depth - 1 > own) y = insertOnes(y, own, depth - 1 - own);
  if (!y) return 0;
  // A view of its own: the prefix must not change under other holders.
  y = alias(y);
  if (y) setPrefix(y, depth);
  return y;
}

/** x as one result of a vmap level: its innermost batch axis is there and has full size. */
export function unmapAxis(x: Tensor): Tensor {
  if (!x) return 0;
  const depth = batchDepth();
  const own = batchOf(x);
  const y = own < depth ? insertBatch(x, own, depth) : x;
  if (!y) return 0;
  const size = batchSize(depth);
  if (at(dimsOf(y), depth - 1) == size) return y;
  memory.copy(batchSizes, dimsOf(y), (<usize>depth) << 2);
  put(batchSizes, depth - 1, size);
  return broadcastPrefix(y, depth, batchSizes);
}
