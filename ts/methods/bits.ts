// Bits of integers.
import type { Tensor } from "../tensor.js";
import {
  bitwiseAnd,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  leftShift,
  rightShift,
} from "../ops/bits.js";
import type { TensorLike } from "../convert.js";

/** Operations on the bits of integers. */
export abstract class BitMethods {
  /** The bits that are set in both x and y, two's complement; of bools, x and y: see `bitwiseAnd`. */
  bitwiseAnd(this: Tensor, y: TensorLike): Tensor {
    return bitwiseAnd(this, y);
  }

  /** The bits that are not set in x, which are those of -1 - x; of bools, not x: see `bitwiseNot`. */
  bitwiseNot(this: Tensor): Tensor {
    return bitwiseNot(this);
  }

  /** The bits that are set in x or y; of bools, x or y: see `bitwiseOr`. */
  bitwiseOr(this: Tensor, y: TensorLike): Tensor {
    return bitwiseOr(this, y);
  }

  /** The bits that are set in one of x and y alone; of bools, whether they differ: see `bitwiseXor`. */
  bitwiseXor(this: Tensor, y: TensorLike): Tensor {
    return bitwiseXor(this, y);
  }

  /** x with its bits n places up: see `leftShift`. */
  leftShift(this: Tensor, n: TensorLike): Tensor {
    return leftShift(this, n);
  }

  /** x with its bits n places down, the sign staying: see `rightShift`. */
  rightShift(this: Tensor, n: TensorLike): Tensor {
    return rightShift(this, n);
  }
}
