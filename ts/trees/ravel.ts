// A tree as one vector, and back.
import { concatenate } from "../../build/generated/ops.js";
import type { Tensor } from "../tensor.js";
import { toTensor, type TensorLike } from "../convert.js";
import { zeros } from "../create.js";
import { shapeText } from "../errors.js";
import { inStyleOf, leafTensor } from "../transforms/scope.js";
import { isHandle } from "../handle.js";
import { partsOf } from "./parts.js";
import { TreeStructure } from "./structure.js";
import type { Leaf } from "../tree.js";
import type { Derivative } from "../types.js";

/** Stands for whatever typed array. */
const NONE = new Float64Array(0);

/**
 * All leaves of a tree in one vector, and the function that makes a tree of the same form of such a
 * vector: `[vec, unravel]`. Both can be differentiated. Of several dtypes the vector takes the widest;
 * unravelled leaves have their own ones again.
 *
 * @example
 * ```ts
 * const [vec, unravel] = ravelTree({ a: tensor([1, 2]), b: tensor([[3], [4]]) });
 * vec.toArray(); // [1, 2, 3, 4]
 * unravel(multiply(vec, 10)).b.toArray(); // [[30], [40]]
 * ```
 * @throws in `unravel`, if the vector does not have as many elements
 */
export function ravelTree<T>(tree: T): [vec: Tensor, unravel: (vec: TensorLike) => Derivative<T>] {
  const who = "ravelTree";
  const [given, form] = TreeStructure.read(tree);
  const parts = (given as Leaf[]).map((leaf) => leafTensor(leaf, who));
  const shapes = parts.map((x) => x.shape);
  const dtypes = parts.map((x) => x.dtype);
  const sizes = parts.map((x) => x.size);
  const total = sizes.reduce((a, b) => a + b, 0);
  const flat = parts.map((x) => x.reshape([-1]));
  const vec = flat.length === 0 ? zeros([0]) : flat.length === 1 ? flat[0]! : concatenate(flat);
  // What is needed later shall not keep the leaves alive.
  const styles = given.map((leaf) =>
    isHandle(leaf) ? undefined : typeof leaf === "number" ? 0 : NONE,
  );
  const unravel = (x: TensorLike): Derivative<T> => {
    const v = toTensor(x, "unravel");
    if (v.ndim !== 1 || v.shape[0] !== total) {
      throw new RangeError(
        `unravel: needs a vector of ${total} elements, not shape ${shapeText(v.shape)}`,
      );
    }
    const cut = partsOf(v, sizes);
    const leaves = shapes.map((shape, i) => {
      const part = cut[i]!.reshape(shape);
      const typed = part.dtype === dtypes[i] ? part : part.astype(dtypes[i]!);
      const style = styles[i];
      return style === undefined ? typed : inStyleOf(style, typed);
    });
    return form.build(leaves, who) as Derivative<T>;
  };
  return [vec, unravel];
}
