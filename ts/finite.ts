// Values that must be finite.
import { describe } from "./convert.js";
import { leafTensor } from "./transforms/scope.js";
import { tap } from "./transforms/trace.js";
import { firstBad, placeText } from "./transforms/values.js";
import { mapTree } from "./tree.js";

/**
 * x itself, a tensor or a tree, after a look at all its values: NaN and infinities are an error. In a
 * function of `compile` it looks at every call, after that has computed everything; derivatives pass as
 * if it was not there. (TensorFlow check_numerics.)
 *
 * @param what - what the error calls it
 * @example
 * ```ts
 * assertFinite({ w: tensor([1, 2]) }, "parameters").w.toArray(); // [1, 2]
 * ```
 * @throws if something is not finite: what, where and its value; inside vmap, where examples have no
 *   values of their own
 */
export function assertFinite<T>(x: T, what = "the value"): T {
  const who = "assertFinite";
  if (typeof what !== "string") throw new TypeError(`${who}: ${describe(what)} is not a name`);
  return mapTree(x, (leaf, path) => {
    const place = path === "" ? what : `${what} at ${path.replace(/^\./, "")}`;
    const seen = tap(leafTensor(leaf, who), (value) => {
      const elements = value.data();
      const i = firstBad(elements, true);
      if (i < 0) return;
      const at = placeText(i, value.shape, value.size);
      throw new Error(`${who}: ${place} has ${elements[i]!} at ${at}`);
    });
    return typeof leaf === "number" || ArrayBuffer.isView(leaf) ? leaf : seen;
  }) as T;
}
