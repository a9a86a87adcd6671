// Logarithms of probabilities that are too small for a number. Far out on the scale of the logarithm of z
// (of its odds, for the beta distribution) what is integrated falls off like e^(-s), but for a factor
// close to 1: Gauss and Laguerre's rule does the rest (Abramowitz and Stegun, 25.4.45).
import {
  add,
  divide,
  exp,
  expm1,
  greater,
  isfinite,
  less,
  log,
  log1p,
  logicalAnd,
  multiply,
  negative,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { betaln, gammaln } from "../../build/generated/rows/index.js";
import type { TensorLike } from "../convert.js";
import { isKnown } from "../handle.js";
import { any } from "../ops/counting.js";
import type { Tensor } from "../tensor.js";
import { logOf } from "./parts.js";

/** Zeros of the Laguerre polynomial of degree 8, and their weights. */
// prettier-ignore
const RULE = [
  [0.170279632305101, 0.3691885893416375], [0.9037017767993799, 0.41878678081434295],
  [2.2510866298661307, 0.1757949866371718], [4.266700170287659, 0.03334349226121565],
  [7.0459054023934655, 0.0027945362352256725], [10.758516010180996, 9.076508773358213e-05],
  [15.740678641278006, 8.485746716272531e-07], [22.863131736889265, 1.0480011748715104e-09],
] as const;

/** log ∫ e^(-d v - bend(v)) dv from 0 on. */
function logIntegral(d: Tensor, bend: (v: Tensor) => Tensor): Tensor {
  const terms = RULE.map(([s, w]) => multiply(exp(negative(bend(divide(s, d)))), w));
  return subtract(log(terms.reduce((sum, term) => add(sum, term))), log(d));
}

/** x, or where it does not matter a number that does no harm. */
type Choose = (x: TensorLike, harmless: number) => Tensor;

/** log(p) for p + rest = 1, and where p is hardly a number any more `tail`, of operands that it chooses. */
function beyond(p: Tensor, rest: Tensor, inside: Tensor, tail: (of: Choose) => Tensor): Tensor {
  const y = logOf(p, rest);
  const far = logicalAnd(less(p, p.dtype === "float32" ? 1e-36 : 1e-290), inside);
  if (isKnown(far) && any(far).item() === 0) return y;
  return where(
    far,
    // Its terms cancel: what is left of float32 would have few digits.
    tail((x, harmless) => where(far, x, harmless).astype("float64")).astype(p.dtype),
    y,
  );
}

/** log(p), where p is gammainc(a, z) or, above z, gammaincc(a, z). */
export function logOfGamma(
  p: Tensor,
  rest: Tensor,
  shape: TensorLike,
  z: TensorLike,
  above: boolean,
): Tensor {
  const outwards = above ? greater(z, shape) : less(z, shape);
  const numbers = logicalAnd(greater(shape, 0), isfinite(add(shape, z)));
  const inside = logicalAnd(outwards, logicalAnd(greater(z, 0), numbers));
  return beyond(p, rest, inside, (of) => {
    const [a, t] = [of(shape, 1), of(z, above ? 2 : 0.5)];
    const d = above ? subtract(t, a) : subtract(a, t);
    const front = subtract(subtract(multiply(a, log(t)), t), gammaln(a));
    const bend = (v: Tensor): Tensor => {
      const u = above ? v : negative(v);
      return multiply(t, subtract(expm1(u), u));
    };
    return add(front, logIntegral(d, bend));
  });
}

/** log(p), where p is betainc(a, b, x), given x, 1 - x and the logarithm of x. */
export function logOfBeta(
  p: Tensor,
  rest: Tensor,
  [shapeA, shapeB]: readonly [TensorLike, TensorLike],
  x: TensorLike,
  other: TensorLike,
  logX: TensorLike = log(x),
): Tensor {
  const outwards = greater(multiply(shapeA, other), multiply(shapeB, x));
  const shapes = logicalAnd(greater(shapeA, 0), greater(shapeB, 0));
  const inside = logicalAnd(logicalAnd(outwards, shapes), isfinite(logX));
  return beyond(p, rest, inside, (of) => {
    const [a, b] = [of(shapeA, 1), of(shapeB, 1)];
    const [t, logT] = [of(x, 0.25), of(logX, Math.log(0.25))];
    const logs = add(multiply(a, logT), multiply(b, log1p(negative(t))));
    const d = subtract(multiply(a, of(other, 0.75)), multiply(b, t));
    const bend = (v: Tensor): Tensor =>
      multiply(add(a, b), add(log1p(multiply(t, expm1(negative(v)))), multiply(t, v)));
    return add(subtract(logs, betaln(a, b)), logIntegral(d, bend));
  });
}
