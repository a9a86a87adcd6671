// Questions that are answered by true or false.
import type { Tensor } from "../tensor.js";
import { allclose, isclose, type CloseOptions } from "../ops/comparing.js";
import { iscomplexobj, isreal } from "../ops/complex.js";
import { isneginf, isposinf, signbit } from "../elementwise.js";
import type { TensorLike } from "../convert.js";

/** Comparisons and predicates. */
export abstract class ComparingMethods {
  /** True if `isclose` holds everywhere: see `allclose`. */
  allclose(this: Tensor, y: TensorLike, options: CloseOptions = {}): boolean {
    return allclose(this, y, options);
  }

  /** True where |x - y| ≤ atol + rtol·|y|, or both are the same infinity: see `isclose`. */
  isclose(this: Tensor, y: TensorLike, options: CloseOptions = {}): Tensor {
    return isclose(this, y, options);
  }

  /** False, for all dtypes here are real: see `iscomplexobj`. */
  iscomplexobj(this: Tensor): boolean {
    return iscomplexobj(this);
  }

  /** True where x is -∞: see `isneginf`. */
  isneginf(this: Tensor): Tensor {
    return isneginf(this);
  }

  /** True where x is +∞: see `isposinf`. */
  isposinf(this: Tensor): Tensor {
    return isposinf(this);
  }

  /** True for every element, for all are real: see `isreal`. */
  isreal(this: Tensor): Tensor {
    return isreal(this);
  }

  /** True where the sign of x is negative, -0 included: see `signbit`. */
  signbit(this: Tensor): Tensor {
    return signbit(this);
  }
}
