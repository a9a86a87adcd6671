// What complex numbers would answer, for real ones. As in NumPy and torch, parts are properties.
import type { Tensor } from "../tensor.js";
import { shapeText } from "../errors.js";
import { angle, conj, conjugate, imag, real } from "../ops/complex.js";

/** The methods and properties of complex arrays, for real ones. */
export abstract class ComplexMethods {
  /** The angle to the positive axis, 0 or π, in degrees with `deg`: see `angle`. */
  angle(this: Tensor, options: boolean | { deg?: boolean } = {}): Tensor {
    return angle(this, options);
  }

  /** The complex conjugate, x itself: see `conj`. */
  conj(this: Tensor): Tensor {
    return conj(this);
  }

  /** The same as `conj`: see `conjugate`. */
  conjugate(this: Tensor): Tensor {
    return conjugate(this);
  }

  /** The imaginary part, zeros: see `imag`. */
  get imag(): Tensor {
    return imag(this as unknown as Tensor);
  }

  /** The real part, x itself: see `real`. */
  get real(): Tensor {
    return real(this as unknown as Tensor);
  }

  /**
   * A matrix transposed and conjugated: `T`.
   *
   * @throws if there are more than two axes
   */
  get H(): Tensor {
    const x = this as unknown as Tensor;
    if (x.ndim > 2) {
      throw new RangeError(`H: needs a matrix, got ${shapeText(x.shape)}; mH takes the last axes`);
    }
    return x.T;
  }

  /** Matrices, the last two axes, transposed and conjugated: `mT`. */
  get mH(): Tensor {
    return (this as unknown as Tensor).mT;
  }
}
