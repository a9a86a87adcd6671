// Floating-point formats seen from outside: parts of a number, its neighbours' distance, bit patterns.

const f64 = new Float64Array(1);
const u64 = new BigUint64Array(f64.buffer);
const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/**
 * What the sampling and the measuring need to know of a dtype.
 * `precision` is in bits; powers of two from `lowest` up to below `highest` are representable.
 * @typedef {{ dtype: "float32" | "float64", array: Float32ArrayConstructor | Float64ArrayConstructor,
 *   precision: number, lowest: number, highest: number }} Format
 */

/** @type {Record<string, Format>} */
export const formats = {
  float32: { dtype: "float32", array: Float32Array, precision: 24, lowest: -149, highest: 128 },
  float64: { dtype: "float64", array: Float64Array, precision: 53, lowest: -1074, highest: 1024 },
};

/**
 * x = mantissa * 2^exponent with an integer mantissa.
 * @param {number} x a finite number
 */
export function split(x) {
  f64[0] = x;
  const bits = u64[0];
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = Number(bits & 0xfffffffffffffn);
  const size = biased === 0 ? fraction : fraction + 2 ** 52;
  return { mantissa: x < 0 ? -size : size, exponent: Math.max(biased, 1) - 1075 };
}

/**
 * The exponent of the unit in the last place of a result near `x`, in a format.
 * @param {number} x a number, rounded towards zero from the exact result
 * @param {Format} format
 */
export function ulpExponent(x, format) {
  f64[0] = Math.abs(x);
  const exponent = Math.max(Number(u64[0] >> 52n), 1) - 1023;
  const last = exponent - format.precision + 1;
  return Math.min(Math.max(last, format.lowest), format.highest - format.precision);
}

/**
 * The neighbour of `x` in float64 towards zero.
 * @param {number} x a finite number other than 0
 */
export function towardsZero(x) {
  f64[0] = x;
  u64[0] -= 1n;
  return f64[0];
}

/**
 * A number moved by `steps` representable numbers away from zero (towards it if negative).
 * @param {number} x a number of the format
 * @param {number} steps
 * @param {Format} format
 */
export function step(x, steps, format) {
  if (format.dtype === "float32") {
    f32[0] = x;
    u32[0] += steps;
    return f32[0];
  }
  f64[0] = x;
  u64[0] += BigInt(steps);
  return f64[0];
}
