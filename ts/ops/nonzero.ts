// Where elements are not 0: apart from what else counts, since `where` needs it.
import { notEqual } from "../../build/generated/ops.js";
import { toTensor, type TensorLike } from "../convert.js";
import { placesOf } from "../indexing.js";
import type { Tensor } from "../tensor.js";

/** `nonzero` in the name of another function. */
export function nonzeroOf(x: TensorLike, who: string): Tensor[] {
  const t = toTensor(x, who);
  if (t.ndim === 0) throw new RangeError(`${who}: needs one axis, x has none; use atleast1d`);
  return placesOf(notEqual(t, 0), who);
}
