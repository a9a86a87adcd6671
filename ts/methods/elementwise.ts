// Functions of each element that are no rows of the op table, beside those that are.
import type { Tensor } from "../tensor.js";
import {
  deg2rad,
  floatPower,
  heaviside,
  nanToNum,
  positive,
  rad2deg,
  trueDivide,
  type NanToNumOptions,
} from "../elementwise.js";
import { i0, multigammaln, xlogy } from "../special.js";
import { polygamma } from "../../build/generated/rows/special.js";
import { frexp, ldexp, nextafter } from "../ops/floats.js";
import { gcd, lcm } from "../ops/integers.js";
import type { TensorLike } from "../convert.js";

/** Functions of each element. */
export abstract class ElementwiseMethods {
  /** Radians from degrees; always a float: see `deg2rad`. */
  deg2rad(this: Tensor): Tensor {
    return deg2rad(this);
  }

  /** x ** y in float64, whatever the operands are: see `floatPower`. */
  floatPower(this: Tensor, y: TensorLike): Tensor {
    return floatPower(this, y);
  }

  /** Mantissa and exponent, [m, n] with x = m · 2ⁿ: see `frexp`. */
  frexp(this: Tensor): [Tensor, Tensor] {
    return frexp(this);
  }

  /** The greatest common divisor of integers, not negative; gcd(0, n) is |n|: see `gcd`. */
  gcd(this: Tensor, y: TensorLike): Tensor {
    return gcd(this, y);
  }

  /** 0 for x < 0, 1 for x > 0, and `atZero` at 0; NaN stays NaN: see `heaviside`. */
  heaviside(this: Tensor, atZero: TensorLike): Tensor {
    return heaviside(this, atZero);
  }

  /** Modified Bessel function of the first kind of order 0: see `i0`. */
  i0(this: Tensor): Tensor {
    return i0(this);
  }

  /** The least common multiple of integers, not negative; 0 where one of them is 0: see `lcm`. */
  lcm(this: Tensor, y: TensorLike): Tensor {
    return lcm(this, y);
  }

  /** x · 2ⁿ, rounded once, for integers n; broadcast: see `ldexp`. */
  ldexp(this: Tensor, n: TensorLike): Tensor {
    return ldexp(this, n);
  }

  /** Logarithm of the multivariate gamma function of dimension d: see `multigammaln`. */
  multigammaln(this: Tensor, d: number): Tensor {
    return multigammaln(this, d);
  }

  /** x with NaN and infinities replaced by numbers; their derivative is 0: see `nanToNum`. */
  nanToNum(this: Tensor, options: NanToNumOptions = {}): Tensor {
    return nanToNum(this, options);
  }

  /** The next float after x in the direction of y; x where both are equal: see `nextafter`. */
  nextafter(this: Tensor, y: TensorLike): Tensor {
    return nextafter(this, y);
  }

  /** Derivative of order n of digamma at x: see `polygamma`. */
  polygamma(this: Tensor, n: TensorLike): Tensor {
    return polygamma(n, this);
  }

  /** x itself, as a new tensor; bools become integers: see `positive`. */
  positive(this: Tensor): Tensor {
    return positive(this);
  }

  /** Degrees from radians; always a float: see `rad2deg`. */
  rad2deg(this: Tensor): Tensor {
    return rad2deg(this);
  }

  /** x / y: see `trueDivide`. */
  trueDivide(this: Tensor, y: TensorLike): Tensor {
    return trueDivide(this, y);
  }

  /** x·log(y), and 0 where x = 0 unless y is NaN: see `xlogy`. */
  xlogy(this: Tensor, y: TensorLike): Tensor {
    return xlogy(this, y);
  }
}
