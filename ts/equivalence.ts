// Trees that must be equal up to rounding.
import { told } from "./arguments.js";
import { checkOptions } from "./options.js";
import { isclose } from "./ops/comparing.js";
import { shapeText } from "./errors.js";
import type { Tensor } from "./tensor.js";
import { leafTensor } from "./transforms/scope.js";
import { TreeStructure } from "./trees/structure.js";
import type { Leaf } from "./tree.js";

/** How much may differ. */
export interface EquivalenceOptions {
  /** Allowed absolute difference. Default 1e-8. */
  atol?: number;
  /** Allowed difference relative to the second tree. Default 1e-5. */
  rtol?: number;
}

/**
 * Throws unless two trees have the same form, their leaves the same shapes and dtypes, and values that
 * agree (NaN with NaN). Numbers count as float64. (HIPS check_equivalent.)
 *
 * @example
 * ```ts
 * checkEquivalent({ a: tensor([1, 2]) }, { a: tensor([1, 2]) });
 * ```
 * @throws an error that names the first difference
 */
export function checkEquivalent(x: unknown, y: unknown, options: EquivalenceOptions = {}): void {
  const who = "checkEquivalent";
  checkOptions(options, who, "atol rtol");
  const { atol = 1e-8, rtol = 1e-5 } = options;
  if (typeof atol !== "number" || typeof rtol !== "number") {
    throw new TypeError(`${who}: atol and rtol are numbers, not ${told(atol)} and ${told(rtol)}`);
  }
  const [first, form] = TreeStructure.read(x);
  const second = form.leavesOf(y, `${who}: the trees differ`);
  first.forEach((leaf, i) => {
    const a = leafTensor(leaf as Leaf, who);
    const b = leafTensor(second[i] as Leaf, who);
    const said = (t: Tensor): string => `${t.dtype}${shapeText(t.shape)}`;
    if (said(a) !== said(b)) throw new Error(`${who}: leaf ${i} is ${said(a)} and ${said(b)}`);
    const close = isclose(a, b, { atol, rtol, equalNan: true });
    if (a.size > 0 && close.min().item() === 0) {
      throw new Error(`${who}: leaf ${i} is ${String(a)} and ${String(b)}`);
    }
  });
}
