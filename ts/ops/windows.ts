// Windows of n samples: weights that fall off towards the ends, symmetric about the middle. They are
// computed in float64 and rounded once.
import { add, cos, divide, exp, multiply, subtract } from "../../build/generated/ops.js";
import { toCount } from "../arguments.js";
import { fromData, toTensor, type TensorLike } from "../convert.js";
import { getDefaultDtype, type CreationOptions } from "../create.js";
import { DType } from "../../assembly/shared/dtype.js";
import { checkOptions } from "../options.js";
import { i0e } from "../special.js";
import type { Tensor } from "../tensor.js";

/** Places of n samples in -1 … 1; of a single one, 0. */
function positions(n: number, who: string): Tensor {
  const count = toCount(n, "the number of samples", who);
  const last = Math.max(count - 1, 1);
  const at = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (2 * i - last) / last));
  return fromData(at, DType.Float64, who);
}

function finished(y: Tensor, options: CreationOptions | undefined, fallback?: Tensor): Tensor {
  const z = y.astype(options?.dtype ?? fallback?.dtype ?? getDefaultDtype());
  if (options?.requiresGrad === true) z.requiresGrad = true;
  return z;
}

/** c0 + c1 cos πt + c2 cos 2πt. */
function cosines(
  n: number,
  c: readonly number[],
  options: CreationOptions | undefined,
  who: string,
) {
  checkOptions(options, who, "dtype requiresGrad");
  const t = positions(n, who);
  let y: TensorLike = c[0]!;
  for (let k = 1; k < c.length; k++) y = add(y, multiply(c[k]!, cos(multiply(k * Math.PI, t))));
  return finished(y as Tensor, options);
}

/**
 * Hann's window of n samples, half a wave of a cosine: 0 at its ends.
 *
 * @example
 * ```ts
 * hanning(3).toArray(); // [0, 1, 0]
 * ```
 * @throws if n is not a number of samples
 */
export function hanning(n: number, options?: CreationOptions): Tensor {
  return cosines(n, [0.5, 0.5], options, "hanning");
}

/**
 * Hamming's window of n samples: a cosine on a pedestal of 0.08.
 *
 * @example
 * ```ts
 * hamming(3); // Tensor(float32) [0.08, 1.00, 0.08]
 * ```
 * @throws if n is not a number of samples
 */
export function hamming(n: number, options?: CreationOptions): Tensor {
  return cosines(n, [0.54, 0.46], options, "hamming");
}

/**
 * Blackman's window of n samples, of two cosines: 0 at its ends.
 *
 * @example
 * ```ts
 * blackman(5).at(2).item(); // 1
 * ```
 * @throws if n is not a number of samples
 */
export function blackman(n: number, options?: CreationOptions): Tensor {
  return cosines(n, [0.42, 0.5, 0.08], options, "blackman");
}

/**
 * Bartlett's window of n samples, a triangle: 0 at its ends.
 *
 * @example
 * ```ts
 * bartlett(5).toArray(); // [0, 0.5, 1, 0.5, 0]
 * ```
 * @throws if n is not a number of samples
 */
export function bartlett(n: number, options?: CreationOptions): Tensor {
  checkOptions(options, "bartlett", "dtype requiresGrad");
  return finished(subtract(1, positions(n, "bartlett").abs()), options);
}

/**
 * Kaiser's window of n samples: i0(beta √(1 - t²)) / i0(beta) for t in -1 … 1, by scaled Bessel functions,
 * so that no beta overflows. It has derivatives in beta; of a tensor beta it has the dtype.
 *
 * @example
 * ```ts
 * kaiser(3, 0).toArray(); // [1, 1, 1]
 * ```
 * @throws if n is not a number of samples, or if beta has axes
 */
export function kaiser(n: number, beta: TensorLike, options?: CreationOptions): Tensor {
  const who = "kaiser";
  checkOptions(options, who, "dtype requiresGrad");
  const given = toTensor(beta, who);
  if (given.ndim > 0) throw new RangeError(`${who}: beta has ${given.ndim} axes, not none`);
  const b = given.astype("float64").abs();
  const t = positions(n, who);
  const inside = multiply(subtract(1, t), add(1, t)).sqrt();
  const argument = multiply(b, inside);
  const scaled = divide(i0e(argument), i0e(b));
  const own = typeof beta === "number" || given.dtype === "int32" ? undefined : given;
  return finished(multiply(scaled, exp(subtract(argument, b))), options, own);
}
