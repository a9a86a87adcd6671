// Composed functions whose operands have several dtypes: a result that is float64 has its digits, even
// where a formula takes the logarithm of an operand that is an integer, a float32 or a plain array.

import {
  cov,
  linalg,
  logsumexp,
  polyfit,
  stats,
  tensor,
  xlog1py,
  xlogy,
  type Tensor,
} from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";

type F = (...x: Tensor[]) => Tensor;
const row = (x: Tensor): Tensor => x.reshape([1, -1]);

const shares = tensor([0.125, 0.25, 0.625], { dtype: "float64" });

const functions: Record<string, F> = {
  xlogy,
  xlog1py,
  "logsumexp, b": (x, b) => logsumexp(x, null, { b: b! }),
  "cov, aweights": (x, y, w) => cov(x!, y, { aweights: w! }),
  polyfit: (x, y) => polyfit(x!, y!, 1),
  "norm.logpdf": (x, loc, scale) => stats.norm.logpdf(x!, loc, scale),
  "norm.entropy": (loc, scale) => stats.norm.entropy(loc, scale),
  "uniform.variance": (loc, scale) => stats.uniform.variance(loc, scale),
  "lognorm.pdf": (x, s, loc) => stats.lognorm.pdf(x!, s!, loc!.multiply(0)),
  "gamma.logpdf": (x, a) => stats.gamma.logpdf(x!, a!),
  "chi2.entropy": (df, scale) => stats.chi2.entropy(df!, 0, scale),
  "t.cdf": (x, df) => stats.t.cdf(x!, df!),
  "t.ppf": (df, scale) => stats.t.ppf(0.1, df!, 0, scale),
  "beta.logpdf": (a, b) => stats.beta.logpdf(0.25, a!, b!),
  "poisson.pmf": (k, mu) => stats.poisson.pmf(k!, mu!),
  "dirichlet.logpdf": (alpha) => stats.dirichlet.logpdf(shares, alpha!),
  "multivariateNormal.logpdf": (x, mean, c) =>
    stats.multivariateNormal.logpdf(x!, mean, linalg.blockDiag(c!.at([0]), c!.at([1]), c!.at([2]))),
  "nn.bceWithLogits": (x, y) => nn.bceWithLogits(x!, y!),
  "nn.klDiv": (x, y) => nn.klDiv(x!, y!),
  "nn.poissonNllLoss": (x, y) => nn.poissonNllLoss(x!, y!, { full: true }),
  "nn.gaussianNllLoss": (x, y, v) => nn.gaussianNllLoss(row(x!), row(y!), row(v!)),
  "nn.cosineSimilarity": (x, y) => nn.cosineSimilarity(row(x!), row(y!)),
  "nn.tripletMarginLoss": (a, p, n) => nn.tripletMarginLoss(row(a!), row(p!), row(n!)),
};
const values = [
  [1, 2, 3],
  [3, 2, 5],
  [5, 3, 7],
];

describe.each(["int32", "float32"] as const)("%s beside float64", (dtype) => {
  test.each(Object.entries(functions))("%s", (_, f) => {
    const exact = values.map((v) => tensor(v, { dtype: "float64" }));
    const want = f(...exact);
    for (let i = 0; i < f.length; i++) {
      const operands = exact.map((x, k) => (k === i ? x.astype(dtype) : x));
      const got = f(...operands);
      expect(got.dtype).toBe("float64");
      got.data().forEach((v, k) => {
        expect(Math.abs(v - want.data()[k]!)).toBeLessThan(1e-13 * (1 + Math.abs(v)));
      });
    }
  });
});

test("arrays of numbers do not round beside float64", () => {
  const x = tensor([0.1, 0.2], { dtype: "float64" });
  expect(stats.norm.logpdf(x, [0.1, 0.2], [0.1, 0.3]).toArray()).toEqual(
    stats.norm.logpdf(x, x, tensor([0.1, 0.3], { dtype: "float64" })).toArray(),
  );
});

test("powers of integers do not overflow in polyfit", () => {
  const x = tensor([1000, 2000, 3000, 4000], { dtype: "int32" });
  const c = polyfit(x, x.astype("float64").divide(1000), 3);
  expect(c.at(2).item()).toBeCloseTo(1e-3, 10);
});
