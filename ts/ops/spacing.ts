// Numbers from a rule: spaced, in grids, in powers.
import { cumprod, concatenate, power } from "../../build/generated/ops.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { eye, getDefaultDtype, linspace, tensor, type CreationOptions } from "../create.js";
import type { Tensor } from "../tensor.js";
import { flip } from "./turning.js";
import { checkOptions } from "../options.js";

/**
 * The n × n matrix with ones on its diagonal.
 *
 * @example
 * ```ts
 * identity(2).toArray(); // [[1, 0], [0, 1]]
 * ```
 */
export function identity(n: number, options?: CreationOptions): Tensor {
  checkOptions(options, "identity", "dtype requiresGrad");
  return eye(n, n, options);
}

/**
 * num powers of a base, whose exponents are evenly spaced from start to stop.
 *
 * @example
 * ```ts
 * logspace(0, 2, 3).toArray(); // [1, 10, 100]
 * ```
 */
export function logspace(
  start: number,
  stop: number,
  num = 50,
  options?: CreationOptions & { base?: number },
): Tensor {
  checkOptions(options, "logspace", "dtype requiresGrad base");
  const exponents = linspace(start, stop, num, { dtype: "float64" });
  const y = power(options?.base ?? 10, exponents);
  return y.astype(options?.dtype ?? getDefaultDtype());
}

/**
 * num numbers from start to stop, each the last one times the same factor. Both have the same sign.
 *
 * @example
 * ```ts
 * geomspace(1, 8, 4).toArray(); // [1, 2, 4, 8]
 * ```
 * @throws if one of them is 0, or if their signs differ
 */
export function geomspace(
  start: number,
  stop: number,
  num = 50,
  options?: CreationOptions,
): Tensor {
  checkOptions(options, "geomspace", "dtype requiresGrad");
  if (!(start * stop > 0)) {
    throw new RangeError(`geomspace: ${start} and ${stop} are not of one sign, or one is 0`);
  }
  const steps = linspace(0, 1, num, { dtype: "float64" });
  const inner = power(stop / start, steps).multiply(start);
  const ends =
    num > 1 ? concatenate([inner.slice([[0, -1]]), tensor([stop], { dtype: "float64" })]) : inner;
  return ends.astype(options?.dtype ?? getDefaultDtype());
}

/** Options of {@link meshgrid}. */
export interface MeshgridOptions {
  /** "xy": the first vector runs along axis 1, the second along axis 0; "ij": each along its own. */
  indexing?: "xy" | "ij";
  /** Only as long as the vector along its axis: broadcasting does the rest. Default false. */
  sparse?: boolean;
}

/**
 * Coordinates of a grid: for each vector a tensor of the grid's shape.
 *
 * @example
 * ```ts
 * meshgrid([1, 2], [3, 4])[0]!.toArray(); // [[1, 2], [1, 2]]
 * ```
 * @throws if an operand has more than one axis, or if there is no such indexing
 */
export function meshgrid(...vectors: (TensorLike | MeshgridOptions)[]): Tensor[] {
  const who = "meshgrid";
  const last = vectors.at(-1);
  const given = isOptions(last);
  const options = given ? (last as MeshgridOptions) : {};
  checkOptions(options, who, "indexing sparse");
  const { indexing = "xy", sparse = false } = options;
  if (indexing !== "xy" && indexing !== "ij") {
    throw new RangeError(`${who}: indexing is ${describe(indexing)}, not "xy" or "ij"`);
  }
  const list = (given ? vectors.slice(0, -1) : vectors).map((x) => toTensor(x as TensorLike, who));
  const places = list.map((_, i) => (indexing === "xy" && i < 2 && list.length > 1 ? 1 - i : i));
  const shape = new Array<number>(list.length);
  list.forEach((x, i) => {
    if (x.ndim > 1) throw new RangeError(`${who}: operand ${i} has ${x.ndim} axes, not one`);
    shape[places[i]!] = x.size;
  });
  return list.map((x, i) => {
    const along = x.reshape(shape.map((_, axis) => (axis === places[i] ? x.size : 1)));
    return sparse ? along : along.broadcastTo(shape);
  });
}

/** True for a plain object, which no operand is. */
export function isOptions(x: unknown): boolean {
  return typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;
}

/**
 * The matrix whose columns are powers of x, n of them (default: as many as x has elements), the
 * highest first.
 *
 * @example
 * ```ts
 * vander([2, 3], 3).toArray(); // [[4, 2, 1], [9, 3, 1]]
 * ```
 * @throws if x does not have one axis
 */
export function vander(
  x: TensorLike,
  n?: number | null,
  options?: { increasing?: boolean },
): Tensor {
  checkOptions(options, "vander", "increasing");
  const t = toTensor(x, "vander");
  if (t.ndim !== 1) throw new RangeError(`vander: needs one axis, x has ${t.ndim}`);
  const count = n ?? t.size;
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`vander: ${describe(n)} is not a number of columns`);
  }
  const column = t.reshape([-1, 1]);
  if (count === 0) return column.slice([null, [0, 0]]);
  const one = toTensor(1, "vander").astype(t.dtype).broadcastTo([t.size, 1]);
  const factors = count > 1 ? [one, column.broadcastTo([t.size, count - 1])] : [one];
  const powers = cumprod(concatenate(factors, 1), 1);
  return options?.increasing === true ? powers : flip(powers, 1);
}
