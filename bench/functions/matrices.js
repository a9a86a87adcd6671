// Products, linear algebra, Fourier transforms.

import { definite, even, triangular } from "./inputs.js";
import { named } from "./row.js";

const SQUARE = even([256, 256], -1, 1);
const MANY = even([64, 64, 64], -1, 1);
const DEFINITE = definite([128, 128]);

/** @type {import("./row.js").Row[]} */
export const MATRICES = [
  {
    name: "cholesky",
    inputs: [DEFINITE],
    tapegrad: ({ linalg }) => linalg.cholesky,
    jax: ({ numpy }) => numpy.linalg.cholesky,
  },
  named("convolve", undefined, "numpy.convolve", even([4096]), even([64])),
  named("correlate", undefined, "numpy.correlate", even([4096]), even([64])),
  {
    name: "det",
    inputs: [definite([16, 16])],
    tapegrad: ({ linalg }) => linalg.det,
    jax: ({ numpy }) => numpy.linalg.det,
  },
  named("dot", "dot", "numpy.dot", even([1_000_000], -1, 1), even([1_000_000], -1, 1)),
  {
    name: "eigh",
    title: "values",
    inputs: [DEFINITE],
    tapegrad: ({ linalg }) => linalg.eigvalsh,
    jax: ({ numpy }) => numpy.linalg.eigvalsh,
  },
  {
    name: "einsum",
    title: "bij,bjk->bik",
    inputs: [MANY, MANY],
    tapegrad: (t) => (x, y) => t.einsum("bij,bjk->bik", x, y),
    tfjs: (tf) => (x, y) => tf.einsum("bij,bjk->bik", x, y),
    jax:
      ({ numpy }) =>
      (x, y) =>
        numpy.einsum("bij,bjk->bik", x, y),
  },
  {
    name: "fft.rfft",
    title: "256 lines of 1024",
    inputs: [even([256, 1024])],
    constant: true,
    tapegrad:
      ({ fft }) =>
      (x) =>
        fft.rfft(x)[0],
    tfjs: (tf) => (x) => tf.real(tf.spectral.rfft(x)),
    jax:
      ({ numpy }) =>
      (x) => {
        const { real, imag } = numpy.fft.rfft(x);
        imag.dispose();
        return real;
      },
  },
  {
    name: "inv",
    inputs: [DEFINITE],
    tapegrad: ({ linalg }) => linalg.inv,
    jax: ({ numpy }) => numpy.linalg.inv,
  },
  named("matmul", "matMul", "numpy.matmul", SQUARE, SQUARE),
  { ...named("matmul", "matMul", "numpy.matmul", MANY, MANY), title: "64 of 64 × 64" },
  {
    ...named("matmul", "matMul", "numpy.matmul", even([1024, 1024], -1, 1), even([1024, 1], -1, 1)),
    title: "times a column",
  },
  named("outer", "outerProduct", "numpy.outer", even([1000]), even([1000])),
  {
    name: "qr",
    inputs: [even([64, 64])],
    constant: true,
    tapegrad:
      ({ linalg }) =>
      (x) =>
        linalg.qr(x)[1],
    tfjs: (tf) => (x) => tf.linalg.qr(x)[1],
  },
  {
    name: "solve",
    inputs: [DEFINITE, even([128, 16])],
    tapegrad: ({ linalg }) => linalg.solve,
    jax: ({ numpy }) => numpy.linalg.solve,
  },
  {
    name: "solveTriangular",
    inputs: [triangular([128, 128]), even([128, 16])],
    tapegrad:
      ({ linalg }) =>
      (a, b) =>
        linalg.solveTriangular(a, b, { lower: true }),
    jax:
      ({ lax }) =>
      (a, b) =>
        lax.linalg.triangularSolve(a, b, { leftSide: true, lower: true }),
  },
  {
    name: "svd",
    title: "values",
    inputs: [even([64, 64])],
    tapegrad: ({ linalg }) => linalg.svdvals,
    jax: ({ numpy }) => numpy.linalg.svdvals,
  },
  {
    name: "tensordot",
    inputs: [SQUARE, SQUARE],
    tapegrad: (t) => (x, y) => t.tensordot(x, y, 1),
    jax:
      ({ numpy }) =>
      (x, y) =>
        numpy.tensordot(x, y, 1),
  },
  named("trace", undefined, "numpy.trace", even([1000, 1000])),
];
