// How long steps along the solution of a differential equation are: by values alone, which are constants.
import {
  abs,
  add,
  divide,
  greater,
  isnan,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  maximum,
  mean,
  minimum,
  multiply,
  power,
  sign,
  sqrt,
  square,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { tensor } from "../create.js";
import type { Tensor } from "../tensor.js";
import { noGrad, stopGradient } from "../transforms/control.js";

/** Of y′ = λy a step of h is estimated to be wrong by this times (λh)⁵y. */
const FIFTH = 97 / 120_000;

/** A point on the solution: y and its slope at t, and how long a step may be there. */
export interface Point {
  y: Tensor;
  slope: Tensor;
  t: Tensor;
  size: Tensor;
  probe: Probe;
}

/** Where to look for how fast the slope changes with y, and how fast it did the last time. */
interface Probe {
  direction: Tensor;
  rate: Tensor;
  /** Cosine of the angle between the direction and the change of the slope. */
  cosine: Tensor;
}

export type Slope = (y: Tensor, t: Tensor) => Tensor;

export interface Tolerances {
  rtol: number;
  atol: number;
  hmax: number;
  /** Steps on one way, at most. */
  mxstep: number;
}

/** Root of the mean square. */
export function sizeOf(x: Tensor): Tensor {
  return x.size === 0 ? x.sum() : sqrt(mean(square(x)));
}

/** The probe of a way's beginning, in no direction that is likely to be special. */
export function firstProbe(y: Tensor): Probe {
  return {
    direction: tensor(directions(y.size), { dtype: y.dtype }),
    rate: tensor(-1, { dtype: y.dtype }),
    cosine: tensor(0, { dtype: y.dtype }),
  };
}

function directions(n: number): number[] {
  const list = Array.from({ length: n }, (_, i) => Math.cos(i));
  const norm = Math.sqrt(list.reduce((sum, x) => sum + x * x, 0) / n);
  return list.map((x) => x / norm);
}

/**
 * How long a step may be at a point for derivatives' sake. Where y stays what it is its error is 0 whatever
 * the step, but a step must be short against the time in which solutions nearby part or meet: that is seen
 * in a difference of slopes, whose direction is the one to look in next (power iteration). What merely
 * decays has to be stable; what turns or grows, about as exact as y is.
 */
export function limiting(f: Slope, y0: Tensor, { rtol, atol, mxstep }: Tolerances) {
  const { dtype } = y0;
  const start = firstProbe(y0).direction;
  const delta = dtype === "float32" ? 2 ** -11.5 : 2 ** -26;
  const exact = Math.min(0.5, 3 * (rtol / FIFTH) ** 0.2);
  return (point: Point, span: Tensor): { limit: Tensor; probe: Probe } =>
    noGrad(() => {
      const [y, slope, t] = [point.y, point.slope, point.t].map((x) => stopGradient(x));
      const { direction, rate, cosine } = point.probe;
      const scale = multiply(delta, add(Math.min(1, atol / rtol), abs(y!)));
      const there = f(add(y!, multiply(scale, direction)), t!);
      const change = stopGradient(divide(subtract(there, slope!), scale));
      const now = sizeOf(change);
      const seen = logicalAnd(greater(now, 0), less(now, Infinity));
      const turned = where(seen, divide(change, where(seen, now, 1)), 0);
      const toward = mean(multiply(direction, turned));
      const decays = less(maximum(toward, cosine), -0.9);
      // Two in a row: of what turns, place and speed may be measured by different scales.
      const both = where(greater(rate, 0), sqrt(multiply(where(seen, now, 1), abs(rate))), now);
      const bound = maximum(
        divide(where(decays, 1, exact), where(seen, both, 1)),
        // There shall be enough steps to arrive.
        multiply(span, 10 / mxstep),
      );
      const mixed = add(turned, multiply(1e-3, start));
      return {
        limit: where(seen, bound, Infinity).astype(dtype),
        probe: {
          direction: divide(mixed, sizeOf(mixed)).astype(dtype),
          rate: where(seen, now, -1).astype(dtype),
          cosine: toward.astype(dtype),
        },
      };
    });
}

/** A first step (Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, II.4). */
export function firstSize(
  f: Slope,
  from: Pick<Point, "y" | "slope" | "t">,
  end: Tensor,
  { rtol, atol }: Tolerances,
): Tensor {
  const [y, slope, t, to] = [from.y, from.slope, from.t, end].map((x) => stopGradient(x)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  return noGrad(() => {
    const scale = add(atol, multiply(rtol, abs(y)));
    const [d0, d1] = [sizeOf(divide(y, scale)), sizeOf(divide(slope, scale))];
    const flat = logicalOr(less(d0, 1e-5), less(d1, 1e-5));
    const h0 = where(flat, 1e-6, multiply(0.01, divide(d0, where(flat, 1, d1))));
    const h = multiply(h0, sign(subtract(to, t)));
    const there = stopGradient(f(add(y, multiply(h, slope)), add(t, h)));
    const d2 = divide(sizeOf(divide(subtract(there, slope), scale)), h0);
    const most = maximum(d1, d2);
    const still = lessEqual(most, 1e-15);
    const h1 = where(
      still,
      maximum(1e-6, multiply(h0, 1e-3)),
      power(divide(0.01, where(still, 1, most)), 0.2),
    );
    const size = minimum(multiply(100, h0), h1);
    return where(isnan(size), 1e-6, size).astype(y.dtype);
  });
}
