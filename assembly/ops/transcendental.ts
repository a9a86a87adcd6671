// Exponentials, logarithms, trigonometric and hyperbolic functions. Angles are in radians.
// Derivatives are written so that they keep relative accuracy where the textbook form cancels.
import { VAsin } from "../kernels/math/asin";
import { VAtan } from "../kernels/math/atan";
import { VBell, VErf } from "../kernels/math/erf";
import { VExp } from "../kernels/math/exp";
import { VExpm1, VHyperbolic } from "../kernels/math/expm1";
import { Normal } from "../kernels/math/normal";
import { VLog, VLog1p, VSoftplus } from "../kernels/math/log";
import { VSigmoid, VSigmoidSlope } from "../kernels/math/sigmoid";
import { VSechSquared, VTanh } from "../kernels/math/tanh";
import { Trig, VCos, VSin, VTan } from "../kernels/math/trig";
import { Vec } from "../kernels/math/vector";
import { Local, local } from "../kernels/local";
import { DType } from "../shared/dtype";
import { Tensor } from "../tensor/node";
import { kernelOf, opCode } from "../tape/rows";
import { add, constant, maskedMultiply, multiply, negative, reciprocal, scale, sqrt, square } from "./arithmetic";
import { hiddenUnary, unary, unaryOp } from "./families/elementwise";

export function exp(x: Tensor): Tensor { return unaryOp(opCode<Exp>(), x); }
export function expm1(x: Tensor): Tensor { return unaryOp(opCode<Expm1>(), x); }
export function log(x: Tensor): Tensor { return unaryOp(opCode<Log>(), x); }
export function log1p(x: Tensor): Tensor { return unaryOp(opCode<Log1p>(), x); }
export function sin(x: Tensor): Tensor { return unaryOp(opCode<Sin>(), x); }
export function cos(x: Tensor): Tensor { return unaryOp(opCode<Cos>(), x); }
export function tanh(x: Tensor): Tensor { return unaryOp(opCode<Tanh>(), x); }
export function sinh(x: Tensor): Tensor { return unaryOp(opCode<Sinh>(), x); }
export function cosh(x: Tensor): Tensor { return unaryOp(opCode<Cosh>(), x); }
export function sigmoid(x: Tensor): Tensor { return unaryOp(opCode<Sigmoid>(), x); }

/**
 * e to the power x.
 *
 * @example
 * ```ts
 * exp([0, 1]); // Tensor(float32) [1.000000, 2.718282]
 * ```
 */
export class Exp {
  @inline f<T>(x: v128): v128 { return VExp.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return y; }
}
unary<Exp>();

/**
 * e to the power x, minus 1, accurate near 0.
 *
 * @example
 * ```ts
 * expm1([0, 1e-8]); // Tensor(float32) [0e+0, 1e-8]
 * ```
 */
class Expm1 {
  @inline f<T>(x: v128): v128 { return VExpm1.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return exp(x); }
}
unary<Expm1>();

/**
 * Natural logarithm; -∞ at 0, NaN below.
 *
 * @example
 * ```ts
 * log([1, 2]); // Tensor(float32) [0.000000, 0.693147]
 * ```
 */
export class Log {
  @inline f<T>(x: v128): v128 { return VLog.f<T>(x); }
  @inline rare<T>(x: v128): v128 { return VLog.rare<T>(x); }
  lane<T>(x: T): T { return VLog.lane<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return reciprocal(x); }
}
unary<Log>();

/**
 * Natural logarithm of 1 + x, accurate near 0.
 *
 * @example
 * ```ts
 * log1p([0, 1e-8]); // Tensor(float32) [0e+0, 1e-8]
 * ```
 */
export class Log1p {
  @inline f<T>(x: v128): v128 { return VLog1p.f<T>(x); }
  @inline rare<T>(x: v128): v128 { return VLog1p.rare<T>(x); }
  lane<T>(x: T): T { return VLog1p.lane<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return reciprocal(add(constant(1, x), x)); }
}
unary<Log1p>();

/**
 * Sine.
 *
 * @example
 * ```ts
 * sin([0, 1]); // Tensor(float32) [0.000000, 0.841471]
 * ```
 */
class Sin {
  @inline f<T>(x: v128): v128 { return VSin.f<T>(x); }
  @inline rare<T>(x: v128): v128 { return VSin.rare<T>(x); }
  lane<T>(x: T): T { return VSin.lane<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return cos(x); }
}
unary<Sin>();

/**
 * Cosine.
 *
 * @example
 * ```ts
 * cos([0, 1]); // Tensor(float32) [1.000000, 0.540302]
 * ```
 */
class Cos {
  @inline f<T>(x: v128): v128 { return VCos.f<T>(x); }
  @inline rare<T>(x: v128): v128 { return VCos.rare<T>(x); }
  lane<T>(x: T): T { return VCos.lane<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return negative(sin(x)); }
}
unary<Cos>();

/**
 * Tangent.
 *
 * @example
 * ```ts
 * tan([0, 1]); // Tensor(float32) [0.000000, 1.557408]
 * ```
 */
class Tan {
  @inline f<T>(x: v128): v128 { return VTan.f<T>(x); }
  @inline rare<T>(x: v128): v128 { return Trig.rare<T>(x); }
  lane<T>(x: T): T { return VTan.lane<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return add(constant(1, y), square(y)); }
}
unary<Tan>();

/**
 * Inverse sine, in -π/2 … π/2; NaN outside [-1, 1].
 *
 * @example
 * ```ts
 * asin([0, 1]); // Tensor(float32) [0.000000, 1.570796]
 * ```
 */
class Asin {
  @inline f<T>(x: v128): v128 { return VAsin.f<T>(x, false); }
  d(x: Tensor, y: Tensor): Tensor { return reciprocal(sqrt(oneMinusSquare(x))); }
}
unary<Asin>();

/**
 * Inverse cosine, in 0 … π; NaN outside [-1, 1].
 *
 * @example
 * ```ts
 * acos([0, 1]); // Tensor(float32) [1.570796, 0.000000]
 * ```
 */
class Acos {
  @inline f<T>(x: v128): v128 { return VAsin.f<T>(x, true); }
  d(x: Tensor, y: Tensor): Tensor { return negative(reciprocal(sqrt(oneMinusSquare(x)))); }
}
unary<Acos>();

/**
 * Inverse tangent, in -π/2 … π/2.
 *
 * @example
 * ```ts
 * atan([0, 1]); // Tensor(float32) [0.000000, 0.785398]
 * ```
 */
class Atan {
  @inline f<T>(x: v128): v128 { return VAtan.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<Witch>(), x); }
}
unary<Atan>();

/** 1 / (1 + x²), Agnesi's witch: 1 / x / x where x² might overflow. */
class Witch {
  @inline f<T>(x: v128): v128 {
    const one = Vec.one<T>();
    const far = v128.gt<T>(v128.abs<T>(x), v128.splat<T>(<T>(sizeof<T>() == 4 ? 65536 : 4294967296)));
    const y = v128.div<T>(one, v128.bitselect(x, Vec.madd<T>(x, x, one), far));
    return v128.bitselect(v128.mul<T>(y, y), y, far);
  }
  d(x: Tensor, y: Tensor): Tensor { return scale(-2, multiply(maskedMultiply(x, y), y)); }
}
hiddenUnary<Witch>();

/**
 * Hyperbolic sine.
 *
 * @example
 * ```ts
 * sinh([0, 1]); // Tensor(float32) [0.000000, 1.175201]
 * ```
 */
class Sinh {
  long: bool;
  @inline f<T>(x: v128): v128 { return VHyperbolic.f<T>(x, true); }
  d(x: Tensor, y: Tensor): Tensor { return cosh(x); }
}
unary<Sinh>();

/**
 * Hyperbolic cosine.
 *
 * @example
 * ```ts
 * cosh([0, 1]); // Tensor(float32) [1.000000, 1.543081]
 * ```
 */
class Cosh {
  long: bool;
  @inline f<T>(x: v128): v128 { return VHyperbolic.f<T>(x, false); }
  d(x: Tensor, y: Tensor): Tensor { return sinh(x); }
}
unary<Cosh>();

/**
 * Hyperbolic tangent.
 *
 * @example
 * ```ts
 * tanh([0, 1]); // Tensor(float32) [0.000000, 0.761594]
 * ```
 */
class Tanh {
  @inline f<T>(x: v128): v128 { return VTanh.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<SechSquared>(), x); }
}
unary<Tanh>();

/** 1 / cosh(x)², the slope of tanh without cancellation. */
class SechSquared {
  @inline f<T>(x: v128): v128 { return VSechSquared.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(-2, multiply(y, tanh(x))); }
}
hiddenUnary<SechSquared>();

/**
 * Logistic function 1 / (1 + exp(-x)).
 *
 * @example
 * ```ts
 * sigmoid([0, 1]); // Tensor(float32) [0.500000, 0.731059]
 * ```
 */
class Sigmoid {
  single: bool;
  @inline rare<T>(x: v128): v128 { return VSigmoid.isFar(x); }
  /** Far below it is e^x. */
  lane<T>(x: T): T {
    const at = local(Local.Twice);
    v128.store(at, v128.splat<T>(x));
    call_indirect<void>(kernelOf(opCode<Exp>(), DType.Float32), at, at, 16);
    return load<T>(at);
  }
  @inline f<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return VSigmoid.near(x);
    return VSigmoid.f<T>(x);
  }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<SigmoidSlope>(), x); }
}
unary<Sigmoid>();

/** sigmoid(x) · sigmoid(-x), the slope of sigmoid without cancellation. */
class SigmoidSlope {
  @inline f<T>(x: v128): v128 { return VSigmoidSlope.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return negative(multiply(y, tanh(scale(0.5, x)))); }
}
hiddenUnary<SigmoidSlope>();

/**
 * log(1 + exp(x)) without overflow.
 *
 * @example
 * ```ts
 * softplus([0, 1]); // Tensor(float32) [0.693147, 1.313262]
 * ```
 */
class Softplus {
  @inline f<T>(x: v128): v128 { return VSoftplus.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return sigmoid(x); }
}
unary<Softplus>();

/** 1 - x² without cancellation near 1; nor does its slope cancel near 0. */
class OneMinusSquare {
  @inline f<T>(x: v128): v128 {
    const one = v128.splat<T>(<T>1);
    return v128.mul<T>(v128.sub<T>(one, x), v128.add<T>(one, x));
  }
  d(x: Tensor, y: Tensor): Tensor { return scale(-2, x); }
}
hiddenUnary<OneMinusSquare>();

export function oneMinusSquare(x: Tensor): Tensor { return unaryOp(opCode<OneMinusSquare>(), x); }

/**
 * Error function, 2/√π times the integral of exp(-t²) from 0 to x.
 *
 * @example
 * ```ts
 * erf([0, 1]); // Tensor(float32) [0.000000, 0.842701]
 * ```
 */
class Erf {
  long: bool;
  @inline f<T>(x: v128): v128 { return VErf.f<T>(x, false); }
  d(x: Tensor, y: Tensor): Tensor { return scale(1.1283791670955126, unaryOp(opCode<Bell>(), x)); }
}
unary<Erf>();

/** exp(-x²) */
class Bell {
  long: bool;
  @inline f<T>(x: v128): v128 { return VBell.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(-2, maskedMultiply(y, x)); }
}
hiddenUnary<Bell>();

/**
 * x · Φ(x) with the distribution function Φ of the normal distribution: GELU, exactly.
 *
 * @example
 * ```ts
 * gelu([0, 1]); // Tensor(float32) [0.000000, 0.841345]
 * ```
 */
class Gelu {
  @inline f<T>(x: v128): v128 { return v128.mul<T>(x, VErf.normal<T>(x)); }
  @inline rare<T>(x: v128): v128 { return VErf.rareNormal<T>(x); }
  lane<T>(x: T): T { return <T>Normal.gelu(<f64>x); }
  d(x: Tensor, y: Tensor): Tensor {
    return add(unaryOp(opCode<Below>(), x), maskedMultiply(density(x), x));
  }
}
unary<Gelu>();

/** Φ(x), a vector at a time; as exact as `ndtr` only next to 1. */
class Below {
  @inline f<T>(x: v128): v128 { return VErf.normal<T>(x); }
  @inline rare<T>(x: v128): v128 { return VErf.rareNormal<T>(x); }
  lane<T>(x: T): T { return <T>Normal.below(<f64>x); }
  d(x: Tensor, y: Tensor): Tensor { return density(x); }
}
hiddenUnary<Below>();

/** Density of the normal distribution. */
function density(x: Tensor): Tensor {
  return scale(0.3989422804014327, exp(scale(-0.5, square(x))));
}

/**
 * x · sigmoid(x): SiLU, also called swish.
 *
 * @example
 * ```ts
 * silu([0, 1]); // Tensor(float32) [0.000000, 0.731059]
 * ```
 */
class Silu {
  @inline f<T>(x: v128): v128 { return VSigmoid.core<T>(x, true); }
  d(x: Tensor, y: Tensor): Tensor {
    return add(sigmoid(x), maskedMultiply(unaryOp(opCode<SigmoidSlope>(), x), x));
  }
}
unary<Silu>();
