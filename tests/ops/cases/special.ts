// Elementwise functions that are not elementary, and functions composed of rows. Their references here
// are plain, of some 13 digits, fewer near zeros; tests/ops/special.test.ts compares with mpmath.

import * as tg from "tapegrad";
import type { Tensor } from "tapegrad";
import { screen } from "../../../scripts/accuracy/reference.js";
import type { OpCase, Range } from "../cases.js";
import { elementwise } from "./elementwise.js";
import * as naive from "./naive.js";

const WIDE: Range = [-2, 2];
const POSITIVE: Range = [0.2, 3];
const UNIT: Range = [0.1, 0.9];
const erf = screen.erf as (x: number) => number;

type Formula = (...x: number[]) => number;
type Call = (...x: Tensor[]) => Tensor;

/** A function that is no method of tensors, or called with something else than its operands. */
function free(
  op: string,
  f: Formula,
  domains: readonly Range[],
  limit: number,
  call: Call = tg[op as keyof typeof tg] as unknown as Call,
  smooth = true,
): OpCase[] {
  const rows = elementwise(op, f, domains, limit, smooth);
  return rows.map((row) => ({ ...row, call, free: true }));
}

/** As `free`, with the first operand fixed. */
const ordered = (op: string, n: number, f: Formula, domain: Range, limit: number): OpCase[] => {
  const call = tg[op as keyof typeof tg] as unknown as (n: number, x: Tensor) => Tensor;
  return free(
    op,
    (x) => f(n, x!),
    [domain],
    limit,
    (x) => call(n, x!),
  );
};

const ive: Formula = (n, x) => naive.iv(n!, x!) * Math.exp(-Math.abs(x!));
const sinc: Formula = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x!) / (Math.PI * x!));

export const SPECIAL: OpCase[] = [
  elementwise("asinh", Math.asinh, [WIDE], 4),
  elementwise("acosh", Math.acosh, [[1.2, 4]], 4),
  elementwise("atanh", Math.atanh, [[-0.8, 0.8]], 4),
  elementwise("cbrt", Math.cbrt, [POSITIVE], 2),
  elementwise("cbrt", Math.cbrt, [[-3, -0.2]], 2),
  elementwise("exp2", (x) => 2 ** x!, [WIDE], 2),
  elementwise("log2", Math.log2, [POSITIVE], 2),
  elementwise("log10", Math.log10, [POSITIVE], 2),
  elementwise("hypot", Math.hypot, [POSITIVE, POSITIVE], 2),
  elementwise("atan2", Math.atan2, [WIDE, POSITIVE], 2),
  elementwise("atan2", Math.atan2, [POSITIVE, WIDE], 2),
  elementwise("logaddexp", (x, y) => Math.log(Math.exp(x!) + Math.exp(y!)), [WIDE, WIDE], 4000),
  elementwise("logaddexp2", (x, y) => Math.log2(2 ** x! + 2 ** y!), [WIDE, WIDE], 4000),
  elementwise("sinc", sinc, [WIDE], 400),
  elementwise(
    "remainder",
    (x, y) => x! - y! * Math.floor(x! / y!),
    [
      [5.2, 5.8],
      [2, 2.5],
    ],
    8,
  ),
  elementwise(
    "remainder",
    (x, y) => x! - y! * Math.floor(x! / y!),
    [
      [-5.8, -5.2],
      [2, 2.5],
    ],
    8,
  ),
  elementwise(
    "fmod",
    (x, y) => x! % y!,
    [
      [-5.8, -5.2],
      [2, 2.5],
    ],
    0,
  ),
  elementwise("floorDivide", (x, y) => Math.floor(x! / y!), [[-9, 9], POSITIVE], 0, false),
  elementwise(
    "copysign",
    (x, y) => Math.abs(x!) * Math.sign(y!),
    [
      [0.2, 3],
      [-3, -0.2],
    ],
    0,
  ),
  elementwise(
    "fmax",
    Math.max,
    [
      [-1, 0],
      [0.2, 1],
    ],
    0,
  ),
  elementwise(
    "fmin",
    Math.min,
    [
      [-1, 0],
      [0.2, 1],
    ],
    0,
  ),
  free("erfc", (x) => 1 - erf(x!), [[-1.5, 1]], 40),
  free("erfinv", (y) => naive.solve(erf, y!, -4, 4), [[-0.9, 0.9]], 40),
  free("erfcinv", (q) => naive.solve(erf, 1 - q!, -4, 4), [UNIT], 40),
  free("ndtr", naive.ndtr, [WIDE], 4000),
  free("ndtri", (p) => naive.solve(naive.ndtr, p!, -4, 4), [UNIT], 4000),
  free("logNdtr", (x) => Math.log(naive.ndtr(x!)), [WIDE], 4000),
  free("logit", (p) => Math.log(p! / (1 - p!)), [UNIT], 80),
  free("entr", (x) => -x! * Math.log(x!), [POSITIVE], 8),
  free(
    "relEntr",
    (x, y) => x! * Math.log(x! / y!),
    [
      [0.2, 1],
      [1.2, 3],
    ],
    40,
  ),
  free(
    "klDiv",
    (x, y) => x! * Math.log(x! / y!) - x! + y!,
    [
      [0.2, 1],
      [1.5, 3],
    ],
    80,
  ),
  free("gammaln", naive.lgamma, [[2.5, 6]], 4000),
  free("gamma", naive.gamma, [POSITIVE], 200),
  free("rgamma", (x) => 1 / naive.gamma(x!), [POSITIVE], 200),
  free("digamma", naive.digamma, [[2, 5]], 80),
  free("zeta", naive.zeta, [[1.5, 4], POSITIVE], 40, undefined, false),
  free(
    "zeta",
    (q) => naive.zeta(2.5, q!),
    [POSITIVE],
    40,
    (q) => tg.zeta(2.5, q!),
  ),
  free("beta", naive.beta, [POSITIVE, POSITIVE], 400),
  free(
    "betaln",
    naive.betaln,
    [
      [2, 4],
      [1.5, 3],
    ],
    2000,
  ),
  free("gammainc", naive.gammainc, [POSITIVE, POSITIVE], 400),
  free("gammaincc", (a, x) => 1 - naive.gammainc(a!, x!), [POSITIVE, POSITIVE], 40000),
  free(
    "betainc",
    (a, b, x) => naive.betainc(a!, b!, 0.3 * x!),
    [POSITIVE, POSITIVE, POSITIVE],
    800,
    (a, b, x) => tg.betainc(a!, b!, tg.multiply(x!, 0.3)),
  ),
  ordered("polygamma", 2, (_, x) => -2 * naive.zeta(3, x!), POSITIVE, 40),
  free("trigamma", (x) => naive.zeta(2, x!), [POSITIVE], 40),
  ordered("jn", 2, naive.jn, [0.5, 3], 400),
  ordered("yn", 2, naive.yn, [0.5, 3], 400),
  ordered("iv", 2, naive.iv, [0.5, 3], 400),
  ordered("ive", 2, ive, [0.5, 3], 400),
  free("j0", (x) => naive.jn(0, x!), [WIDE], 40),
  free("j1", (x) => naive.jn(1, x!), [[0.5, 3]], 40),
  free("y0", (x) => naive.yn(0, x!), [[1.2, 3]], 400),
  free("y1", (x) => naive.yn(1, x!), [[0.5, 2]], 400),
  free("i0", (x) => naive.iv(0, x!), [WIDE], 40),
  free("i1", (x) => naive.iv(1, x!), [[0.5, 3]], 40),
  free("i0e", (x) => ive(0, x!), [POSITIVE], 40),
  free("i1e", (x) => ive(1, x!), [POSITIVE], 40),
  free("gammasgn", () => 1, [POSITIVE], 0),
  free("gammasgn", () => -1, [[-0.8, -0.2]], 0),
  free(
    "multigammaln",
    (x) => naive.lgamma(x!) + naive.lgamma(x! - 0.5) + 0.5 * Math.log(Math.PI),
    [[2, 5]],
    400,
    (x) => tg.multigammaln(x!, 2),
  ),
  free("xlogy", (x, y) => x! * Math.log(y!), [WIDE, POSITIVE], 4),
  free("xlog1py", (x, y) => x! * Math.log1p(y!), [WIDE, POSITIVE], 4),
  free("nanToNum", (x) => x!, [WIDE], 0),
  free("heaviside", (x) => (x! < 0 ? 0 : 1), [POSITIVE, WIDE], 0),
  free("deg2rad", (x) => (x! / 180) * Math.PI, [WIDE], 2),
  free("radians", (x) => (x! / 180) * Math.PI, [WIDE], 2),
  free("rad2deg", (x) => (x! / Math.PI) * 180, [WIDE], 2),
  free("degrees", (x) => (x! / Math.PI) * 180, [WIDE], 2),
  free("fabs", Math.abs, [[-3, -0.2]], 0),
  free("positive", (x) => x!, [WIDE], 0),
  free("isposinf", () => 0, [WIDE], 0, undefined, false),
  free("isneginf", () => 0, [WIDE], 0, undefined, false),
  free("signbit", (x) => (x! < 0 ? 1 : 0), [WIDE], 0, undefined, false),
]
  .flat()
  // References of so few digits are sums and integrals.
  .map((row) => (row.limit >= 40 ? { ...row, costly: true } : row));
