// Linear systems that are known by what they do to a vector only. Nothing here is recorded: linearSolve
// gives the derivatives.
import {
  abs,
  add,
  divide,
  equal,
  greater,
  less,
  logicalAnd,
  logicalOr,
  max,
  multiply,
  sqrt,
  square,
  subtract,
  sum,
  where,
} from "../../build/generated/ops.js";
import { onesLike, zerosLike } from "../create.js";
import type { Tensor } from "../tensor.js";
import { decide } from "./deciding.js";
import { loopWhile } from "./loops.js";

/** A linear function of vectors. */
export type Product = (v: Tensor) => Tensor;

/** When a solver stops. */
export interface SolverOptions {
  /**
   * It stops where the residual is at most so many times as long as the right-hand side. Default 1e-12
   * in float64, 1e-6 in float32.
   */
  tol?: number;
  /** Or at most so long. Default 0. */
  atol?: number;
  /**
   * Steps at most. Default ten times the number of unknowns. For `cg` in a function of `compile` in which the
   * system depends on an argument it must be said.
   */
  maxIter?: number;
}

interface Limits {
  /** Square of the residual's length that is small enough. */
  enough: Tensor;
  steps: number;
}

const dot = (x: Tensor, y: Tensor): Tensor => sum(multiply(x, y));

/**
 * What a right-hand side is divided by: 1, or its largest element where squares of residuals would leave
 * the range of numbers.
 */
export function sizeOf(b: Tensor): Tensor {
  if (b.size === 0) return onesLike(b).sum();
  const most = max(abs(b));
  const [least, largest] = b.dtype === "float32" ? [1e-10, 1e15] : [1e-130, 1e140];
  const small = logicalAnd(less(most, least), greater(most, 0));
  const large = logicalAnd(greater(most, largest), less(most, Infinity));
  return where(logicalOr(small, large), most, 1);
}

function limitsOf(b: Tensor, options: SolverOptions | undefined, size: Tensor): Limits {
  const tol = options?.tol ?? (b.dtype === "float32" ? 1e-6 : 1e-12);
  const absolute = square(divide(options?.atol ?? 0, size));
  const relative = multiply(dot(b, b), tol * tol);
  const enough = where(greater(relative, absolute), relative, absolute);
  return { enough, steps: options?.maxIter ?? 10 * b.size };
}

/** x / y, and 0 where y is. */
function ratio(x: Tensor | number, y: Tensor): Tensor {
  const none = equal(y, 0);
  return where(none, 0, divide(x, where(none, 1, y)));
}

/**
 * Conjugate gradients, for symmetric positive definite products. (Hestenes and Stiefel 1952.) Indefinite
 * ones do as well as long as pᵀAp is not 0. Where it is, no step leads on: NaN, unless all that is left of
 * the residual is too small for its square.
 */
export function conjugateGradients(
  product: Product,
  b: Tensor,
  options: SolverOptions | undefined,
  size: Tensor,
): Tensor {
  const { enough, steps } = limitsOf(b, options, size);
  const rounding = b.dtype === "float32" ? 1e-12 : 1e-29;
  const negligible = multiply(dot(b, b), rounding);
  const start = { x: zerosLike(b), r: b, p: b, rr: dot(b, b), i: 0 };
  return loopWhile(
    "cg",
    ({ rr, i }) => logicalAnd(greater(rr, enough), less(i, steps)),
    ({ x, r, p, rr, i }) => {
      const q = product(p);
      const pq = dot(p, q);
      const stuck = equal(pq, 0);
      const lost = logicalAnd(stuck, greater(rr, negligible));
      const alpha = where(lost, NaN, ratio(rr, pq));
      const rest = subtract(r, multiply(alpha, q));
      const left = where(stuck, 0, dot(rest, rest));
      return {
        x: add(x, multiply(alpha, p)),
        r: rest,
        p: add(rest, multiply(ratio(left, rr), p)),
        rr: left,
        i: add(i, 1),
      };
    },
    start,
    // Not said by the user, it is no number of steps that a program should have.
    options?.maxIter === undefined ? {} : { maxIter: steps },
  ).x;
}

/** Vectors that are kept before the residual is computed anew. */
const KEPT = 60;

/**
 * The smallest residual over the Krylov space, as GMRES finds it, by the recurrence of ORTHODIR (Young
 * and Jea 1980): products q = A p are kept orthonormal, so no small system is left to solve, and any
 * regular matrix will do.
 */
export function minimalResiduals(
  product: Product,
  b: Tensor,
  options: SolverOptions | undefined,
  size: Tensor,
): Tensor {
  const { enough, steps } = limitsOf(b, options, size);
  // What rounding leaves of a product that depends on those before: the space is exhausted.
  const nothing = b.dtype === "float32" ? 1e-12 : 1e-29;
  let x = zerosLike(b);
  let r = b;
  for (let n = 0; n < steps;) {
    const ps: Tensor[] = [];
    const qs: Tensor[] = [];
    let p = r;
    for (; ps.length < KEPT && n < steps; n++) {
      if (decide(greater(dot(r, r), enough), "gmres", "the residual") === false) return x;
      let q = product(p);
      const whole = dot(q, q);
      // Twice is enough (Kahan, Parlett).
      for (let round = 0; round < 2; round++) {
        for (let i = 0; i < qs.length; i++) {
          const beta = dot(q, qs[i]!);
          q = subtract(q, multiply(beta, qs[i]!));
          p = subtract(p, multiply(beta, ps[i]!));
        }
      }
      const left = dot(q, q);
      const isNew = greater(left, multiply(whole, nothing));
      if (decide(isNew, "gmres", "the product") === false) {
        n++;
        break;
      }
      const scale = where(isNew, ratio(1, sqrt(left)), 0);
      [p, q] = [multiply(p, scale), multiply(q, scale)];
      const alpha = dot(r, q);
      x = add(x, multiply(alpha, p));
      r = subtract(r, multiply(alpha, q));
      ps.push(p);
      qs.push(q);
      p = q;
    }
    r = subtract(b, product(x));
  }
  return x;
}
