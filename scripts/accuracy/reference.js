// High-precision values of the library's functions, by decimal.js at 60 digits. Each function takes a
// JavaScript number (exactly) and gives a Decimal good to at least 40 digits, cancellation included.

import Decimal from "decimal.js";
import { split } from "./bits.js";
import { specialReferences, specialScreens } from "./special.js";

const D = Decimal.clone({
  precision: 60,
  toExpNeg: -9e15,
  toExpPos: 9e15,
  minE: -9e15,
  maxE: 9e15,
});

const ONE = new D(1);
const TINY = new D("1e-10");
const LN2 = new D(2).ln();
const LN10 = new D(10).ln();
const HUGE = new D("1e10");
/** Beyond this exponent every exponential is 0 or infinite in float64. */
const FAR = new D(1000);

// pi/2 as an integer multiple of 2^-BITS: float64 reaches 2^1024, and 240 bits are left for the remainder.
const BITS = 1264;
const WIDE = Decimal.clone({ precision: 400 });
const HALF_PI_SCALED = BigInt(
  WIDE.acos(-1).div(2).times(new WIDE(2).pow(BITS)).toFixed(0, Decimal.ROUND_HALF_EVEN),
);
const HALF_PI = D.acos(-1).div(2);

const powersOfTwo = new Map();

/**
 * 2^exponent as a Decimal.
 * @param {number} exponent an integer
 */
export function powerOfTwo(exponent) {
  let power = powersOfTwo.get(exponent);
  if (!power) {
    power = new D(2).pow(exponent);
    powersOfTwo.set(exponent, power);
  }
  return power;
}

/**
 * A JavaScript number as a Decimal: its binary value, not its shortest decimal spelling.
 * @param {number} x a finite number
 */
export function exact(x) {
  const { mantissa, exponent } = split(x);
  return new D(mantissa).times(powerOfTwo(exponent));
}

/** Sum of `coefficients[k] * x^k`: a Taylor series for a tiny x, where 60 digits would cancel. */
function series(x, coefficients) {
  return coefficients.reduceRight((sum, c) => sum.times(x).plus(c), new D(0));
}

const third = ONE.div(3);
const clampExp = (x) => D.max(D.min(x, FAR), FAR.neg()).exp();

function expm1(x) {
  if (x.abs().lt(TINY)) return x.times(series(x, [1, 0.5, ONE.div(6), ONE.div(24), ONE.div(120)]));
  return clampExp(x).minus(1);
}

function log1p(x) {
  if (x.abs().lt(TINY)) return x.times(series(x, [1, -0.5, third, -0.25, 0.2]));
  return x.plus(1).ln();
}

function sinh(x) {
  if (x.abs().lt(TINY)) return x.times(series(x.times(x), [1, ONE.div(6), ONE.div(120)]));
  const e = clampExp(x);
  return e.minus(ONE.div(e)).div(2);
}

function tanh(x) {
  if (x.abs().lt(TINY)) return x.times(series(x.times(x), [1, third.neg(), new D(2).div(15)]));
  const e = clampExp(x.times(2));
  return e.minus(1).div(e.plus(1));
}

function atan(x) {
  const size = x.abs();
  if (size.lt(TINY)) return x.times(series(x.times(x), [1, third.neg(), 0.2]));
  if (size.gt(HUGE)) {
    const end = x.isNegative() ? HALF_PI.neg() : HALF_PI;
    return end.minus(atan(ONE.div(x)));
  }
  // One Newton step from the host's 16 digits gives more than 60: atan x = y + atan((x - t) / (1 + x t)).
  const y = exact(Math.atan(x.toNumber()));
  const t = y.sin().div(y.cos());
  return y.plus(atan(x.minus(t).div(ONE.plus(x.times(t)))));
}

/** sqrt(1 - x^2), without cancellation near 1. */
const other = (x) => ONE.minus(x).times(ONE.plus(x)).sqrt();

function asin(x) {
  if (x.abs().lt(TINY)) return x.times(series(x.times(x), [1, ONE.div(6), new D(3).div(40)]));
  if (x.abs().eq(1)) return HALF_PI.times(x);
  return atan(x.div(other(x)));
}

function acos(x) {
  if (x.abs().lt(0.5)) return HALF_PI.minus(asin(x));
  const angle = atan(other(x).div(x));
  return x.isNegative() ? angle.plus(HALF_PI.times(2)) : angle;
}

function softplus(x) {
  if (x.isNegative()) return log1p(clampExp(x));
  return x.plus(log1p(clampExp(x.neg())));
}

/**
 * x = n pi/2 + r with |r| <= pi/4, in integers: exact for any float64.
 * @param {number} x a finite number
 * @returns {[number, Decimal]} n modulo 4, and r
 */
function reduce(x) {
  const { mantissa, exponent } = split(x);
  let scaled = BigInt(Math.abs(mantissa));
  const shift = BigInt(BITS + exponent);
  // Numbers below 2^-190 or so lose bits here, but they need no reduction.
  if (shift < 60n) return [0, exact(x)];
  scaled <<= shift;
  let n = scaled / HALF_PI_SCALED;
  let rest = scaled - n * HALF_PI_SCALED;
  if (2n * rest > HALF_PI_SCALED) {
    n += 1n;
    rest -= HALF_PI_SCALED;
  }
  const r = n === 0n ? exact(Math.abs(x)) : new D(rest.toString()).times(powerOfTwo(-BITS));
  const quadrant = Number(n & 3n);
  return x < 0 ? [(4 - quadrant) & 3, r.neg()] : [quadrant, r];
}

function sinSmall(r) {
  if (r.abs().lt(TINY)) return r.times(series(r.times(r), [1, ONE.div(-6), ONE.div(120)]));
  return r.sin();
}

/** sin(n pi/2 + r). */
function sinOf(n, r) {
  const y = n & 1 ? r.cos() : sinSmall(r);
  return n & 2 ? y.neg() : y;
}

/** erf by its Maclaurin series; from 6 on it rounds to 1, in float64 too. */
function erf(x) {
  if (x.abs().gt(6)) return ONE.times(x.s);
  const square = x.times(x);
  let power = x;
  let sum = x;
  for (let n = 1; power.abs().gt("1e-70"); n++) {
    power = power.times(square).div(-n);
    sum = sum.plus(power.div(2 * n + 1));
  }
  return sum.times(2).div(D.acos(-1).sqrt());
}

/** The same in float64: the series, or 1 minus a continued fraction. */
function erfNumber(x) {
  const t = Math.abs(x);
  if (!(t < 2.5)) {
    let f = 0;
    for (let n = 80; n > 0; n--) f = n / 2 / (t + f);
    const y = t > 27 ? 1 : 1 - Math.exp(-t * t) / ((t + f) * Math.sqrt(Math.PI));
    return Number.isNaN(x) ? x : Math.sign(x) * y;
  }
  let power = x;
  let sum = x;
  for (let n = 1; Math.abs(power) > 1e-20 * Math.abs(x) && n < 200; n++) {
    power *= -(x * x) / n;
    sum += power / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** Its complement, whose tail is that continued fraction. */
function erfcNumber(x) {
  if (!(x > 2.5)) return 1 - erfNumber(x);
  if (x > 28) return 0;
  let f = 0;
  for (let n = 80; n > 0; n--) f = n / 2 / (x + f);
  return Math.exp(-x * x) / ((x + f) * Math.sqrt(Math.PI));
}

const onDecimal = (f) => (x) => f(exact(x));

const onDecimals = (f) => (x, y) => f(exact(x), exact(y));

const special = specialReferences(D, erf, clampExp);
const each = (all, as) => Object.fromEntries(Object.entries(all).map(([k, f]) => [k, as(f)]));

/**
 * The reference: name to function of numbers inside the domain, giving a Decimal.
 * @type {Record<string, (...args: number[]) => Decimal>}
 */
export const reference = {
  exp: onDecimal(clampExp),
  log: onDecimal((x) => (x.minus(1).abs().lt(TINY) ? log1p(x.minus(1)) : x.ln())),
  sin: (x) => sinOf(...reduce(x)),
  cos: (x) => {
    const [n, r] = reduce(x);
    return sinOf(n + 1, r);
  },
  tan: (x) => {
    const [n, r] = reduce(x);
    return sinOf(n, r).div(sinOf(n + 1, r));
  },
  tanh: onDecimal(tanh),
  sigmoid: onDecimal((x) => ONE.div(ONE.plus(clampExp(x.neg())))),
  expm1: onDecimal(expm1),
  log1p: onDecimal(log1p),
  sinh: onDecimal(sinh),
  cosh: onDecimal((x) => {
    const e = clampExp(x);
    return e.plus(ONE.div(e)).div(2);
  }),
  asin: onDecimal(asin),
  acos: onDecimal(acos),
  atan: onDecimal(atan),
  asinh: onDecimal((x) => {
    const size = x.abs();
    if (size.lt(TINY)) return x.times(series(x.times(x), [1, ONE.div(-6), new D(3).div(40)]));
    const y = log1p(size.plus(size.times(size).div(size.times(size).plus(1).sqrt().plus(1))));
    return x.isNegative() ? y.neg() : y;
  }),
  acosh: onDecimal((x) => {
    const t = x.minus(1);
    return log1p(t.plus(t.times(2).plus(t.times(t)).sqrt()));
  }),
  atanh: onDecimal((x) => log1p(x.times(2).div(ONE.minus(x))).div(2)),
  cbrt: onDecimal((x) => x.cbrt()),
  exp2: onDecimal((x) =>
    D.max(D.min(x, FAR.times(2)), FAR.times(-2))
      .times(LN2)
      .exp(),
  ),
  log2: onDecimal((x) => x.ln().div(LN2)),
  log10: onDecimal((x) => x.ln().div(LN10)),
  softplus: onDecimal(softplus),
  erf: onDecimal(erf),
  ...each(special.one, onDecimal),
  ...each(special.two, onDecimals),
  sqrt: onDecimal((x) => x.sqrt()),
  reciprocal: onDecimal((x) => ONE.div(x)),
  power: (a, b) => {
    const size = clampExp(exact(Math.abs(a)).ln().times(exact(b)));
    return a < 0 && Math.abs(b % 2) === 1 ? size.neg() : size;
  },
  hypot: (a, b) => exact(a).pow(2).plus(exact(b).pow(2)).sqrt(),
  atan2: (y, x) => {
    const angle = atan(exact(y).div(exact(x)));
    if (x > 0) return angle;
    return y < 0 ? angle.minus(HALF_PI.times(2)) : angle.plus(HALF_PI.times(2));
  },
  logaddexp: (a, b) => {
    const [x, y] = [exact(a), exact(b)];
    return D.max(x, y).plus(log1p(clampExp(x.minus(y).abs().neg())));
  },
};

/**
 * Some of the same functions in the host's float64: 29 bits more than float32 has, so good enough to find the
 * worst float32 arguments among many; those are then measured against `reference`.
 * @type {Record<string, (...args: number[]) => number>}
 */
export const screen = {
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  expm1: Math.expm1,
  log1p: Math.log1p,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  cbrt: Math.cbrt,
  exp2: (x) => 2 ** x,
  log2: Math.log2,
  log10: Math.log10,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  erf: erfNumber,
  erfc: erfcNumber,
  ...specialScreens,
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
  power: Math.pow,
  hypot: Math.hypot,
  atan2: Math.atan2,
  logaddexp: (x, y) => Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y))),
};
