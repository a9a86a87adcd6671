// The derivative of a product without division: for each factor the product of all others, by a
// binary tree. Products of pairs go up, cotangents come down; every step is a taped op, so zeros
// among the factors are right at every order.
import { Tensor } from "../tensor/node";
import { at, put } from "../tensor/shape";
import { constant, maskedMultiply } from "./arithmetic";
import { logicalRank } from "./families/align";
import { concatenate2 } from "./join";
import { broadcastTo, logicalDims, reshape, transpose } from "./movement";
import { axesLast, inverseOrder } from "./axes";
import { sliceAxis } from "./slice";
import { treeLevels, treeShape } from "./scratch";


/** For each element of x the product of the other elements along the logical axes in `mask`. */
export function productOfOthers(x: Tensor, mask: u32): Tensor {
  const rank = logicalRank(x);
  // Kept axes first, then the reduced ones as a single last axis.
  const perm = axesLast(rank, mask);
  const kept = rank - popcnt(mask);
  let n: u32 = 1;
  for (let i: u32 = 0; i < rank; i++) if ((mask >> i) & 1) n *= at(logicalDims(x), i);
  const moved = transpose(x, perm);
  if (!moved || !n) return x;
  memory.copy(treeShape, logicalDims(moved), <usize>kept << 2);
  put(treeShape, kept, n);
  let node = reshape(moved, kept + 1, treeShape);
  // Up: pad with ones to a power of two, then multiply halves.
  let width: u32 = 1;
  while (width < n) width <<= 1;
  if (width > n) {
    memory.copy(treeShape, logicalDims(moved), <usize>kept << 2);
    put(treeShape, kept, width - n);
    node = concatenate2(node, broadcastTo(constant(1, x), kept + 1, treeShape), kept);
  }
  let depth: u32 = 0;
  for (let w = width; w > 1; w >>= 1) {
    if (!node) return 0;
    store<u32>(treeLevels + (<usize>depth << 2), <u32>node);
    depth++;
    node = maskedMultiply(sliceAxis(node, kept, 0, w >> 1), sliceAxis(node, kept, w >> 1, w >> 1));
  }
  if (!node) return 0;
  // Down: the others of the left half are the others of the pair times the right half.
  memory.copy(treeShape, logicalDims(moved), <usize>kept << 2);
  put(treeShape, kept, 1);
  let others = broadcastTo(constant(1, x), kept + 1, treeShape);
  for (let w: u32 = 1; depth; w <<= 1) {
    depth--;
    const pair = <usize>load<u32>(treeLevels + (<usize>depth << 2));
    const left = sliceAxis(pair, kept, 0, w);
    const right = sliceAxis(pair, kept, w, w);
    others = concatenate2(maskedMultiply(others, right), maskedMultiply(others, left), kept);
    if (!others) return 0;
  }
  const cut = width > n ? sliceAxis(others, kept, 0, n) : others;
  const back = cut ? reshape(cut, rank, logicalDims(moved)) : 0;
  return transpose(back, inverseOrder(perm, rank));
}
