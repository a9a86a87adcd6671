// The normal distribution of vectors. The covariance is eliminated column by column (LDLᵀ), in
// operations that have derivatives of every order; the deviations from the mean go along.
import {
  add,
  divide,
  exp,
  log,
  multiply,
  square,
  subtract,
  sum,
  swapaxes,
} from "../../build/generated/ops.js";
import type { Range } from "../axes.js";
import { alike, checkOperands } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { LOG_ROOT_2PI } from "./parts.js";

const who = "stats.multivariateNormal";

/** The last entries of a shape's ranges. */
function behind(x: Tensor, ...ranges: Range[]): Tensor {
  const ahead = new Array<Range>(x.ndim - ranges.length).fill(null);
  return x.slice([...ahead, ...ranges]);
}

/** A covariance [..., d, d], or variances [..., d] or one variance of independent elements. */
function sized(cov: TensorLike, d: number): Tensor {
  const c = toTensor(cov, who);
  const { shape } = c;
  const square = c.ndim >= 2 && shape.at(-2) === d && shape.at(-1) === d;
  if (square || c.ndim === 0 || (c.ndim === 1 && shape[0] === d)) return c;
  throw new RangeError(
    `${who}: cov must be [..., d, d], or [d] for a diagonal, where d is ${d}: ${shapeText(shape)}`,
  );
}

/** log det cov, and r·cov⁻¹·r for deviations r [..., d]. */
function eliminated(cov: Tensor, d: number, r?: Tensor): [Tensor, Tensor | undefined] {
  if (cov.ndim < 2) {
    const logs = sum(log(cov.broadcastTo([d])), -1);
    return [logs, r === undefined ? undefined : sum(divide(square(r), cov), -1)];
  }
  // Both triangles count alike, in derivatives too.
  let rest = multiply(add(cov, swapaxes(cov, -1, -2)), 0.5);
  let logs: Tensor | undefined;
  let distance: Tensor | undefined;
  for (let i = 0; i < d; i++) {
    const pivot = behind(rest, 0, 0);
    logs = logs === undefined ? log(pivot) : add(logs, log(pivot));
    const column = behind(rest, [1], 0);
    const factor = divide(column, pivot.expandDims(-1));
    if (r !== undefined) {
      const first = behind(r, 0);
      const part = divide(square(first), pivot);
      distance = distance === undefined ? part : add(distance, part);
      r = subtract(behind(r, [1]), multiply(factor, first.expandDims(-1)));
    }
    const outer = multiply(factor.expandDims(-1), column.expandDims(-2));
    rest = subtract(behind(rest, [1], [1]), outer);
  }
  return [logs!, distance];
}

/** The number of elements of a vector: that of the first argument that has axes. */
function lengthOf(...given: Tensor[]): number {
  const d = given.find((x) => x.ndim > 0)?.shape.at(-1) ?? 1;
  if (d === 0) throw new RangeError(`${who}: a vector must have at least one element, got 0`);
  return d;
}

/**
 * Density of the normal distribution of vectors x [..., d] with mean [..., d] (0 for zeros) and
 * covariance cov: [..., d, d], of which both triangles count, or variances [d] (or one) of independent
 * elements. NaN if cov is not positive definite.
 *
 * @example
 * ```ts
 * stats.multivariateNormal.pdf([0, 0], 0, [[1, 0], [0, 1]]).item(); // 0.1591…
 * ```
 * @throws if the shapes do not suit each other
 */
export function pdf(x: TensorLike, mean: TensorLike = 0, cov: TensorLike = 1): Tensor {
  checkOperands("stats.multivariateNormal.pdf", x, mean, cov);
  return exp(logpdf(x, mean, cov));
}

/**
 * Logarithm of the density of the normal distribution of vectors; arguments as of `pdf`.
 *
 * @example
 * ```ts
 * stats.multivariateNormal.logpdf([0, 0], 0, [[1, 0], [0, 1]]).item(); // -1.8378…
 * ```
 * @throws if the shapes do not suit each other
 */
export function logpdf(x: TensorLike, mean: TensorLike = 0, cov: TensorLike = 1): Tensor {
  const own = "stats.multivariateNormal.logpdf";
  checkOperands(own, x, mean, cov);
  [x, mean, cov] = alike(own, x, mean, cov);
  const t = toTensor(x, who);
  const m = toTensor(mean, who);
  const d = lengthOf(m, t, toTensor(cov, who));
  for (const v of [t, m]) {
    if (v.ndim > 0 && v.shape.at(-1) !== d) {
      throw new RangeError(
        `${who}: x and mean must end with one size: ${shapeText(t.shape)} and ${shapeText(m.shape)}`,
      );
    }
  }
  const apart = subtract(t, m);
  const r = apart.ndim === 0 ? apart.broadcastTo([d]) : apart;
  const [logs, distance] = eliminated(sized(cov, d), d, r);
  return subtract(multiply(add(logs, distance!), -0.5), d * LOG_ROOT_2PI);
}

/**
 * Entropy of the normal distribution of vectors; arguments as of `pdf`.
 *
 * @example
 * ```ts
 * stats.multivariateNormal.entropy(0, [[1, 0], [0, 1]]).item(); // 2.8378…
 * ```
 * @throws if the shapes do not suit each other
 */
export function entropy(mean: TensorLike = 0, cov: TensorLike = 1): Tensor {
  checkOperands("stats.multivariateNormal.entropy", mean, cov);
  [mean, cov] = alike("stats.multivariateNormal.entropy", mean, cov);
  const m = toTensor(mean, who);
  const d = lengthOf(m, toTensor(cov, who));
  const [logs] = eliminated(sized(cov, d), d);
  const half = add(multiply(logs, 0.5), d * (LOG_ROOT_2PI + 0.5));
  return m.ndim === 0 ? half : add(half, sum(multiply(m, 0), -1));
}
