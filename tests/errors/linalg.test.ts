// What linear algebra refuses: one sentence with the function's name, the rule and the values.

import { linalg, norm, ones, stack, tensor, vmap } from "tapegrad";
import { describe, test } from "vitest";
import { expectRefusal } from "./canary.js";

const any = (y: unknown): never => y as never;
const wide = ones([2, 3]);
const singular = tensor([
  [1, 2],
  [2, 4],
]);
const regular = tensor([
  [2, 0],
  [0, 1],
]);
const v = tensor([1, 2]);

type Case = [string, () => unknown, RegExp];

const cases: Case[] = [
  ["solve", () => linalg.solve(singular, v), /^linalg\.solve: the matrix is singular$/],
  [
    "solve, one of a batch",
    () => linalg.solve(stack([regular, singular]), v),
    /^linalg\.solve: the matrix is singular$/,
  ],
  [
    "solve, under vmap",
    () => vmap((a) => linalg.solve(a as never, v))(stack([regular, singular])),
    /^linalg\.solve: the matrix is singular$/,
  ],
  [
    "solve, wide",
    () => linalg.solve(wide, v),
    /^linalg\.solve: needs square matrices, not \[2,3\]$/,
  ],
  ["solve, vector", () => linalg.solve(v, v), /^linalg\.solve: needs square matrices, not \[2\]$/],
  [
    "solve, sizes",
    () => linalg.solve(regular, [1, 2, 3]),
    /^linalg\.solve: sizes differ: \[2,2\] · x = \[3\] \(2 ≠ 3\)$/,
  ],
  ["solve, number", () => linalg.solve(regular, 1), /^linalg\.solve: needs a vector or matrices b/],
  [
    "solve, batches",
    () => linalg.solve(ones([2, 1, 1]), ones([3, 1, 1])),
    /^linalg\.solve: shapes do not broadcast: \[2,1,1\] and \[3,1,1\]$/,
  ],
  ["inv", () => linalg.inv(singular), /^linalg\.inv: the matrix is singular$/],
  ["inv, wide", () => linalg.inv(wide), /^linalg\.inv: needs square matrices, not \[2,3\]$/],
  ["det", () => linalg.det(wide), /^linalg\.det: needs square matrices, not \[2,3\]$/],
  ["slogdet", () => linalg.slogdet(v), /^linalg\.slogdet: needs square matrices, not \[2\]$/],
  [
    "solveTriangular",
    () =>
      linalg.solveTriangular(
        [
          [0, 1],
          [0, 1],
        ],
        v,
      ),
    /^linalg\.solveTriangular: the matrix is singular$/,
  ],
  [
    "solveBanded",
    () => linalg.solveBanded([1, 1], wide, [1, 2, 3]),
    /^linalg\.solveBanded: 1 \+ 1 \+ 1 diagonals need as many rows, ab has shape \[2,3\]$/,
  ],
  [
    "solveBanded, number",
    () => linalg.solveBanded([-1, 1], wide, v),
    /^linalg\.solveBanded: the number of diagonals \w+ is -1, not a whole number from 0 up$/,
  ],
  [
    "solveBanded, singular",
    () => linalg.solveBanded([0, 0], [[1, 0]], v),
    /^linalg\.solveBanded: the matrix is singular$/,
  ],
  [
    "cholesky",
    () =>
      linalg.cholesky([
        [1, 2],
        [2, 1],
      ]),
    /^linalg\.cholesky: the matrix is not positive definite$/,
  ],
  [
    "cholesky, NaN",
    () => linalg.cholesky([[NaN]]),
    /^linalg\.cholesky: the matrix is not positive definite$/,
  ],
  ["qr", () => linalg.qr(wide, any("raw")), /^linalg\.qr: mode is the string "raw"/],
  ["qr, vector", () => linalg.qr(v), /^linalg\.qr: needs matrices, not \[2\]$/],
  ["eigh", () => linalg.eigh(wide), /^linalg\.eigh: needs square matrices, not \[2,3\]$/],
  [
    "eigh, uplo",
    () => linalg.eigh(regular, { uplo: any("M") }),
    /^linalg\.eigh: uplo is the string "M"/,
  ],
  [
    "eig",
    () =>
      linalg.eig([
        [0, 1],
        [-1, 0],
      ]),
    /^linalg\.eig: the result would be complex$/,
  ],
  ["sqrtm", () => linalg.sqrtm([[-1]]), /^linalg\.sqrtm: the result would be complex$/],
  ["logm", () => linalg.logm([[-1]]), /^linalg\.logm: the result would be complex$/],
  ["logm, singular", () => linalg.logm([[0]]), /^linalg\.logm: the matrix is singular$/],
  [
    "sqrtm, none",
    () =>
      linalg.sqrtm([
        [0, 1],
        [0, 0],
      ]),
    /^linalg\.sqrtm: the matrix is singular$/,
  ],
  [
    "solveSylvester",
    () => linalg.solveSylvester([[1]], [[-1]], [[1]]),
    /^linalg\.solveSylvester: the matrix is singular$/,
  ],
  [
    "solveSylvester, sizes",
    () => linalg.solveSylvester(regular, regular, wide),
    /^linalg\.solveSylvester: sizes differ: \[2,2\] · x \+ x · \[2,2\] = \[2,3\]$/,
  ],
  ["pinv", () => linalg.pinv(v), /^linalg\.pinv: needs matrices, not \[2\]$/],
  ["pinv, rcond", () => linalg.pinv(wide, { rcond: -1 }), /^linalg\.pinv: rcond is the number -1/],
  [
    "lstsq",
    () => linalg.lstsq(wide, [1, 2, 3]),
    /^linalg\.lstsq: sizes differ: \[2,3\] · x ≈ \[3\]$/,
  ],
  ["multiDot", () => linalg.multiDot([wide]), /^linalg\.multiDot: needs a list of at least two/],
  [
    "multiDot, sizes",
    () => linalg.multiDot([wide, regular]),
    /^linalg\.multiDot: inner sizes differ: \[2,3\] · \[2,2\] \(3 ≠ 2\)$/,
  ],
  [
    "multiDot, axes",
    () => linalg.multiDot([wide, v, wide]),
    /^linalg\.multiDot: matrices have two axes, operand 1 has 1$/,
  ],
  ["cond", () => linalg.cond(wide, 1), /^linalg\.cond: needs square matrices, not \[2,3\]$/],
  ["norm", () => norm(wide, any("max"), [0, 1]), /^norm: no order the string "max" of matrices/],
];

describe("linalg", () => {
  test.each(cases)("%s", (_, call, message) => expectRefusal(call, message));
});
