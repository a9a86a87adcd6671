// The derivative of a product without division: for each factor the product of all others, by a
// binary tree. Products of pairs go up, cotangents come down; every step is a taped op, so zeros
// among the factors are right at every order.
import { Tensor } from "../tensor/node";
import { at, put } from "../tensor/shape";
import { constant, maskedMultiply } from "./arithmetic";
import { logicalRank } from "./families/align";
import { concatenate, concatenate2 } from "./join";
import { broadcastTo, logicalDims, reshape, transpose } from "./movement";
import { axesLast, inverseOrder } from "./axes";
import { sliceAxis } from "./slice";
import { treeLevels, treeShape } from "./scratch";

/** For each element of x the product of the other elements along the logical axes in `mask`. */
export function productOfOthers(x: Tensor, mask: u32): Tensor {
  const rank = logicalRank(x);
  // Reduced axes first, as a single one, so that halves of it lie in one piece; then the kept ones.
  const perm = axesLast(rank, ~mask);
  const folded = popcnt(mask);
  let n: u32 = 1;
  for (let i: u32 = 0; i < rank; i++) if ((mask >> i) & 1) n *= at(logicalDims(x), i);
  const moved = transpose(x, perm);
  if (!moved || !n) return x;
  const kept = rank - folded;
  put(treeShape, 0, n);
  memory.copy(treeShape + 4, logicalDims(moved) + (<usize>folded << 2), <usize>kept << 2);
  const whole = reshape(moved, kept + 1, treeShape);
  put(treeShape, 0, 1);
  let others = broadcastTo(constant(1, x), kept + 1, treeShape);
  if (n > 1) {
    // Up: factors beyond a power of two join the first ones, then halves are multiplied.
    let width: u32 = 1;
    while (n > width << 1) width <<= 1;
    const rest = n - width;
    const first = sliceAxis(whole, 0, 0, rest);
    const last = sliceAxis(whole, 0, width, rest);
    let node = maskedMultiply(first, last);
    if (rest < width) node = concatenate2(node, sliceAxis(whole, 0, rest, width - rest), 0);
    let depth: u32 = 0;
    for (let w = width; w > 1; w >>= 1) {
      if (!node) return 0;
      store<u32>(treeLevels + (<usize>depth << 2), <u32>node);
      depth++;
      node = maskedMultiply(sliceAxis(node, 0, 0, w >> 1), sliceAxis(node, 0, w >> 1, w >> 1));
    }
    // Down: the others of the left half are the others of the pair times the right half.
    for (let w: u32 = 1; depth; w <<= 1) {
      depth--;
      const pair = <usize>load<u32>(treeLevels + (<usize>depth << 2));
      const right = maskedMultiply(others, sliceAxis(pair, 0, w, w));
      others = concatenate2(right, maskedMultiply(others, sliceAxis(pair, 0, 0, w)), 0);
      if (!others) return 0;
    }
    const joined = sliceAxis(others, 0, 0, rest);
    put(treeLevels, 0, <u32>maskedMultiply(joined, last));
    put(treeLevels, 1, <u32>sliceAxis(others, 0, rest, width - rest));
    put(treeLevels, 2, <u32>maskedMultiply(joined, first));
    others = concatenate(3, treeLevels, 0);
  }
  const back = others ? reshape(others, rank, logicalDims(moved)) : 0;
  return transpose(back, inverseOrder(perm, rank));
}
