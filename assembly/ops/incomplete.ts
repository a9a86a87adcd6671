// Incomplete gamma and beta functions, regularised. Derivatives in x are densities; those in the shape
// parameters come from the same series and continued fractions, carried out with truncated power
// series, and so are as exact as the values.
import { Density } from "../kernels/math/density";
import { Incomplete } from "../kernels/math/incomplete";
import { loadNumber } from "../kernels/number";
import { dataOf, dtypeOf, Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import {
  add,
  constant,
  divide,
  multiply,
  negative,
  reciprocal,
  scale,
  square,
  subtract,
} from "./arithmetic";
import { equal } from "./comparison";
import { binary, ternary, ternaryOp } from "./families/elementwise";
import { polygammaDrop, trigammaOfSum } from "./gamma";
import { nextOrder, nextOrderUpTo, notDifferentiable } from "./functionorder";
import { where } from "./selection";
import { log, log1p } from "./transcendental";

/** Highest derivative in a shape parameter of the incomplete gamma functions. */
const MOST: f64 = 9;

/**
 * Regularised lower incomplete gamma function of shape a at x; derivatives up to order 9 in the shape.
 *
 * @example
 * ```ts
 * gammainc(2, [0, 1, 5]); // Tensor(float32) [0.000000, 0.264241, 0.959572]
 * ```
 */
class Gammainc {
  one(a: f64, x: f64): f64 { return Incomplete.gamma(0, a, x, false); }
  dx(a: Tensor, x: Tensor, y: Tensor): Tensor { return gammaincOf(constant(1, a), a, x); }
  dy(a: Tensor, x: Tensor, y: Tensor): Tensor { return gammaDensity(constant(0, a), a, x); }
}
binary<Gammainc>();

/**
 * Regularised upper incomplete gamma function, 1 - gammainc(a, x), accurate where it is small: in float64
 * within 10 ulp.
 *
 * @example
 * ```ts
 * gammaincc(2, [0, 1, 5]); // Tensor(float32) [1.000000, 0.735759, 0.040428]
 * ```
 */
class Gammaincc {
  one(a: f64, x: f64): f64 { return Incomplete.gamma(0, a, x, true); }
  dx(a: Tensor, x: Tensor, y: Tensor): Tensor { return negative(gammaincOf(constant(1, a), a, x)); }
  dy(a: Tensor, x: Tensor, y: Tensor): Tensor { return negative(gammaDensity(constant(0, a), a, x)); }
}
binary<Gammaincc>();

/**
 * The x at which gammainc(a, x) is p.
 *
 * @example
 * ```ts
 * gammaincinv(2, [0.5, 0.9]); // Tensor(float32) [1.678347, 3.889720]
 * ```
 */
class Gammaincinv {
  one(a: f64, p: f64): f64 { return Incomplete.gammaInverse(a, p, false); }
  dx(a: Tensor, p: Tensor, y: Tensor): Tensor { return shapeSlope(a, y); }
  dy(a: Tensor, p: Tensor, y: Tensor): Tensor { return reciprocal(gammaDensity(constant(0, a), a, y)); }
}
binary<Gammaincinv>();

/**
 * The x at which gammaincc(a, x) is q.
 *
 * @example
 * ```ts
 * gammainccinv(2, [0.5, 0.9]); // Tensor(float32) [1.678347, 0.531812]
 * ```
 */
class Gammainccinv {
  one(a: f64, q: f64): f64 { return Incomplete.gammaInverse(a, q, true); }
  dx(a: Tensor, q: Tensor, y: Tensor): Tensor { return shapeSlope(a, y); }
  dy(a: Tensor, q: Tensor, y: Tensor): Tensor {
    return negative(reciprocal(gammaDensity(constant(0, a), a, y)));
  }
}
binary<Gammainccinv>();

/** How x moves with the shape where the probability stays: at 0 not at all. */
function shapeSlope(a: Tensor, x: Tensor): Tensor {
  return movedBy(gammaincOf(constant(1, a), a, x), gammaDensity(constant(0, a), a, x), x);
}

/** -by / density; where x is 0 nothing moves, and the density may be 0. */
function movedBy(by: Tensor, density: Tensor, x: Tensor): Tensor {
  return negative(divide(by, where(equal(x, constant(0, x)), constant(1, x), density)));
}

/** The derivative of order n in a of gammainc(a, x). */
class GammaincOf {
  one(n: f64, a: f64, x: f64): f64 { return Incomplete.gamma(n, a, x, false); }
  dx(n: Tensor, a: Tensor, x: Tensor): Tensor { return notDifferentiable<GammaincOf>(0); }
  dy(n: Tensor, a: Tensor, x: Tensor): Tensor {
    return gammaincOf(nextOrderUpTo<Gammainc>(n, MOST, 0), a, x);
  }
  dz(n: Tensor, a: Tensor, x: Tensor): Tensor { return gammaDensity(n, a, x); }
}
ternary<GammaincOf>(Trait.Hidden | Trait.Floating);

function gammaincOf(n: Tensor, a: Tensor, x: Tensor): Tensor {
  return ternaryOp(opCode<GammaincOf>(), n, a, x, false);
}

/** The derivative of order k in a and m in x of the density p = x^(a-1) exp(-x) / gamma(a), n = k + 16m. */
class GammaDensity {
  one(n: f64, a: f64, x: f64): f64 { return Density.gamma(n, a, x); }
  dx(n: Tensor, a: Tensor, x: Tensor): Tensor { return notDifferentiable<GammaDensity>(0); }
  dy(n: Tensor, a: Tensor, x: Tensor): Tensor {
    const order = <u32>loadNumber(dataOf(n), dtypeOf(n)) & 15;
    if (order >= <u32>MOST) return notDifferentiable<Gammainc>(0);
    return gammaDensity(nextOrder(n), a, x);
  }
  dz(n: Tensor, a: Tensor, x: Tensor): Tensor { return gammaDensity(add(n, constant(16, n)), a, x); }
}
ternary<GammaDensity>(Trait.Hidden | Trait.Floating);

function gammaDensity(n: Tensor, a: Tensor, x: Tensor): Tensor {
  return ternaryOp(opCode<GammaDensity>(), n, a, x, false);
}

/**
 * Regularised incomplete beta function of shapes a and b, up to a million, at x in 0 … 1; NaN outside.
 * Derivatives up to order 3 in the shapes. In float64 within 8 ulp; up to 150 where b is small and x near
 * 1, for it is 1 less what is near 1 there.
 *
 * @example
 * ```ts
 * betainc(1, 2, [0, 0.5, 1]); // Tensor(float32) [0.00, 0.75, 1.00]
 * ```
 */
class Betainc {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(0, 0, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincA>(a, b, x); }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincB>(a, b, x); }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaDensity>(a, b, x); }
}
ternary<Betainc>(Trait.Floating);

/**
 * The x at which betainc(a, b, x) is p. Derivatives up to order 3 in the shapes.
 *
 * @example
 * ```ts
 * betaincinv(1, 2, [0.5, 0.75]); // Tensor(float32) [0.292893, 0.500000]
 * ```
 */
class Betaincinv {
  one(a: f64, b: f64, p: f64): f64 { return Incomplete.betaInverse(a, b, p); }
  dx(a: Tensor, b: Tensor, p: Tensor): Tensor { return betaShapeSlope<BetaincA>(a, b, p); }
  dy(a: Tensor, b: Tensor, p: Tensor): Tensor { return betaShapeSlope<BetaincB>(a, b, p); }
  dz(a: Tensor, b: Tensor, p: Tensor): Tensor {
    return reciprocal(betaRow<BetaDensity>(a, b, betaRow<Betaincinv>(a, b, p)));
  }
}
ternary<Betaincinv>(Trait.Floating);

function betaShapeSlope<F>(a: Tensor, b: Tensor, p: Tensor): Tensor {
  const x = betaRow<Betaincinv>(a, b, p);
  const density = betaRow<BetaDensity>(a, b, x);
  const one = constant(1, x);
  return movedBy(betaRow<F>(a, b, x), where(equal(x, one), one, density), x);
}

function betaRow<F>(a: Tensor, b: Tensor, x: Tensor): Tensor {
  return ternaryOp(opCode<F>(), a, b, x, false);
}

/** The density p = x^(a-1) (1 - x)^(b-1) / beta(a, b). */
class BetaDensity {
  one(a: f64, b: f64, x: f64): f64 { return Density.betaSlope(0, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaDensityA(a, b, x); }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaDensityB(a, b, x); }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaSlope>(a, b, x); }
}
ternary<BetaDensity>(Trait.Hidden | Trait.Floating);

/** p': with the slope s of log p in a, that of p' is p' s + p / x; and so in b. */
class BetaSlope {
  one(a: f64, b: f64, x: f64): f64 { return Density.betaSlope(1, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor {
    const rest = divide(betaRow<BetaDensity>(a, b, x), x);
    return add(multiply(betaRow<BetaSlope>(a, b, x), slopeA(a, b, x)), rest);
  }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor {
    const rest = divide(betaRow<BetaDensity>(a, b, x), subtract(constant(1, x), x));
    return subtract(multiply(betaRow<BetaSlope>(a, b, x), slopeB(a, b, x)), rest);
  }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaCurve>(a, b, x); }
}
ternary<BetaSlope>(Trait.Hidden | Trait.Floating);

/** p'' = p (r² - t), with r = (a - 1) / x - (b - 1) / (1 - x), r' = -t. */
class BetaCurve {
  one(a: f64, b: f64, x: f64): f64 { return Density.betaSlope(2, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor {
    const p = betaRow<BetaDensity>(a, b, x);
    const more = subtract(divide(scale(2, betaRow<BetaSlope>(a, b, x)), x), divide(p, square(x)));
    return add(multiply(betaRow<BetaCurve>(a, b, x), slopeA(a, b, x)), more);
  }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor {
    const y = subtract(constant(1, x), x);
    const p = betaRow<BetaDensity>(a, b, x);
    const more = add(divide(scale(2, betaRow<BetaSlope>(a, b, x)), y), divide(p, square(y)));
    return subtract(multiply(betaRow<BetaCurve>(a, b, x), slopeB(a, b, x)), more);
  }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor {
    // x y p' = q p with q = (a - 1) y - (b - 1) x, differentiated twice
    const one = constant(1, x);
    const y = subtract(one, x);
    const left = subtract(a, one);
    const right = subtract(b, one);
    const q = subtract(multiply(left, y), multiply(right, x));
    const curve = multiply(betaRow<BetaCurve>(a, b, x), subtract(q, scale(2, subtract(y, x))));
    const sum = subtract(add(left, right), one);
    const slope = scale(2, multiply(betaRow<BetaSlope>(a, b, x), sum));
    return divide(subtract(curve, slope), multiply(x, y));
  }
}
ternary<BetaCurve>(Trait.Hidden | Trait.Floating);

/** The slope of log p in a, and that in b. */
function slopeA(a: Tensor, b: Tensor, x: Tensor): Tensor {
  return subtract(log(x), polygammaDrop(constant(0, a), a, b));
}
function slopeB(a: Tensor, b: Tensor, x: Tensor): Tensor {
  return subtract(log1p(negative(x)), polygammaDrop(constant(0, a), b, a));
}
function betaDensityA(a: Tensor, b: Tensor, x: Tensor): Tensor {
  return multiply(betaRow<BetaDensity>(a, b, x), slopeA(a, b, x));
}
function betaDensityB(a: Tensor, b: Tensor, x: Tensor): Tensor {
  return multiply(betaRow<BetaDensity>(a, b, x), slopeB(a, b, x));
}

/** The derivative of betainc in a. */
class BetaincA {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(1, 0, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincAA>(a, b, x); }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincAB>(a, b, x); }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaDensityA(a, b, x); }
}
ternary<BetaincA>(Trait.Hidden | Trait.Floating);

/** The derivative of betainc in b. */
class BetaincB {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(0, 1, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincAB>(a, b, x); }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincBB>(a, b, x); }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaDensityB(a, b, x); }
}
ternary<BetaincB>(Trait.Hidden | Trait.Floating);

/** The second derivative of betainc in a. */
class BetaincAA {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(2, 0, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincAAA>(a, b, x); }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincAAB>(a, b, x); }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor {
    const curve = polygammaDrop(constant(1, a), a, b);
    return multiply(betaRow<BetaDensity>(a, b, x), subtract(square(slopeA(a, b, x)), curve));
  }
}
ternary<BetaincAA>(Trait.Hidden | Trait.Floating);

/** The mixed second derivative of betainc. */
class BetaincAB {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(1, 1, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincAAB>(a, b, x); }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincABB>(a, b, x); }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor {
    const slopes = multiply(slopeA(a, b, x), slopeB(a, b, x));
    return multiply(betaRow<BetaDensity>(a, b, x), add(slopes, trigammaOfSum(a, b)));
  }
}
ternary<BetaincAB>(Trait.Hidden | Trait.Floating);

/** The second derivative of betainc in b. */
class BetaincBB {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(0, 2, a, b, x); }
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincABB>(a, b, x); }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor { return betaRow<BetaincBBB>(a, b, x); }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor {
    const curve = polygammaDrop(constant(1, a), b, a);
    return multiply(betaRow<BetaDensity>(a, b, x), subtract(square(slopeB(a, b, x)), curve));
  }
}
ternary<BetaincBB>(Trait.Hidden | Trait.Floating);

/** The third derivatives of betainc in its shapes: the last ones. */
class Last {
  dx(a: Tensor, b: Tensor, x: Tensor): Tensor { return notDifferentiable<Betainc>(0); }
  dy(a: Tensor, b: Tensor, x: Tensor): Tensor { return notDifferentiable<Betainc>(1); }
  dz(a: Tensor, b: Tensor, x: Tensor): Tensor { return notDifferentiable<Betainc>(2); }
}

/** The third derivative of betainc in a. */
class BetaincAAA extends Last {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(3, 0, a, b, x); }
}
ternary<BetaincAAA>(Trait.Hidden | Trait.Floating);

/** The third derivative of betainc, twice in a. */
class BetaincAAB extends Last {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(2, 1, a, b, x); }
}
ternary<BetaincAAB>(Trait.Hidden | Trait.Floating);

/** The third derivative of betainc, twice in b. */
class BetaincABB extends Last {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(1, 2, a, b, x); }
}
ternary<BetaincABB>(Trait.Hidden | Trait.Floating);

/** The third derivative of betainc in b. */
class BetaincBBB extends Last {
  one(a: f64, b: f64, x: f64): f64 { return Incomplete.beta(0, 3, a, b, x); }
}
ternary<BetaincBBB>(Trait.Hidden | Trait.Floating);
