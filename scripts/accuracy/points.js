// Where to measure: deterministic samples of each function's whole domain. Every function has intervals
// sampled evenly, points approached closely from both sides, and a sweep uniform in the exponent.

import { formats, step } from "./bits.js";

/** A small seeded generator (mulberry32): the same points in every run. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const EXP_ENDS = [88.72283, 87.33654, 103.2789, 103.97208, 709.782712893384, 708.396418532264];
const EXP_ENDS_64 = [744.440071921381, 745.133219101941];
const ends = (points) => points.flatMap((x) => [x, -x]);
const QUARTERS = [1, 2, 3, 4, 5, 6, 7, 11, 22, 44, 355, 710, 2 ** 17].map((n) => (n * Math.PI) / 2);
/** The float64 nearest to a multiple of pi/2, relative to its size. */
const WORST_ANGLE = 6381956970095103 * 2 ** 797;

const ALL = [-Infinity, Infinity];
const expLike = {
  within: [
    [-1, 1],
    [-10, 10],
    [-90, 90],
    [-110, -80],
    [-710, 710],
    [-746, -700],
  ],
  near: [
    ...ends([0.3465735902799726, 1.0397207708399179, 1]),
    ...ends(EXP_ENDS),
    ...ends(EXP_ENDS_64),
  ],
  domain: ALL,
};
const angles = {
  within: [
    [-0.8, 0.8],
    [-7, 7],
    [-200, 200],
    [-1e5, 1e5],
    [-1.1e6, 1.1e6],
    [-2e7, 2e7],
  ],
  near: [...ends(QUARTERS), 0.7853981633974483, 1e5, 1e6, 1e7, WORST_ANGLE, 1e22, 1e300],
  domain: ALL,
  multiples: Math.PI / 2,
};
const hyperbolic = {
  ...expLike,
  within: [
    [-1, 1],
    [-4, 4],
    [-22, 22],
    [-90, 90],
    [-711, 711],
  ],
  near: [...expLike.near, ...ends([0.25, 0.55, 0.625, 0.75, 22, 710.4758600739439])],
};
const unit = {
  within: [
    [-1, 1],
    [0.9, 1],
    [-1, -0.9],
  ],
  near: ends([0.5, 0.975, 1]),
  domain: [-1, 1],
};
const positive = {
  within: [
    [0, 4],
    [0.5, 2],
    [0.9, 1.1],
  ],
  near: [1, 0.5, 2, Math.SQRT1_2, Math.SQRT2],
};

const gammaLike = {
  within: [
    [0, 4],
    [0.5, 3],
    [3, 40],
  ],
  near: [0.5, 1, 1.4616321449683622, 2, 10, 20],
  domain: [Number.MIN_VALUE, Infinity],
};

const besselLike = {
  within: [
    [-10, 10],
    [5, 50],
    [-700, 700],
  ],
  near: ends([1, 8, 25]),
  domain: ALL,
};

/**
 * Per function: `within`, intervals sampled evenly; `near`, points approached closely; `domain`, the
 * closed interval outside which nothing is measured; `multiples`, a step whose multiples are tried.
 * @type {Record<string, { within: number[][], near: number[], domain: number[],
 *   multiples?: number, nonzero?: boolean }>}
 */
export const domains = {
  exp: expLike,
  log: { ...positive, domain: [Number.MIN_VALUE, Infinity] },
  sin: angles,
  cos: angles,
  tanh: hyperbolic,
  sigmoid: expLike,
  erf: {
    within: [
      [-1, 1],
      [-6, 6],
    ],
    near: ends([0.9, 2, 4, 6]),
    domain: [-Infinity, Infinity],
  },
  erfc: {
    within: [
      [-1, 1],
      [-6, 12],
      [5, 9],
      [12, 27],
    ],
    near: ends([0.5, 0.9, 3, 6, 12]),
    domain: [-Infinity, Infinity],
  },
  gammaln: gammaLike,
  digamma: gammaLike,
  entr: { ...positive, domain: [Number.MIN_VALUE, Infinity] },
  trigamma: gammaLike,
  erfinv: { ...unit, domain: [-1 + 2 ** -53, 1 - 2 ** -53] },
  erfcinv: {
    within: [
      [0, 2],
      [0.9, 1.1],
      [0, 0.01],
    ],
    near: [0.5, 1, 1.5],
    domain: [Number.MIN_VALUE, 2 - 2 ** -52],
  },
  ndtr: {
    within: [
      [-2, 2],
      [-9, 9],
      [-37, -5],
    ],
    near: ends([0.7, 1, 1.4, 5]),
    domain: [-37.5, Infinity],
  },
  ndtri: {
    ...unit,
    within: [
      [0, 1],
      [0.4, 0.6],
      [0, 0.01],
    ],
    near: [0.5],
    domain: [Number.MIN_VALUE, 1 - 2 ** -53],
  },
  logNdtr: {
    within: [
      [-2, 2],
      [-9, 9],
      [-37, -5],
    ],
    near: ends([0.7, 1, 1.4, 5]),
    domain: [-38, 38],
  },
  logit: {
    ...unit,
    within: [
      [0, 1],
      [0.4, 0.6],
    ],
    near: [0.5, 1],
    domain: [Number.MIN_VALUE, 1 - 2 ** -53],
  },
  i0e: besselLike,
  i1e: besselLike,
  expm1: expLike,
  log1p: {
    within: [
      [-1, 1],
      [-1, -0.9],
      [-0.4, 0.5],
      [0, 50],
    ],
    near: [-0.2928932188134525, 0.41421356237309503, -1, 1, -0.5],
    domain: [-1 + 2 ** -53, Infinity],
  },
  tan: angles,
  sinh: hyperbolic,
  cosh: hyperbolic,
  asin: unit,
  acos: unit,
  atan: {
    within: [
      [-1, 1],
      [-5, 5],
      [-100, 100],
    ],
    near: ends([0.4375, 0.6875, 1, 1.1875, 2.4375]),
    domain: ALL,
  },
  asinh: {
    within: [
      [-1, 1],
      [-30, 30],
    ],
    near: ends([0.5, 1, 2]),
    domain: ALL,
  },
  acosh: {
    within: [
      [1, 1.1],
      [1, 4],
      [1, 100],
    ],
    near: [1, 2],
    domain: [1, Infinity],
  },
  atanh: { ...unit, domain: [-1 + 2 ** -53, 1 - 2 ** -53] },
  cbrt: {
    within: [
      [-1, 1],
      [-9, 9],
    ],
    near: ends([1, 8]),
    domain: ALL,
  },
  exp2: {
    within: [
      [-1, 1],
      [-150, 130],
      [-1080, 1030],
    ],
    near: ends([0.5, 1, 1.5]),
    domain: ALL,
  },
  log2: { ...positive, domain: [Number.MIN_VALUE, Infinity] },
  log10: { ...positive, domain: [Number.MIN_VALUE, Infinity] },
  softplus: expLike,
  sqrt: { ...positive, domain: [0, Infinity] },
  reciprocal: { within: [[-4, 4]], near: ends([1, 2]), domain: ALL, nonzero: true },
};

/** A number with a random mantissa and sign, and an exponent drawn evenly from a range. */
function sweep(next, low, high) {
  const exponent = low + Math.floor(next() * (high - low));
  return (next() < 0.5 ? -1 : 1) * (1 + next()) * 2 ** exponent;
}

/** One of several values. */
const pick = (next, values) => values[Math.floor(next() * values.length)];

/** The ways of drawing an argument, used in turn. */
function draws({ within, near, multiples }, format, next) {
  const evenly = () => {
    const [low, high] = pick(next, within);
    return low + (high - low) * (next() + next() / 2 ** 32);
  };
  const byExponent = () =>
    next() < 0.5 ? sweep(next, format.lowest, format.highest) : sweep(next, -30, 30);
  const closely = () => {
    const distance = Math.floor(2 ** (next() * 20));
    return step(pick(next, near), next() < 0.5 ? distance : -distance, format);
  };
  const multiple = () => {
    const bits = next() < 0.7 ? 20 : format.precision;
    return Math.floor(2 ** (next() * bits)) * multiples * (next() < 0.5 ? -1 : 1);
  };
  return multiples ? [evenly, byExponent, closely, multiple] : [evenly, byExponent, closely];
}

/**
 * Arguments for a function of one number.
 * @param {string} name
 * @param {"float32" | "float64"} dtype
 * @param {number} count how many
 * @returns {[Float32Array | Float64Array]} one column
 */
export function unaryPoints(name, dtype, count) {
  const format = formats[dtype];
  const { domain, nonzero } = domains[name];
  const next = random(name.length * 7919 + format.precision);
  const kinds = draws(domains[name], format, next);
  const points = new format.array(count);
  for (let i = 0; i < count;) {
    points[i] = kinds[i % kinds.length]();
    const x = points[i];
    // A number outside the domain is drawn again: the generator has moved on.
    if (x >= domain[0] && x <= domain[1] && Number.isFinite(x) && (x !== 0 || !nonzero)) i++;
  }
  return [points];
}

/**
 * Pairs for `power`: results all over the range, bases near 1, negative bases with integer exponents.
 * @param {"float32" | "float64"} dtype
 * @param {number} count how many pairs
 * @returns {[Float32Array | Float64Array, Float32Array | Float64Array]} bases and exponents
 */
export function powerPoints(dtype, count) {
  const format = formats[dtype];
  const next = random(format.precision);
  const nearOne = () => 1 + (next() - 0.5) * 2 ** (-next() * (format.precision - 2));
  const bases = [
    () => Math.abs(sweep(next, format.lowest, format.highest)),
    () => next() * 4,
    nearOne,
    () => -Math.abs(sweep(next, -8, 8)),
    () => -nearOne(),
  ];
  const a = new format.array(count);
  const b = new format.array(count);
  const reach = format.highest * Math.LN2 * 1.05;
  for (let i = 0; i < count;) {
    a[i] = bases[i % bases.length]();
    const spread = reach / Math.abs(Math.log(Math.abs(a[i])));
    b[i] = (next() * 2 - 1) * (next() < 0.5 ? spread : Math.min(spread, 8));
    if (a[i] < 0) b[i] = Math.round(b[i]);
    if (a[i] !== 0 && Number.isFinite(a[i]) && Number.isFinite(b[i])) i++;
  }
  return [a, b];
}

/** Pairs for functions of two numbers that are not everywhere defined, or cancel somewhere. */
const PAIRS = {
  // Where one operand is below 1 and the other above, the result may be 0.
  betaln: (next) => [
    () => [next(), next()],
    () => [1 + 4 * next(), 1 + 4 * next()],
    () => [1 + 1000 * next(), 1 + 1000 * next()],
    () => [2 ** (-30 * next()), 2 ** (-30 * next())],
    () => [1 - 2 ** (-30 * next()), 1 - 2 ** (-30 * next())],
    () => [1 + 2 ** (-30 * next()), 1 + 2 ** (-30 * next())],
    () => [2 ** (30 * next()), 2 ** (30 * next())],
  ],
  zeta: (next) => [
    () => [1 + 10 * next() + 2 ** -20, 10 * next() + 2 ** -20],
    () => [1 + 0.01 * next() + 2 ** -20, 0.1 + 3 * next()],
    () => [1.5 + 20 * next(), 20 * next() + 0.5],
    () => [1.5 + 2 * next(), 2 ** (60 * next())],
  ],
  xlogy: (next, format) => [
    () => [4 * next(), 4 * next()],
    () => [sweep(next, -30, 30), 1 + (next() - 0.5) * 2 ** (-next() * (format.precision - 2))],
    () => [sweep(next, -30, 30), Math.abs(sweep(next, format.lowest, format.highest))],
  ],
  relEntr: (next) => [
    () => [4 * next(), 4 * next()],
    () => {
      const x = 1 + next();
      return [x, x * (1 + (next() - 0.5) * 2 ** (-next() * 20))];
    },
    () => [2 ** (60 * next() - 30), 2 ** (60 * next() - 30)],
  ],
};

/**
 * Pairs for other functions of two numbers: of one size, and of sizes far apart. One operand of
 * `logaddexp` is positive: where both are negative its terms may cancel.
 * @param {string} name
 * @param {"float32" | "float64"} dtype
 * @param {number} count how many pairs
 * @returns {[Float32Array | Float64Array, Float32Array | Float64Array]}
 */
export function pairPoints(name, dtype, count) {
  const format = formats[dtype];
  const next = random(name.length * 7919 + format.precision);
  const kinds = PAIRS[name]?.(next, format) ?? [
    () => [next() * 8 - 4, next() * 8 - 4],
    () => [next() * 200 - 100, next() * 200 - 100],
    () => {
      const x = sweep(next, format.lowest, format.highest);
      return [x, x * sweep(next, -4, 4)];
    },
    () => [sweep(next, -30, 30), sweep(next, -30, 30)],
    () => [sweep(next, format.lowest, format.highest), sweep(next, format.lowest, format.highest)],
  ];
  const a = new format.array(count);
  const b = new format.array(count);
  for (let i = 0; i < count;) {
    const [x, y] = kinds[i % kinds.length]();
    a[i] = name === "logaddexp" ? Math.abs(x) : x;
    b[i] = y;
    if (a[i] !== 0 && b[i] !== 0 && Number.isFinite(a[i]) && Number.isFinite(b[i])) i++;
  }
  return [a, b];
}
