// Values that are exact or conventional (IEEE 754, C99 annex F), checked bit for bit in both dtypes.

const INF = Infinity;

/** Name to rows of `[...arguments, expected]`. */
// prettier-ignore
export const specials = {
  exp: [[0, 1], [-0, 1], [INF, INF], [-INF, 0], [NaN, NaN], [1e4, INF], [-1e4, 0]],
  log: [[1, 0], [0, -INF], [-0, -INF], [INF, INF], [-INF, NaN], [-1, NaN], [NaN, NaN]],
  sin: [[0, 0], [-0, -0], [INF, NaN], [-INF, NaN], [NaN, NaN]],
  cos: [[0, 1], [-0, 1], [INF, NaN], [-INF, NaN], [NaN, NaN]],
  tan: [[0, 0], [-0, -0], [INF, NaN], [-INF, NaN], [NaN, NaN]],
  tanh: [[0, 0], [-0, -0], [INF, 1], [-INF, -1], [NaN, NaN], [50, 1], [-50, -1]],
  sigmoid: [[0, 0.5], [-0, 0.5], [INF, 1], [-INF, 0], [NaN, NaN], [1e4, 1], [-1e4, 0]],
  erf: [[0, 0], [-0, -0], [INF, 1], [-INF, -1], [NaN, NaN], [30, 1], [-30, -1]],
  erfc: [[0, 1], [-0, 1], [INF, 0], [-INF, 2], [NaN, NaN], [30, 0], [-30, 2]],
  gammaln: [[1, 0], [2, 0], [0, INF], [INF, INF], [NaN, NaN]],
  digamma: [[INF, INF], [-1, NaN], [NaN, NaN]],
  entr: [[0, 0], [1, -0], [-1, -INF], [INF, -INF], [NaN, NaN]],
  trigamma: [[0, INF], [INF, 0], [NaN, NaN]],
  erfinv: [[0, 0], [-0, -0], [1, INF], [-1, -INF], [2, NaN], [NaN, NaN]],
  erfcinv: [[1, 0], [0, INF], [2, -INF], [3, NaN], [NaN, NaN]],
  ndtr: [[0, 0.5], [INF, 1], [-INF, 0], [NaN, NaN]],
  ndtri: [[0.5, 0], [0, -INF], [1, INF], [2, NaN], [NaN, NaN]],
  logNdtr: [[INF, -0], [-INF, -INF], [NaN, NaN]],
  logit: [[0.5, 0], [0, -INF], [1, INF], [2, NaN], [NaN, NaN]],
  i0e: [[0, 1], [-0, 1], [INF, 0], [-INF, 0], [NaN, NaN]],
  i1e: [[0, 0], [INF, 0], [NaN, NaN]],
  betaln: [[1, 1, 0], [0, 1, INF], [NaN, 1, NaN], [1, NaN, NaN]],
  zeta: [[1, 1, INF], [INF, 2, 0], [NaN, 1, NaN], [2, NaN, NaN]],
  xlogy: [[0, 0, 0], [0, INF, 0], [1, 0, -INF], [2, 1, 0], [0, NaN, NaN], [NaN, 1, NaN]],
  relEntr: [[0, 1, 0], [0, 0, 0], [1, 0, INF], [-1, 1, INF], [1, 1, 0], [NaN, 1, NaN]],
  expm1: [[0, 0], [-0, -0], [INF, INF], [-INF, -1], [NaN, NaN], [1e4, INF], [-1e4, -1]],
  log1p: [[0, 0], [-0, -0], [-1, -INF], [INF, INF], [-INF, NaN], [-2, NaN], [NaN, NaN]],
  sinh: [[0, 0], [-0, -0], [INF, INF], [-INF, -INF], [NaN, NaN], [1e4, INF], [-1e4, -INF]],
  cosh: [[0, 1], [-0, 1], [INF, INF], [-INF, INF], [NaN, NaN], [1e4, INF], [-1e4, INF]],
  asin: [[0, 0], [-0, -0], [2, NaN], [-2, NaN], [INF, NaN], [NaN, NaN]],
  acos: [[1, 0], [2, NaN], [-2, NaN], [-INF, NaN], [NaN, NaN]],
  atan: [[0, 0], [-0, -0], [NaN, NaN]],
  asinh: [[0, 0], [-0, -0], [INF, INF], [-INF, -INF], [NaN, NaN]],
  acosh: [[1, 0], [0.5, NaN], [-INF, NaN], [INF, INF], [NaN, NaN]],
  atanh: [[0, 0], [-0, -0], [1, INF], [-1, -INF], [2, NaN], [-INF, NaN], [NaN, NaN]],
  cbrt: [[0, 0], [-0, -0], [8, 2], [-27, -3], [INF, INF], [-INF, -INF], [NaN, NaN]],
  exp2: [[0, 1], [-0, 1], [10, 1024], [-3, 0.125], [INF, INF], [-INF, 0], [1e4, INF], [NaN, NaN]],
  log2: [[1, 0], [8, 3], [2 ** -20, -20], [0, -INF], [-0, -INF], [INF, INF], [-1, NaN], [NaN, NaN]],
  log10: [[1, 0], [1000, 3], [0, -INF], [-0, -INF], [INF, INF], [-1, NaN], [NaN, NaN]],
  softplus: [[INF, INF], [-INF, 0], [NaN, NaN], [1e4, 1e4], [-1e4, 0]],
  sqrt: [[0, 0], [-0, -0], [4, 2], [INF, INF], [-INF, NaN], [-1, NaN], [NaN, NaN]],
  reciprocal: [[0, INF], [-0, -INF], [INF, 0], [-INF, -0], [4, 0.25], [NaN, NaN]],
  power: [
    [0, 0, 1],
    [NaN, 0, 1],
    [INF, -0, 1],
    [1, NaN, 1],
    [1, INF, 1],
    [1, -INF, 1],
    [-1, INF, 1],
    [-1, -INF, 1],
    [NaN, 1, NaN],
    [2, NaN, NaN],
    [-8, 1 / 3, NaN],
    [-8, 3, -512],
    [-8, 2, 64],
    [2, -1, 0.5],
    [4, 0.5, 2],
    [-INF, 0.5, INF],
    [-0, 0.5, 0],
    [0, -1, INF],
    [-0, -1, -INF],
    [-0, -2, INF],
    [-0, -3, -INF],
    [0, 3, 0],
    [-0, 3, -0],
    [-0, 2, 0],
    [0, -INF, INF],
    [-0, -INF, INF],
    [0, INF, 0],
    [0.5, INF, 0],
    [0.5, -INF, INF],
    [2, INF, INF],
    [2, -INF, 0],
    [-2, INF, INF],
    [-0.5, INF, 0],
    [INF, 2, INF],
    [INF, -2, 0],
    [-INF, 3, -INF],
    [-INF, 2, INF],
    [-INF, -3, -0],
    [-INF, -2, 0],
    [-2, 1e300, INF],
    [-1, 2 ** 40, 1],
    [-1, 2 ** 31 + 2 ** 9, 1],
    [10, 400, INF],
    [10, -400, 0],
  ],
  hypot: [[3, -4, 5], [0, -0, 0], [-INF, NaN, INF], [NaN, INF, INF], [NaN, 1, NaN], [-0, -2, 2]],
  atan2: [[0, 1, 0], [-0, 1, -0], [0, 0, 0], [-0, 0, -0], [0, INF, 0], [1, INF, 0], [-1, INF, -0], [NaN, 1, NaN], [1, NaN, NaN]],
  logaddexp: [[-INF, -INF, -INF], [INF, INF, INF], [INF, -INF, INF], [-INF, 3, 3], [-INF, -0.5, -0.5], [NaN, -INF, NaN], [1, NaN, NaN]],
};

/**
 * Rows of the table that a function fails.
 * @param {string} name
 * @param {"float32" | "float64"} dtype
 * @param {(name: string, dtype: string, columns: any[]) => Float32Array | Float64Array} evaluate
 * @returns {string[]} one sentence per failure
 */
export function failures(name, dtype, evaluate) {
  const array = dtype === "float32" ? Float32Array : Float64Array;
  const rows = specials[name];
  const arity = rows[0].length - 1;
  const columns = Array.from({ length: arity }, (_, k) => array.from(rows, (row) => row[k]));
  const values = evaluate(name, dtype, columns);
  const spell = (x) => (Object.is(x, -0) ? "-0" : String(x));
  return rows.flatMap((row, i) => {
    const expected = row[arity];
    if (Object.is(values[i], expected)) return [];
    const args = row.slice(0, arity).map(spell).join(", ");
    return [`${name}(${args}) in ${dtype} is ${spell(values[i])}, not ${spell(expected)}`];
  });
}
