// Logits and relative entropies. Differences x - y are taken before they are divided, so that what is
// small near x = y keeps its digits.
import { Entropy, VLogit } from "../kernels/math/entropy";
import { Vec } from "../kernels/math/vector";
import { Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import { add, constant, divide, multiply, negative, reciprocal, scale, square, subtract } from "./arithmetic";
import { binary, binaryOp, hiddenUnary, unary, unaryOp } from "./families/elementwise";
import { log } from "./transcendental";

/**
 * Logarithm of the odds, log(x / (1 - x)), the inverse of sigmoid; -∞ at 0, ∞ at 1, NaN outside.
 *
 * @example
 * ```ts
 * logit([0.5, 0.9]); // Tensor(float32) [0.000000, 2.197224]
 * ```
 */
class Logit {
  @inline f<T>(x: v128): v128 { return VLogit.f<T>(x); }
  @inline rare<T>(x: v128): v128 { return VLogit.rare<T>(x); }
  lane<T>(x: T): T { return <T>Entropy.logit(<f64>x); }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<LogitSlope>(), x); }
}
unary<Logit>();

/** y = 1 / (x (1 - x)): y' = (2x - 1) y². */
class LogitSlope {
  @inline f<T>(x: v128): v128 {
    const one = Vec.one<T>();
    return v128.div<T>(one, v128.mul<T>(x, v128.sub<T>(one, x)));
  }
  d(x: Tensor, y: Tensor): Tensor { return multiply(subtract(scale(2, x), constant(1, x)), square(y)); }
}
hiddenUnary<LogitSlope>();

/**
 * Entropy -x·log(x); 0 at 0, with derivative ∞, and -∞ below.
 *
 * @example
 * ```ts
 * entr([0, 0.5]); // Tensor(float32) [0.000000, 0.346574]
 * ```
 */
class Entr {
  one(x: f64): f64 { return Entropy.entr(x); }
  d(x: Tensor, y: Tensor): Tensor { return negative(add(constant(1, x), log(x))); }
}
unary<Entr>();

/**
 * Relative entropy x·log(x / y); 0 at x = 0, y ≥ 0, and ∞ where an operand is negative.
 *
 * @example
 * ```ts
 * relEntr([0.5, 1], [1, 1]); // Tensor(float32) [-0.346574,  0.000000]
 * ```
 */
class RelEntr {
  one(x: f64, y: f64): f64 { return Entropy.relEntr(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return add(constant(1, x), logRatio(x, y)); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return negative(divide(x, y)); }
}
binary<RelEntr>();

/**
 * Divergence of Kullback and Leibler, x·log(x / y) - x + y: ≥ 0, and 0 only where x = y.
 *
 * @example
 * ```ts
 * klDiv([0.5, 1], [1, 1]); // Tensor(float32) [0.153426, 0.000000]
 * ```
 */
class KlDiv {
  one(x: f64, y: f64): f64 { return Entropy.klDiv(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return logRatio(x, y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return binaryOp(opCode<RelativeGap>(), x, y); }
}
binary<KlDiv>();

/** log(x / y) */
class LogRatio {
  one(x: f64, y: f64): f64 { return Entropy.logRatio(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return reciprocal(x); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return negative(reciprocal(y)); }
}
binary<LogRatio>(Trait.Hidden);

function logRatio(x: Tensor, y: Tensor): Tensor { return binaryOp(opCode<LogRatio>(), x, y); }

/** 1 - x / y */
class RelativeGap {
  @inline f<T>(x: v128, y: v128): v128 { return v128.div<T>(v128.sub<T>(y, x), y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return negative(reciprocal(y)); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return divide(divide(x, y), y); }
}
binary<RelativeGap>(Trait.Hidden);
