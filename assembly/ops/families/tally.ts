// Sums of terms of elements, which are made as they are folded (kernels/fold.ts): none of them is stored.
// They never wait: a term has no kernel of its own in a region.
import { Family } from "../../shared/family";
import { foldBlock, foldTerms } from "../../kernels/fold";
import { attrOf, dataOf, dtypeOf, inputOf, opOf, sizeOf, Tensor } from "../../tensor/node";
import { addRow, opCode, setKernels, setPartial, setRules, Trait } from "../../tape/rows";
import { maskedMultiply } from "../arithmetic";
import { fold, reduceTerms, spread, Sum } from "../reduction";

/** Sums the terms of a node's operand, which may have centres. */
export function runTally(out: Tensor, centres: usize): void {
  const x = inputOf(out, 0);
  const mask = attrOf(out) & 0xffff;
  reduceTerms(opCode<Sum>(), dtypeOf(out), opOf(out), x, mask, dataOf(out), sizeOf(out), centres);
}

/** The functions of leaves. */
export function leafBlock<F, T>(): u32 {
  return ((x: usize, n: u32, out: usize, lanes: usize, carried: bool): void =>
    foldBlock<F, T>(x, n, out, lanes, false)).index;
}
export function leafRows<F, T>(): u32 {
  return ((x: usize, a: usize, b: usize, c: usize, d: usize, out: usize, n: usize, z: usize): void =>
    foldTerms<F, T>(x, a, b, c, d, out, n, z)).index;
}

/** Registers sums of terms of floats: a fold object with `d(node)`, the derivative in x's shape. */
export function tally<F>(run: u32): void {
  const row = addRow<F>(Family.Reduction, 1, Trait.Hidden | Trait.Floating);
  setKernels(row, leafBlock<F, f32>(), leafBlock<F, f64>(), 0);
  setPartial(row, 0, leafRows<F, f32>());
  setPartial(row, 1, leafRows<F, f64>());
  setRules(
    row,
    run,
    ((node: Tensor, g: Tensor, i: u32): Tensor =>
      maskedMultiply(spread(g, node), changetype<F>(0).d(node))).index,
    ((node: Tensor, t: Tensor, i: u32): Tensor =>
      fold(maskedMultiply(t, changetype<F>(0).d(node)), node)).index,
  );
}
