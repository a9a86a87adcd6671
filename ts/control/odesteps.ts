// Steps along the solution of a differential equation by Dormand's and Prince's pair, recorded like any
// other operations where they are accepted.
import {
  abs,
  add,
  clip,
  divide,
  equal,
  greater,
  greaterEqual,
  isnan,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  matmul,
  maximum,
  minimum,
  multiply,
  power,
  sign,
  stack,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { tensor } from "../create.js";
import type { Tensor } from "../tensor.js";
import { noGrad, stopGradient } from "../transforms/control.js";
import { knownValue } from "./deciding.js";
import { limiting, sizeOf, type Point, type Slope, type Tolerances } from "./odesizes.js";

/** Dormand and Prince's pair of orders 5 and 4: times, weights of stages, of the result, of its error. */
const TIMES = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1];
const STAGES = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
];
const RESULT = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84];
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/** On the way to a time. */
export interface Way extends Point {
  arrived: Tensor;
  /** Steps would have to be so short that t stays what it is. */
  stuck: Tensor;
  steps: Tensor;
}

/** Whether all examples hold, none does, or neither is known. */
function allOrNone(condition: Tensor, who: string): boolean | undefined {
  const known = knownValue(condition, who, "the step");
  if (known === undefined) return undefined;
  if ("one" in known) return known.one !== 0;
  const first = known.each[0] !== 0;
  return known.each.every((x) => (x !== 0) === first) ? first : undefined;
}

/** One step of the pair, or the attempt at one: the next state of a way whose length is `span`. */
export function steps(who: string, f: Slope, y0: Tensor, tolerances: Tolerances) {
  const { dtype } = y0;
  const { rtol, atol, hmax } = tolerances;
  const row = (weights: readonly number[]): Tensor => tensor(weights, { dtype });
  const [stages, result, error] = [STAGES.map(row), row(RESULT), row(ERROR)];
  // Shorter ones are hardly more than the rounding of t.
  const least = dtype === "float32" ? 2 ** -21 : 2 ** -50;
  const tiny = dtype === "float32" ? 1e-37 : 1e-300;
  const limits = limiting(f, y0, tolerances);

  /** Where a step to a time leads, and the slopes at its stages, of which the last one is there. */
  const attempt = ({ y, slope, t }: Point, time: Tensor): [next: Tensor, slopes: Tensor[]] => {
    // What t becomes is rounded: the step is as long as it is then.
    const h = subtract(time, t);
    const slopes = [slope];
    stages.forEach((weights, i) => {
      const at = add(y, multiply(h, matmul(weights, stack(slopes))));
      slopes.push(f(at, add(t, multiply(h, TIMES[i]!))));
    });
    const next = add(y, multiply(h, matmul(result, stack(slopes))));
    slopes.push(f(next, time));
    return [next, slopes];
  };

  return (now: Way, target: Tensor, span: Tensor): Way => {
    const { y, t } = now;
    const left = stopGradient(subtract(target, t));
    const shortest = maximum(multiply(least, abs(stopGradient(t))), tiny);
    const planned = maximum(now.size, shortest);
    const last = greaterEqual(planned, abs(left));
    const after = (size: Tensor): Tensor => add(t, multiply(size, sign(left)));
    const time = where(last, target, after(planned));
    const size = abs(stopGradient(subtract(time, t)));

    const judge = ([next, slopes]: [Tensor, Tensor[]]): Tensor => {
      const off = multiply(size, matmul(error, stack(slopes.map((k) => stopGradient(k)))));
      const large = maximum(abs(stopGradient(y)), abs(stopGradient(next)));
      return sizeOf(divide(off, add(atol, multiply(rtol, large))));
    };
    // In a program nobody can look whether an attempt failed.
    const blind = knownValue(size, who, "the step") === undefined;
    let tried = blind ? noGrad(() => attempt(now, time)) : attempt(now, time);
    const ratio = stopGradient(judge(tried));
    const good = lessEqual(ratio, 1);
    const known = blind ? undefined : allOrNone(good, who);
    // Zero times what is not finite would be NaN in derivatives: those who failed stay where they are.
    if (known === undefined) tried = attempt(now, where(good, time, t));
    const [next, slopes] = tried;
    const point =
      known === false
        ? now
        : {
            y: known ? next : where(good, next, y),
            slope: known ? slopes.at(-1)! : where(good, slopes.at(-1)!, now.slope),
            t: known ? time : where(good, time, t),
          };

    const wanted = clip(multiply(0.9, power(maximum(ratio, 1e-10), -0.2)), 0.2, 10);
    const factor = where(isnan(ratio), 0.2, where(good, maximum(wanted, 1), wanted));
    const other = multiply(size, factor);
    // A step that was cut short at the end says nothing about longer ones.
    const grown = where(logicalAnd(good, last), maximum(now.size, other), other);
    const { limit, probe } =
      known === false || y.size === 0
        ? { limit: hmax, probe: now.probe }
        : limits({ ...now, ...point }, span);
    return {
      y: point.y,
      slope: point.slope,
      t: point.t,
      size: minimum(minimum(grown, hmax), limit),
      probe,
      arrived: logicalAnd(good, last),
      stuck: logicalAnd(
        logicalNot(good),
        logicalOr(logicalNot(greater(other, shortest)), equal(after(other), time)),
      ),
      steps: add(now.steps, 1),
    };
  };
}
