// What all distributions share. Where a value is outside of what it may be, `where` chooses a constant:
// no derivative passes there, whatever the formula gave.
import {
  add,
  divide,
  greater,
  less,
  log,
  log1p,
  logicalAnd,
  multiply,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";

/** log √(2π). */
export const LOG_ROOT_2PI = 0.9189385332046727;

/** (x - loc) / scale, a float. */
export function standard(x: TensorLike, loc: TensorLike, scale: TensorLike): Tensor {
  const t = toTensor(x, "stats");
  const y = loc === 0 ? t : subtract(t, loc);
  return scale === 1 && y.dtype.startsWith("float") ? y : divide(y, scale);
}

/** loc + scale·z. */
export function placed(z: TensorLike, loc: TensorLike, scale: TensorLike): Tensor {
  const y = scale === 1 ? toTensor(z, "stats") : multiply(z, scale);
  return loc === 0 ? y : add(y, loc);
}

/** y / scale. */
export function over(y: Tensor, scale: TensorLike): Tensor {
  return scale === 1 ? y : divide(y, scale);
}

/** y - log(scale). */
export function lessLog(y: Tensor, scale: TensorLike): Tensor {
  return scale === 1 ? y : subtract(y, log(scale));
}

/** y, but NaN where a parameter is not positive. */
export function valid(y: Tensor, ...parameters: TensorLike[]): Tensor {
  return parameters.reduce<Tensor>(
    (z, p) => (typeof p === "number" && p > 0 ? z : where(greater(p, 0), z, NaN)),
    y,
  );
}

/** y where z is between two numbers, `outside` where it is not; NaN stays. */
export function within(z: Tensor, from: number, to: number, y: Tensor, outside: number): Tensor {
  return where(less(z, from), outside, where(greater(z, to), outside, y));
}

/** A polynomial, the lowest coefficient first. */
export function polynomial(x: Tensor, coefficients: readonly number[]): Tensor {
  return coefficients.reduceRight<Tensor>((sum, c) => add(multiply(sum, x), c), multiply(x, 0));
}

/** q as a float, NaN outside of 0 … 1. */
export function probability(q: TensorLike): Tensor {
  const p = standard(q, 0, 1);
  return within(p, 0, 1, p, NaN);
}

/** log(p) for p + rest = 1: neither end loses digits. */
export function logOf(p: Tensor, rest: Tensor): Tensor {
  const near = logicalAnd(less(rest, 0.5), greater(p, 0.5));
  return where(near, log1p(multiply(rest, -1)), logOfSmall(p));
}

/**
 * log(p) as log(c p) - log(c) with the constant c = 1 / p where p is small: derivatives of the logarithm
 * have powers of 1 / p, which overflow long before what comes out of them. (Reverse mode still has 1 / p
 * once, times slopes: that may overflow where p is within their size of the smallest numbers.)
 */
function logOfSmall(p: Tensor): Tensor {
  const single = p.dtype === "float32";
  const fixed = stopGradient(p);
  const most = single ? 2 ** 126 : 2 ** 1022;
  const c = where(less(fixed, 1 / most), most, divide(1, fixed));
  const scale = where(less(fixed, single ? 1e-6 : 1e-50), c, 1);
  return subtract(log(multiply(p, scale)), log(scale));
}
