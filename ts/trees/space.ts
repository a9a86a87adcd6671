// Trees as vectors of a space.
import { add, matmul, multiply } from "../../build/generated/ops.js";
import type { TensorLike } from "../convert.js";
import { onesLike, zerosLike } from "../create.js";
import { shapeText } from "../errors.js";
import { saidOf } from "../naming.js";
import type { Tensor } from "../tensor.js";
import { leafTensor } from "../transforms/scope.js";
import type { Leaf } from "../tree.js";
import type { Derivative } from "../types.js";
import { ravelTree } from "./ravel.js";
import { TreeStructure } from "./structure.js";

function shapeOf(leaf: unknown): string {
  return shapeText(leafTensor(leaf as Leaf, "space").shape);
}

/** The vectors of one form: trees with the containers, shapes and dtypes of an example. */
export class Space<T> {
  private readonly form: TreeStructure;
  private readonly shapes: readonly string[];
  private readonly vec: Tensor;
  private readonly back: (vec: TensorLike) => Derivative<T>;

  /** @internal */
  constructor(example: T) {
    const [leaves, form] = TreeStructure.read(example);
    this.form = form;
    this.shapes = leaves.map(shapeOf);
    const [vec, unravel] = ravelTree(example);
    this.vec = zerosLike(vec.detach());
    this.back = unravel;
  }

  /** Number of dimensions: elements of all leaves together. */
  get size(): number {
    return this.vec.size;
  }

  /** The vector of zeros. */
  zeros(): Derivative<T> {
    return this.unravel(this.vec);
  }

  /** The vector of ones. */
  ones(): Derivative<T> {
    return this.unravel(onesLike(this.vec));
  }

  /** The unit vectors, one after the other, made as they are asked for. */
  *basis(): Generator<Derivative<T>, void, undefined> {
    const { dtype } = this.vec;
    for (let i = 0; i < this.size; i++) {
      yield this.unravel(zerosLike(this.vec).set([i], 1).astype(dtype));
    }
  }

  /**
   * Sum of the products of all elements.
   *
   * @throws if a or b has another form
   */
  inner(a: unknown, b: unknown): Tensor {
    return matmul(this.ravel(a), this.ravel(b));
  }

  /**
   * a + b.
   *
   * @throws if a or b has another form
   */
  add(a: unknown, b: unknown): Derivative<T> {
    return this.unravel(add(this.ravel(a), this.ravel(b)));
  }

  /**
   * c · a.
   *
   * @throws if a has another form
   */
  scale(a: unknown, c: number | Tensor): Derivative<T> {
    const vec = this.ravel(a);
    try {
      return this.unravel(multiply(vec, c));
    } catch (error) {
      throw saidOf("space.scale", error);
    }
  }

  /**
   * A vector of this space as the elements of its leaves, one after the other.
   *
   * @param who - what errors call it
   * @throws if x has another form
   */
  ravel(x: unknown, who = "space: a vector"): Tensor {
    const leaves = this.form.leavesOf(x, `${who} of another form`);
    leaves.forEach((leaf, i) => {
      const [is, wanted] = [shapeOf(leaf), this.shapes[i]!];
      if (is !== wanted) throw new RangeError(`${who}: leaf ${i} has shape ${is}, not ${wanted}`);
    });
    return ravelTree(leaves)[0];
  }

  /**
   * The vector of this space with these elements.
   *
   * @throws if there are not as many as dimensions
   */
  unravel(vec: TensorLike): Derivative<T> {
    return this.back(vec);
  }
}

/**
 * The vector space that x is an element of, whatever tree it is: zeros, ones, basis, inner product, sums
 * and multiples, all of which can be differentiated. (HIPS vspace.)
 *
 * @example
 * ```ts
 * const s = space({ w: tensor([1, 2]), b: 3 });
 * s.size; // 3
 * s.inner({ w: tensor([1, 2]), b: 3 }, { w: tensor([1, 1]), b: 10 }).item(); // 33
 * [...s.basis()].length; // 3
 * ```
 */
export function space<T>(x: T): Space<T> {
  return new Space(x);
}
