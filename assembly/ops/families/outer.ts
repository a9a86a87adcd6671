// Ops whose last axes are theirs and whose other axes are broadcast.
import { Tensor, dimsOf, rankOf } from "../../tensor/node";
import { at } from "../../tensor/shape";

/**
 * Elements of x, in row-major order, before those that outer index i of `out` uses; the last `core`
 * axes of out, and `own` of x, belong to the op.
 */
export function outerOffset(x: Tensor, out: Tensor, i: u32, core: u32, own: u32 = core): usize {
  const missing = rankOf(out) - core - (rankOf(x) - own);
  let stride = coreSize(x, own);
  let offset: u32 = 0;
  for (let axis = <i32>(rankOf(out) - core) - 1; axis >= <i32>missing; axis--) {
    const d = at(dimsOf(x), axis - missing);
    const index = i % at(dimsOf(out), axis);
    i /= at(dimsOf(out), axis);
    if (d == 1) continue;
    offset += index * stride;
    stride *= d;
  }
  return <usize>offset;
}

/** Elements that the last `core` axes of x hold. */
export function coreSize(x: Tensor, core: u32): u32 {
  let size: u32 = 1;
  for (let k = rankOf(x) - core; k < rankOf(x); k++) size *= at(dimsOf(x), k);
  return size;
}
