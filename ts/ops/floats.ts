// What floats are made of: whole part, mantissa, exponent and neighbours, to the bit.
import {
  abs,
  add,
  clip,
  copysign,
  divide,
  equal,
  exp2,
  floor,
  fmod,
  greater,
  greaterEqual,
  isfinite,
  isinf,
  isnan,
  less,
  log2,
  logicalOr,
  multiply,
  subtract,
  trunc,
  where,
} from "../../build/generated/ops.js";
import { fromData, toTensor, type TensorLike, unrounded } from "../convert.js";
import { DType } from "../../assembly/shared/dtype.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { resultType } from "./comparing.js";

/** Limits of a float dtype. */
interface Limits {
  /** Exponents of normal powers of 2. */
  lowest: number;
  highest: number;
  /** Bits of a mantissa. */
  digits: number;
  largest: number;
}

const SINGLE: Limits = {
  lowest: -126,
  highest: 127,
  digits: 24,
  largest: (2 - 2 ** -23) * 2 ** 127,
};
const DOUBLE: Limits = {
  lowest: -1022,
  highest: 1023,
  digits: 53,
  largest: Number.MAX_VALUE,
};

function limitsOf(x: Tensor): Limits {
  return x.dtype === "float64" ? DOUBLE : SINGLE;
}

/** Floats as they are, integers and bools as floats. */
function toFloat(x: TensorLike, who: string): Tensor {
  const t = toTensor(x, who);
  return t.dtype.startsWith("float") ? t : divide(t, 1);
}

/** A constant of x's shape, which derivatives do not see. */
function constant(x: Tensor): Tensor {
  return x.detach();
}

/**
 * x · 2ⁿ, rounded once: n is cut into three exponents of normal powers, of which the last product alone
 * can round. n is a float with whole values.
 */
function scaled(x: Tensor, n: Tensor): Tensor {
  const { lowest, highest, digits } = limitsOf(x);
  const whole = clip(n, 2 * lowest - 2 * digits, 2 * highest + 2 * digits);
  const last = clip(whole, lowest, highest);
  const rest = subtract(whole, last);
  const second = clip(rest, lowest, highest);
  const first = subtract(rest, second);
  return multiply(multiply(multiply(x, exp2(first)), exp2(second)), exp2(last));
}

/**
 * The part behind the point and the whole part, both with the sign of x: [fraction, whole]. Of infinities
 * the fraction is 0. Derivatives: 1 and 0.
 *
 * @example
 * ```ts
 * modf([3.5, -0.25]).map((x) => x.toArray()); // [[0.5, -0.25], [3, 0]]
 * ```
 */
export function modf(x: TensorLike): [Tensor, Tensor] {
  const t = toFloat(x, "modf");
  const none = copysign(0, constant(t)).astype(t.dtype);
  return [where(isinf(t), none, fmod(t, 1)), trunc(t)];
}

/**
 * x · 2ⁿ, rounded once, for integers n; broadcast. The derivative in x is 2ⁿ.
 *
 * @example
 * ```ts
 * ldexp(5, [0, 1, -1]).toArray(); // [5, 10, 2.5]
 * ```
 * @throws if n is not an int32, or if shapes do not broadcast
 */
export function ldexp(x: TensorLike, n: TensorLike): Tensor {
  const who = "ldexp";
  const t = toFloat(x, who);
  const by = isHandle(n) ? n : fromData(n, DType.Int32, who);
  if (by.dtype !== "int32") {
    throw new TypeError(`${who}: exponents are int32, not ${by.dtype}; use astype("int32")`);
  }
  const wide = by.astype("float64");
  // Beyond these every result is 0 or infinite; within them float32 is exact.
  const near = clip(wide, -5000, 5000);
  return scaled(t, near.astype(t.dtype));
}

/**
 * Mantissa and exponent: [m, n] with x = m · 2ⁿ, where 0.5 ≤ |m| < 1 and n is int32. Of 0, infinities and
 * NaN m is x itself and n is 0. The derivative of m is 2⁻ⁿ.
 *
 * @example
 * ```ts
 * frexp([8, -0.75]).map((x) => x.toArray()); // [[0.5, -0.75], [4, 0]]
 * ```
 */
export function frexp(x: TensorLike): [Tensor, Tensor] {
  const t = toFloat(x, "frexp");
  const { lowest, digits } = limitsOf(t);
  const value = constant(t);
  const usual = isfinite(value);
  const size = abs(where(usual, value, 0));
  const zero = equal(size, 0);
  // Subnormal numbers are lifted first; the logarithm is wrong by a step at most.
  const tiny = less(size, 2 ** lowest);
  const lifted = where(zero, 0.5, where(tiny, multiply(size, 2 ** digits), size));
  const guess = add(floor(log2(lifted)), 1);
  const about = scaled(lifted, multiply(guess, -1));
  const high = greaterEqual(about, 1).astype(t.dtype);
  const low = less(about, 0.5).astype(t.dtype);
  const found = subtract(add(guess, high), low);
  const exponent = subtract(found, where(tiny, digits, 0));
  const n = where(logicalOr(zero, isnan(value)), 0, where(usual, exponent, 0)).astype(t.dtype);
  return [scaled(t, multiply(n, -1)), n.astype("int32")];
}

/** Operands in their common float dtype. */
function common(x: TensorLike, y: TensorLike, who: string): [Tensor, Tensor] {
  const [a, b] = [toTensor(x, who), toTensor(y, who)];
  const met = resultType(a, b);
  const dtype = met.startsWith("float") ? met : divide(a, 1).dtype;
  return [a.astype(dtype), b.astype(dtype)];
}

/**
 * How far to go from numbers that are not negative so that rounding ends at a neighbour, and by what to
 * multiply before. Source: Rump, Zimmermann, Boldo, Melquiond, "Computing predecessor and successor in
 * rounding to nearest", BIT 49 (2009), algorithm 2.
 */
function steps(size: Tensor): { step: Tensor; factor: Tensor } {
  const { lowest, digits } = limitsOf(size);
  const unit = 2 ** -digits;
  const least = 2 ** (lowest - digits + 1);
  const small = less(size, 2 ** (lowest + digits));
  const subnormal = less(size, 2 ** (lowest + 1));
  const factor = where(subnormal, 1, where(small, 2 ** digits, 1)).astype(size.dtype);
  const far = multiply(multiply(size, factor), unit * (1 + 2 * unit));
  return { step: where(subnormal, least, far).astype(size.dtype), factor };
}

/** The neighbours of numbers that are not negative, away from 0 or towards it. */
function neighbour(size: Tensor, away: Tensor): Tensor {
  const { digits, largest } = limitsOf(size);
  const { step, factor } = steps(constant(size));
  const lifted = multiply(size, factor);
  const moved = where(away, add(lifted, step), subtract(lifted, step));
  const down = where(equal(factor, 1), 1, 2 ** -digits).astype(size.dtype);
  return where(isinf(size), where(away, size, largest), multiply(moved, down)).astype(size.dtype);
}

/**
 * The next float after x in the direction of y; x where both are equal. Broadcast. It is x plus a constant:
 * the derivative in x is 1, that in y 0.
 *
 * @example
 * ```ts
 * nextafter(tensor(1, { dtype: "float64" }), 2).item(); // 1.0000000000000002
 * ```
 * @throws if shapes do not broadcast
 */
export function nextafter(x: TensorLike, y: TensorLike): Tensor {
  [x, y] = unrounded("nextafter", x, y);
  const [from, to] = common(x, y, "nextafter");
  const target = constant(to);
  const turn = where(equal(from, 0), copysign(1, target), copysign(1, constant(from)));
  const sign = constant(turn).astype(from.dtype);
  const size = multiply(from, sign);
  const goal = multiply(target, sign);
  const moved = multiply(sign, neighbour(size, greater(goal, size)));
  const none = logicalOr(isnan(from), isnan(target));
  return where(none, add(constant(from), target), where(equal(goal, size), from, moved));
}

/**
 * The distance from x to the next float away from 0, with the sign of x: one unit in the last place.
 * Infinities have none: NaN. The derivative is 0.
 *
 * @example
 * ```ts
 * spacing(tensor([1, -4], { dtype: "float64" })).toArray(); // [2.220446049250313e-16, -8.881784197001252e-16]
 * ```
 */
export function spacing(x: TensorLike): Tensor {
  const t = constant(toFloat(x, "spacing"));
  const sign = copysign(1, where(equal(t, 0), 1, t)).astype(t.dtype);
  const size = multiply(t, sign);
  const gap = subtract(neighbour(size, toTensor(true, "spacing")), size);
  return where(isfinite(t), multiply(sign, gap), NaN).astype(t.dtype);
}
