// Initial value problems by an embedded Runge-Kutta pair.
import {
  isfinite,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  minimum,
  multiply,
  abs,
  subtract,
} from "../../build/generated/ops.js";
import { told } from "../arguments.js";
import { fromData, toTensor, type TensorLike } from "../convert.js";
import { tensor } from "../create.js";
import { dtypeCode } from "../dtype.js";
import { shapeText } from "../errors.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { all } from "../ops/counting.js";
import { stopGradient } from "../transforms/control.js";
import { checkFunction, checkResult, hasFloats, leafTensor } from "../transforms/scope.js";
import { mapTree } from "../tree.js";
import { ravelTree } from "../trees/ravel.js";
import { space } from "../trees/space.js";
import { asTensors, type Inside, type Next } from "./carry.js";
import { knownValue, type Known } from "./deciding.js";
import { loopWhile, type LoopOptions, type WhileOptions } from "./loops.js";
import { firstProbe, firstSize, type Point, type Slope } from "./odesizes.js";
import { steps, type Way } from "./odesteps.js";
import { scan } from "./scan.js";
import { checkSegmented } from "./segments.js";

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
  /** The longest step. By default the solution alone decides, and how fast slopes change with y. */
  hmax?: number;
  /** The first step that is tried. By default it is estimated (Hairer, Nørsett, Wanner). */
  h0?: number;
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
 * as they are, whose sizes count as constants; no equation is solved backwards for them. They are about as
 * exact as the solution as far as it shows what they depend on. Where it does not, as at equilibria, steps
 * are limited by how fast slopes change with y, as far as a tenth of `mxstep` goes: derivatives have some
 * four digits there by the default tolerances. What a parameter has switched off, as k = 0 in
 * y' = k·sin(50t), no step can know of: `hmax` says how long they may be for its sake. Long ways keep some
 * states on the tape and make the others again (see `checkpoint` in the options). Inside `vmap` every
 * example has steps of its own; inside `compile` each takes twice the work. For stiff equations, whose
 * steps would be short for stability's sake alone, this is no good method. (SciPy, JAX and HIPS odeint.)
 *
 * @example
 * ```ts
 * const y = odeint((y) => multiply(y, -1), 1, [0, 1, 2]);
 * y.at(2).item().toFixed(7); // "0.1353353"
 * const end = (k: Tensor) => odeint((y: Tensor) => multiply(y, k), 1, [0, 1]).at(1);
 * grad(end)(1).toFixed(6); // "2.718282"
 * ```
 * @throws if f changes form or shapes, y0 holds no floats or others too, t is no vector of finite times, or
 * steps become too short or too many
 */
export function odeint<const T>(
  f: (y: NoInfer<Inside<T>>, t: Tensor) => Next<NoInfer<Inside<T>>>,
  y0: T,
  t: TensorLike,
  options: OdeintOptions = {},
): Inside<T> {
  const who = "odeint";
  checkOptions(options, who, "rtol atol mxstep hmax h0 checkpoint");
  checkFunction(f, who);
  const { checkpoint, mxstep = 10_000 } = options;
  checkSegmented(checkpoint, who);
  if (!Number.isInteger(mxstep) || mxstep < 1) {
    throw new RangeError(`${who}: mxstep is ${told(mxstep)}, not a positive integer`);
  }
  const start = floatTensors(y0, who) as Inside<T>;
  const [y, unravel] = ravelTree(start);
  const times = timesOf(t, y, who);
  const form = space(start);
  const slopeOf: Slope = (at, time) => {
    const out = f(unravel(at) as Inside<T>, time);
    checkResult(out, who);
    return form.ravel(asTensors(out, who), `${who}: the slope`).astype(y.dtype);
  };
  const usual = y.dtype === "float32" ? 1e-5 : 1.4e-8;
  const rtol = positive(options.rtol ?? usual, "rtol", who);
  const atol = positive(options.atol ?? usual, "atol", who);
  const hmax = positive(options.hmax ?? Infinity, "hmax", who);
  const tolerances = { rtol, atol, hmax, mxstep };
  const first = times.at(0);
  const slope = slopeOf(y, first);
  const size =
    options.h0 === undefined
      ? firstSize(slopeOf, { y, slope, t: first }, times.at(-1), tolerances)
      : tensor(positive(options.h0, "h0", who), { dtype: y.dtype });
  const step = steps(who, slopeOf, y, tolerances);
  const walk = (point: Point, target: Tensor): [Point, Inside<T>] => {
    const no = less(point.size, 0);
    const span = abs(stopGradient(subtract(target, point.t)));
    const way = loop(
      who,
      ({ arrived, stuck, steps }) =>
        logicalAnd(logicalNot(logicalOr(arrived, stuck)), less(steps, mxstep)),
      (now) => step(now, target, span),
      { ...point, arrived: no, stuck: no, steps: multiply(point.size, 0) },
      {
        ...(checkpoint === undefined ? {} : { checkpoint }),
        // Not said by the user, it is no number of steps that a program should have.
        ...(options.mxstep === undefined ? {} : { maxIter: mxstep }),
      },
      "mxstep",
    );
    checkArrived(way, mxstep, who);
    const { y, slope, t, size, probe } = way;
    return [{ y, slope, t, size, probe }, unravel(y) as Inside<T>];
  };
  const begin: Point = { y, slope, t: first, size: minimum(size, hmax), probe: firstProbe(y) };
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

/** A tree with tensors for leaves, all of floats. */
function floatTensors(tree: unknown, who: string): unknown {
  let count = 0;
  const leaves = mapTree(tree, (leaf, path) => {
    const x = leafTensor(leaf, who);
    count++;
    if (hasFloats(x)) return x;
    throw new TypeError(`${who}: y0${path} holds ${x.dtype}, not floats`);
  });
  if (count === 0) throw new TypeError(`${who}: y0 holds no tensors or numbers`);
  return leaves;
}

/** Times in the dtype of y, as exact as they are given. */
function timesOf(t: TensorLike, y: Tensor, who: string): Tensor {
  const times = (
    Array.isArray(t) ? fromData(t, dtypeCode(y.dtype, who), who) : toTensor(t, who)
  ).astype(y.dtype);
  if (times.ndim !== 1 || times.size === 0) {
    throw new RangeError(`${who}: t must be a vector of times, got ${shapeText(times.shape)}`);
  }
  const finite = valuesOf(knownValue(all(isfinite(times)), who, "t"));
  if (finite.some((x) => x === 0)) {
    for (let i = 0; i < times.size; i++) {
      const bad = valuesOf(knownValue(times.at(i), who, "t")).find((x) => !Number.isFinite(x));
      if (bad !== undefined) throw new RangeError(`${who}: t[${i}] is ${bad}`);
    }
  }
  return times;
}

/** Values of all examples, none if they cannot be read. */
function valuesOf(known: Known): readonly number[] {
  return known === undefined ? [] : "one" in known ? [known.one] : known.each;
}

/** Throws if some example has not arrived. */
function checkArrived({ arrived, stuck, t }: Way, mxstep: number, who: string): void {
  if (valuesOf(knownValue(arrived, who, "the way")).every((x) => x !== 0)) return;
  const at = knownValue(t, who, "the time");
  const place = at !== undefined && "one" in at ? ` at t = ${at.one}` : "";
  if (valuesOf(knownValue(stuck, who, "the way")).some((x) => x !== 0)) {
    throw new Error(
      `${who}: steps became too short${place}: the slope or y is not finite, or the dtype has no room for times between`,
    );
  }
  throw new Error(
    `${who}: ${mxstep} steps are not enough${place}; the equation may be stiff, or { mxstep, rtol, atol } too strict`,
  );
}
