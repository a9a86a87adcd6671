// Products of two tensors.
import type { Tensor } from "../tensor.js";
import { cross, inner, kron, matvec, outer, vdot, type CrossOptions } from "../ops/products.js";
import type { TensorLike } from "../convert.js";

/** Products of two tensors. */
export abstract class ProductMethods {
  /** Cross products of vectors of three elements: see `cross`. */
  cross(this: Tensor, y: TensorLike, options: CrossOptions = {}): Tensor {
    return cross(this, y, options);
  }

  /** Sums of products over the last axes of x and y; of numbers their product: see `inner`. */
  inner(this: Tensor, y: TensorLike): Tensor {
    return inner(this, y);
  }

  /** Kronecker product: every element of x times all of y: see `kron`. */
  kron(this: Tensor, y: TensorLike): Tensor {
    return kron(this, y);
  }

  /** Products of matrices, the last two axes, with vectors, the last axis of y: see `matvec`. */
  matvec(this: Tensor, y: TensorLike): Tensor {
    return matvec(this, y);
  }

  /** Products of all elements of x with all of y, both flattened: a matrix: see `outer`. */
  outer(this: Tensor, y: TensorLike): Tensor {
    return outer(this, y);
  }

  /** Sum of the products of the elements of x and y, both flattened: see `vdot`. */
  vdot(this: Tensor, y: TensorLike): Tensor {
    return vdot(this, y);
  }
}
