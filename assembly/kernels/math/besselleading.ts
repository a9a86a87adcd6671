// What the power series of Bessel functions of large orders begin with.

import { Exact } from "./double";
import { Gamma } from "./gamma";

export const LOG_1E200: f64 = 460.51701859880916;
const LOG_1E200_LOW: f64 = -2.2098842394841984e-14;

/**
 * (x / 2)^v / gamma(v + 1) for v ≥ 10, times 1e200^shift e^-less: the exponent, v (1 + ln(x / 2v)) by
 * Stirling's formula, in twice the precision.
 */
export function leading(v: f64, x: f64, shift: f64, less: f64): f64 {
  Exact.quotient(0.5 * x, 0, v, 0);
  if (!(Exact.high > 1e-300)) return 0;
  Exact.log(Exact.high, Exact.low);
  Exact.product(Exact.high, Exact.low, v, 0);
  let low = Exact.low;
  Exact.sum(Exact.high, v);
  low += Exact.low;
  const high = Exact.high;
  Exact.product(LOG_1E200, LOG_1E200_LOW, shift, 0);
  low += Exact.low;
  Exact.sum(high, Exact.high);
  low += Exact.low;
  Exact.sum(Exact.high, -less);
  low += Exact.low - Gamma.stirling(v);
  return (NativeMath.exp(Exact.high) * NativeMath.exp(low)) / sqrt<f64>(2 * Math.PI * v);
}
