// Errors of long sums: matrix products and `sum`, in float32 against float64 and in float64 against
// sums of which nothing is lost. The error of a sum is measured by its terms: in units of u · Σ|term|,
// where u is half an ulp of 1. One addition more or less in a row is one unit, in the worst case.

import { random } from "./points.js";

const UNIT = { float32: 2 ** -24, float64: 2 ** -53 };
/** Products that are added one after the other; blocks and lanes of `sum`. */
const DEPTH = 256;
const BLOCK = 1024;
const LANES = { float32: 16, float64: 8 };

/** a + b without an error: the rounded sum, and what it lacks. */
function twoSum(a, b) {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

/** a · b in the same way (Dekker). */
function twoProduct(a, b) {
  const product = a * b;
  const halves = (x) => {
    const c = 134217729 * x;
    const high = c - (c - x);
    return [high, x - high];
  };
  const [p, q] = halves(a);
  const [r, s] = halves(b);
  return [product, p * r - product + p * s + q * r + q * s];
}

/** Adds up pairs of numbers in about twice float64. */
function accurate(pairs) {
  let sum = 0;
  let rest = 0;
  for (const [value, lacking] of pairs) {
    const [next, lost] = twoSum(sum, value);
    sum = next;
    rest += lost + lacking;
  }
  return [sum, rest];
}

const error = (got, [sum, rest], size, dtype) =>
  Math.abs(got - sum - rest) / (size * UNIT[dtype] || 1);

/** Numbers of 64 bits, so that sums of them are not exact. */
function generator(seed, signs) {
  const next = random(seed);
  return () => (next() + next() * 2 ** -32) * 2 - (signs ? 1 : 0);
}

/** A matrix product with inner axis k: worst and mean error over 12 × 12 elements. */
function product(library, dtype, k, signs) {
  const n = 12;
  const next = generator(k, signs);
  const make = dtype === "float32" ? Float32Array : Float64Array;
  const values = () => make.from({ length: n * k }, next);
  const [a, b] = [values(), values()];
  const x = library.tensor(a).reshape([n, k]);
  const y = library.tensor(b).reshape([k, n]);
  const got = library.matmul(x, y).data();
  const errors = Array.from(got, (value, at) => {
    const pairs = Array.from({ length: k }, (_, p) =>
      twoProduct(a[Math.floor(at / n) * k + p], b[p * n + (at % n)]),
    );
    const size = pairs.reduce((s, [term]) => s + Math.abs(term), 0);
    return error(value, accurate(pairs), size, dtype);
  });
  return summary(errors, Math.min(k, DEPTH) + Math.ceil(k / DEPTH));
}

/** The sum of n elements, five times. */
function total(library, dtype, n, signs) {
  const next = generator(n, signs);
  const make = dtype === "float32" ? Float32Array : Float64Array;
  const errors = Array.from({ length: 5 }, () => {
    const x = make.from({ length: n }, next);
    let size = 0;
    for (const value of x) size += Math.abs(value);
    const pairs = Array.from(x, (value) => [value, 0]);
    return error(library.sum(library.tensor(x)).item(), accurate(pairs), size, dtype);
  });
  const blocks = Math.ceil(Math.log2(Math.max(n / BLOCK, 1)));
  return summary(errors, Math.min(n, BLOCK) / LANES[dtype] + Math.log2(LANES[dtype]) + blocks);
}

function summary(errors, most) {
  const mean = errors.reduce((s, e) => s + e, 0) / errors.length;
  return { max: Math.max(...errors), mean, most };
}

/**
 * The section of the document, and what passes its bound.
 * @param {Record<string, Function>} library
 */
export function sums(library) {
  const rows = [];
  const problems = [];
  const kinds = [
    ["matmul", product, [16, 256, 4096]],
    ["sum", total, [1000, 100_000, 1_000_000]],
  ];
  for (const [name, run, lengths] of kinds) {
    for (const length of lengths) {
      for (const signs of [false, true]) {
        const cells = [name, length, signs ? "of both signs" : "positive"];
        for (const dtype of ["float32", "float64"]) {
          const { max, mean, most } = run(library, dtype, length, signs);
          if (!(max <= most)) problems.push(`${name} of ${length} in ${dtype}: ${max} > ${most}`);
          cells.push(max.toFixed(2), mean.toFixed(2), most.toFixed(0));
        }
        rows.push(cells);
      }
    }
  }
  const head = ["sum", "terms", "", "float32 max", "mean", "bound", "float64 max", "mean", "bound"];
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const table = [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
  const section = `## Long sums

Errors in units of u · Σ|term|, where u is half an ulp of 1: one rounded addition is at most one such unit.
Against sums of which nothing is lost. Terms are even in 0 … 2, or in -1 … 1; those of \`matmul\` are products
of two such numbers.

${table}

\`matmul\` adds up ${DEPTH} products one after the other, then the sums of those (products with a single row or
column: all of them, in one lane or in eight, float64 four); \`sum\` blocks of 1,024 in ${LANES.float32} lanes (float64: ${LANES.float64}),
which it adds pairwise. The bounds count these additions. Convolutions add as \`matmul\` does, those for the
filters' gradients image by image.
`;
  return { section, problems };
}
