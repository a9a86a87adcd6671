// Initial value problems by an embedded Runge-Kutta pair. Steps that are accepted are recorded like any
// other operations; how long they are is decided by values alone.
import {
  abs,
  add,
  clip,
  divide,
  greaterEqual,
  isnan,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  matmul,
  maximum,
  mean,
  minimum,
  multiply,
  power,
  sign,
  sqrt,
  square,
  stack,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { told } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import { tensor } from "../create.js";
import type { Dtype } from "../dtype.js";
import { shapeText } from "../errors.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { noGrad, stopGradient } from "../transforms/control.js";
import { checkFunction, checkResult, hasFloats } from "../transforms/scope.js";
import { ravelTree } from "../trees/ravel.js";
import { space } from "../trees/space.js";
import { asTensors, type Inside, type Next } from "./carry.js";
import { knownValue } from "./deciding.js";
import { loopWhile, type LoopOptions, type WhileOptions } from "./loops.js";
import { scan } from "./scan.js";

/** How exactly, and how far at once. */
export interface OdeintOptions extends LoopOptions {
  /** Error of a step that is allowed, relative to y. Default 1.4e-8 in float64, 1e-5 in float32. */
  rtol?: number;
  /** Error that is allowed whatever y is. Default: the same. */
  atol?: number;
  /**
   * Steps from one time to the next, at most. Default 10,000. In a function of `compile` in which the
   * solution depends on an argument it must be said: the program has so many, and does not look whether
   * they were enough.
   */
  mxstep?: number;
  /** The longest step. Default: any. */
  hmax?: number;
  /** The first step that is tried. By default it is estimated (Hairer, Nørsett, Wanner). */
  h0?: number;
}

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

/** A point on the solution: y and its slope at t, and how long a step may be there. */
interface Point {
  y: Tensor;
  slope: Tensor;
  t: Tensor;
  size: Tensor;
}

/** On the way to a time. */
interface Way extends Point {
  arrived: Tensor;
  /** Steps would have to be so short that t stays what it is. */
  stuck: Tensor;
  steps: Tensor;
}

type Slope = (y: Tensor, t: Tensor) => Tensor;

interface Tolerances {
  rtol: number;
  atol: number;
  hmax: number;
}

/** A loop over steps. */
const loop = loopWhile as unknown as (
  who: string,
  condFn: (way: Way) => Tensor,
  bodyFn: (way: Way) => Way,
  init: Way,
  options: WhileOptions,
  limitName: string,
) => Way;

/**
 * y at the times t of the solution of dy/dt = f(y, t) that is y0 at t[0]: for each leaf of the tree y0 a
 * tensor with a new first axis, as long as t. Times may fall, or go back and forth. f gets y in the form of
 * y0, with tensors for numbers, and t as a 0-d tensor, and returns the slope in the same form.
 *
 * Steps are Dormand's and Prince's of order 5, as long as their estimated error allows, and end at each t.
 * Derivatives, in both modes and to any order, by y0, t and everything that f uses, are those of the steps
 * as they are, whose sizes count as constants: they are as exact as the solution, which no equation is
 * solved backwards for. Long ways keep some states on the tape and make the others again (see `checkpoint`
 * in the options). Inside `vmap` every example has steps of its own. For stiff equations, whose steps would
 * be short for stability's sake alone, this is no good method. (SciPy, JAX and HIPS odeint.)
 *
 * @example
 * ```ts
 * const y = odeint((y) => multiply(y, -1), 1, [0, 1, 2]);
 * y.at(2).item().toFixed(7); // "0.1353353"
 * const end = (k: Tensor) => odeint((y: Tensor) => multiply(y, k), 1, [0, 1]).at(1);
 * grad(end)(1).toFixed(6); // "2.718282"
 * ```
 * @throws if f changes form or shapes, y0 holds no floats, t is no vector, or steps become too short or
 * too many
 */
export function odeint<T>(
  f: (y: NoInfer<Inside<T>>, t: Tensor) => NoInfer<Next<Inside<T>>>,
  y0: T,
  t: TensorLike,
  options: OdeintOptions = {},
): NoInfer<Inside<T>> {
  const who = "odeint";
  checkOptions(options, who, "rtol atol mxstep hmax h0 checkpoint");
  checkFunction(f, who);
  const { checkpoint, mxstep = 10_000 } = options;
  if (!Number.isInteger(mxstep) || mxstep < 1) {
    throw new RangeError(`${who}: mxstep is ${told(mxstep)}, not a positive integer`);
  }
  const start = asTensors(y0, who) as Inside<T>;
  const [y, unravel] = ravelTree(start);
  if (!hasFloats(y)) throw new TypeError(`${who}: y0 holds ${y.dtype}, not floats`);
  const times = toTensor(t, who).astype(y.dtype);
  if (times.ndim !== 1 || times.size === 0) {
    throw new RangeError(`${who}: t must be a vector of times, got ${shapeText(times.shape)}`);
  }
  const form = space(start);
  const slopeOf: Slope = (at, time) => {
    const out = f(unravel(at) as Inside<T>, time);
    checkResult(out, who);
    return form.ravel(asTensors(out, who), `${who}: the slope`).astype(y.dtype);
  };
  const usual = y.dtype === "float32" ? 1e-5 : 1.4e-8;
  const rtol = positive(options.rtol ?? usual, "rtol", who);
  const atol = positive(options.atol ?? usual, "atol", who);
  const tolerances = { rtol, atol, hmax: positive(options.hmax ?? Infinity, "hmax", who) };
  const first = times.at(0);
  const slope = slopeOf(y, first);
  const size =
    options.h0 === undefined
      ? firstSize(slopeOf, { y, slope, t: first }, times.at(-1), tolerances)
      : tensor(positive(options.h0, "h0", who), { dtype: y.dtype });
  const step = steps(slopeOf, y.dtype, tolerances);
  const walk = (point: Point, target: Tensor): [Point, Inside<T>] => {
    const no = less(point.size, 0);
    const way = loop(
      who,
      ({ arrived, stuck, steps }) =>
        logicalAnd(logicalNot(logicalOr(arrived, stuck)), less(steps, mxstep)),
      (now) => step(now, target),
      { ...point, arrived: no, stuck: no, steps: multiply(point.size, 0) },
      {
        ...(checkpoint === undefined ? {} : { checkpoint }),
        // Not said by the user, it is no number of steps that a program should have.
        ...(options.mxstep === undefined ? {} : { maxIter: mxstep }),
      },
      "mxstep",
    );
    checkArrived(way, mxstep, who);
    const { y, slope, t, size } = way;
    return [{ y, slope, t, size }, unravel(y) as Inside<T>];
  };
  const begin: Point = { y, slope, t: first, size: minimum(size, tolerances.hmax) };
  const how = checkpoint === undefined ? {} : { checkpoint };
  return (scan as unknown as Scan)(walk, begin, times, how)[1] as Inside<T>;
}

type Scan = (
  f: (point: Point, target: Tensor) => [Point, unknown],
  begin: Point,
  times: Tensor,
  options: LoopOptions,
) => [Point, unknown];

function positive(x: unknown, what: string, who: string): number {
  if (typeof x !== "number" || !(x > 0)) {
    throw new RangeError(`${who}: ${what} is ${told(x)}, not a positive number`);
  }
  return x;
}

/** Root of the mean square. */
function sizeOf(x: Tensor): Tensor {
  return x.size === 0 ? x.sum() : sqrt(mean(square(x)));
}

/** One step of the pair, or the attempt at one: the next state of a way. */
function steps(f: Slope, dtype: Dtype, { rtol, atol, hmax }: Tolerances) {
  const row = (weights: readonly number[]): Tensor => tensor(weights, { dtype });
  const [stages, result, error] = [STAGES.map(row), row(RESULT), row(ERROR)];
  const least = dtype === "float32" ? 2 ** -21 : 2 ** -50;
  const tiny = dtype === "float32" ? 1e-37 : 1e-300;
  return (now: Way, target: Tensor): Way => {
    const { y, t } = now;
    const rest = subtract(target, t);
    const left = stopGradient(rest);
    const last = greaterEqual(now.size, abs(left));
    const h = where(last, rest, multiply(now.size, sign(left)));
    const slopes = [now.slope];
    stages.forEach((weights, i) => {
      const at = add(y, multiply(h, matmul(weights, stack(slopes))));
      slopes.push(f(at, add(t, multiply(h, TIMES[i]!))));
    });
    const next = add(y, multiply(h, matmul(result, stack(slopes))));
    const time = where(last, target, add(t, h));
    const slope = f(next, time);
    slopes.push(slope);

    const size = abs(stopGradient(h));
    const off = multiply(size, matmul(error, stack(slopes.map((k) => stopGradient(k)))));
    const large = maximum(abs(stopGradient(y)), abs(stopGradient(next)));
    const ratio = sizeOf(divide(off, add(atol, multiply(rtol, large))));
    const good = lessEqual(ratio, 1);
    const wanted = clip(multiply(0.9, power(maximum(ratio, 1e-10), -0.2)), 0.2, 10);
    const factor = where(isnan(ratio), 0.2, where(good, maximum(wanted, 1), wanted));
    const other = multiply(size, factor);
    // A step that was cut short at the end says nothing about longer ones.
    const grown = where(logicalAnd(good, last), maximum(now.size, other), other);
    const short = lessEqual(other, maximum(multiply(least, abs(stopGradient(t))), tiny));
    return {
      y: where(good, next, y),
      slope: where(good, slope, now.slope),
      t: where(good, time, t),
      size: minimum(grown, hmax),
      arrived: logicalAnd(good, last),
      stuck: logicalAnd(logicalNot(good), short),
      steps: add(now.steps, 1),
    };
  };
}

/** A first step (Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, II.4). */
function firstSize(
  f: Slope,
  from: Omit<Point, "size">,
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

/** Throws if some example has not arrived. */
function checkArrived({ arrived, stuck, t }: Way, mxstep: number, who: string): void {
  const known = knownValue(arrived, who, "the way");
  const list = known === undefined ? [] : "one" in known ? [known.one] : known.each;
  if (list.every((x) => x !== 0)) return;
  const at = knownValue(t, who, "the time");
  const place = at !== undefined && "one" in at ? ` at t = ${at.one}` : "";
  const short = knownValue(stuck, who, "the way");
  if (short !== undefined && ("one" in short ? short.one !== 0 : short.each.some((x) => x !== 0))) {
    throw new Error(`${who}: steps became too short${place}: the slope is not finite, or y is not`);
  }
  throw new Error(
    `${who}: ${mxstep} steps are not enough${place}; the equation may be stiff, or { mxstep, rtol, atol } too strict`,
  );
}
