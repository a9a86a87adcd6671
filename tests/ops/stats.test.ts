// Distributions at hard points: far tails, the ends of supports, outside of them, parameters that are
// none. Truths to 17 digits by mpmath.

import * as tg from "tapegrad";
import {
  grad,
  hessian,
  histogram,
  histogram2d,
  isTensor,
  jvp,
  median,
  percentile,
  quantile,
  stats,
  tensor,
  vmap,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";

const f64 = (x: number | number[]): Tensor => tensor(x as number[], { dtype: "float64" });
const near = (got: Tensor, want: number, rtol = 1e-14): void => {
  expect(Math.abs((got.item() as number) - want) / Math.abs(want)).toBeLessThan(rtol);
};

/** f and its derivatives at a number, in both modes and under vmap; from the second on to 1e-7. */
function nearDerivatives(
  f: (x: Tensor) => Tensor,
  at: number,
  wants: number[],
  first: number,
): void {
  let [forth, back] = [f, f];
  for (const [k, want] of wants.entries()) {
    const rtol = k < 2 ? first : 1e-7;
    near(forth(f64(at)), want, rtol);
    near(back(f64(at)), want, rtol);
    near(vmap(back)(f64([at, at])).at(1), want, rtol);
    const [value, slope] = [forth, back];
    forth = (x) => jvp(value, [x], [1])[1];
    back = grad(slope);
  }
}

describe("tails", () => {
  const tails: [string, () => Tensor, number, number?][] = [
    ["norm.logcdf(-40)", () => stats.norm.logcdf(-40), -804.6084420137538],
    ["norm.cdf(-37)", () => stats.norm.cdf(-37), 5.725571222524577e-300, 1e-12],
    ["norm.logsf(1e10)", () => stats.norm.logsf(1e10), -5e19],
    ["norm.logcdf(9)", () => stats.norm.logcdf(9), -1.1285884059538405e-19],
    ["laplace.logcdf(-1000)", () => stats.laplace.logcdf(-1000), -1000.6931471805599],
    ["laplace.logcdf(50)", () => stats.laplace.logcdf(50), -9.643749239819589e-23],
    ["laplace.isf(1e-300)", () => stats.laplace.isf(1e-300), 690.0823807176538],
    ["cauchy.cdf(-1e200)", () => stats.cauchy.cdf(-1e200), 3.1830988618379067e-201],
    ["cauchy.logpdf(1e200)", () => stats.cauchy.logpdf(1e200), -922.1787670834676],
    ["cauchy.logcdf(1e20)", () => stats.cauchy.logcdf(1e20), -3.1830988618379067e-21],
    ["cauchy.ppf(1e-30)", () => stats.cauchy.ppf(1e-30), -3.183098861837906e29],
    ["exponential.cdf(1e-20)", () => stats.exponential.cdf(1e-20), 1e-20],
    ["exponential.logcdf(50)", () => stats.exponential.logcdf(50), -1.9287498479639178e-22],
    ["halfnormal.logsf(50)", () => stats.halfnormal.logsf(50), -1254.13821395886],
    [
      "gamma.logcdf of the upper tail",
      () => stats.gamma.logcdf(60, 2.5),
      -3.138579772755296e-24,
      1e-12,
    ],
    ["gamma.sf(80, 2.5)", () => stats.gamma.sf(80, 2.5), 9.898229019203791e-33, 1e-12],
    ["beta.sf(1 - 2^-40)", () => stats.beta.sf(1 - 2 ** -40, 2, 3), 3.0092655381030033e-36, 1e-12],
    ["t.cdf(-1e10, 3)", () => stats.t.cdf(-1e10, 3), 1.102657790843584e-30, 1e-12],
    ["t.logsf(1e10, 3)", () => stats.t.logsf(1e10, 3), -68.97982935077677],
  ];
  test.each(tails)("%s", (_, f, want, rtol) => {
    near(f(), want, rtol);
  });
});

describe("logarithms of probabilities whose square underflows: derivatives to the third", () => {
  const { gamma, chi2, beta, t } = stats;
  // prettier-ignore
  const deep: [string, (x: Tensor) => Tensor, number, number[]][] = [
    ["gamma.logcdf", (x) => gamma.logcdf(x, 30), 1e-8, [-627.2786586770785, 3e9, -3e17, 6e25]],
    ["gamma.logcdf, shape", (a) => gamma.logcdf(1e-8, a), 30, [-627.2786586770785, -21.83845220998163, -0.03278394924595749, 0.001074691129589557]],
    ["chi2.logcdf", (x) => chi2.logcdf(x, 60), 2e-8, [-627.2786586770785, 1.5e9, -7.5e16, 7.5e24]],
    ["gamma.logsf", (x) => gamma.logsf(x, 3), 650, [-637.7361255365475, -0.9969278106285482, -4.719162631677517e-6, 1.4498092859365292e-8]],
    ["gamma.logsf, shape", (a) => gamma.logsf(650, a), 3, [-637.7361255365475, 5.555728848910993, -0.39493170002336336, 0.15411381356813297]],
    ["beta.logcdf", (x) => beta.logcdf(x, 30, 2), 1e-8, [-549.1864351237632, 3e9, -3e17, 6e25]],
    ["beta.logcdf, shape", (a) => beta.logcdf(1e-8, a, 2), 30, [-549.1864351237632, -18.38842267944664, -0.0010405827256553992, 6.713436937546629e-5]],
    ["t.logcdf", (x) => t.logcdf(x, 30), -1e9, [-573.3078833996699, 3e-8, 3e-17, 6e-26]],
    ["t.logsf", (x) => t.logsf(x, 30), 1e9, [-573.3078833996699, -3e-8, 3e-17, -6e-26]],
  ];

  test.each(deep)("%s", (_, f, at, wants) => {
    // Third ones are of differences, up to a millionth of their terms.
    nearDerivatives(f, at, wants, 1e-9);
  });

  test("float32, and where nothing is left", () => {
    let f = (x: Tensor): Tensor => gamma.logcdf(x, 10);
    for (const want of [
      -38.22113801362955, 99.09160215267529, -999.9930255959811, 20000.00088016391,
    ]) {
      near(f(tensor(0.1)), want, 1e-4);
      const g = f;
      f = grad(g);
    }
    expect(gamma.logcdf(f64([0, NaN]), 30).toArray()).toEqual([-Infinity, NaN]);
    expect(t.logcdf(f64([-Infinity, NaN]), 30).toArray()).toEqual([-Infinity, NaN]);
  });
});

describe("probabilities smaller than any number, by mpmath: logarithms and two derivatives", () => {
  const { gamma, chi2, beta, t, poisson, binomial } = stats;
  // prettier-ignore
  const deep: [string, (x: Tensor) => Tensor, number, number[]][] = [
    ["gamma.logsf", (x) => gamma.logsf(x, 3), 2000, [-1985.4903422616424, -0.9990004999997503, -4.995000004993754e-07]],
    ["gamma.logsf, shape", (a) => gamma.logsf(2000, a), 50, [-1772.0967311693275, 3.699425068172048, -0.020201071068975295]],
    ["gamma.logcdf", (x) => gamma.logcdf(x, 1000), 150, [-1051.3305727237105, 5.66784126909125, -0.0444430685574368]],
    ["gamma.logcdf, shape", (a) => gamma.logcdf(150, a), 1000, [-1051.3305727237105, -1.8977958850052508, -0.000999117800732424]],
    ["gamma.logcdf, tiny", (x) => gamma.logcdf(x, 5), 1e-100, [-1156.080038239805, 5e+100, -4.9999999999999995e+200]],
    ["chi2.logsf", (x) => chi2.logsf(x, 4), 3000, [-1492.6861131683665, -0.4996668887408394, -1.1096311097953352e-07]],
    ["chi2.logcdf", (x) => chi2.logcdf(x, 4000), 500, [-2413.469064966103, 3.500285504591813, -0.007999918593402012]],
    ["poisson.logcdf", (mu) => poisson.logcdf(3, mu), 1500, [-1479.85009764218, -0.9980013342204432, -1.3315537825224471e-06]],
    ["poisson.logsf", (mu) => poisson.logsf(500, mu), 20, [-1136.6445429268238, 24.05207433248277, -1.2524957156900245]],
    ["beta.logcdf", (x) => beta.logcdf(x, 400, 3), 0.1, [-909.9469377238481, 3997.783935214243, -40002.45545272547]],
    ["beta.logcdf, shape", (a) => beta.logcdf(0.1, a, 3), 400, [-909.9469377238481, -2.29760514718629, -1.23999398526069e-05]],
    ["beta.logsf", (x) => beta.logsf(x, 2, 2000), 0.75, [-2765.2748354081477, -7998.667554963357, -32001.775409775673]],
    ["binomial.logcdf", (p) => binomial.logcdf(2, 1000, p), 0.75, [-1370.9751063317551, -3989.3368924448387, -15971.546064612628]],
    ["binomial.logsf", (p) => binomial.logsf(300, 1000, p), 0.01, [-785.0422899903976, 29396.35693257885, -3010702.5220016143]],
    ["t.logcdf", (x) => t.logcdf(x, 30), -1e+20, [-1333.160964087705, 3e-19, 3e-39]],
    ["t.logcdf, df", (df) => t.logcdf(-1e20, df), 30, [-1333.160964087705, -43.86749221191838, 0.01720372421167582]],
    ["t.logsf", (x) => t.logsf(x, 3), 1e+200, [-1381.4533323573828, -3e-200]],
    ["t.logsf, many", (x) => t.logsf(x, 1e4), 60, [-1542.2833420150748, -44.12989271620206, -0.34570884319424294]],
  ];

  test.each(deep)("%s", (_, f, at, wants) => {
    nearDerivatives(f, at, wants, 1e-11);
  });

  test("shapes that are large, in float32, and arguments that are", () => {
    const mu = tensor(1e6, { dtype: "float32" });
    const k = tensor(1_020_000, { dtype: "float32" });
    const single = stats.poisson.logsf(k, mu);
    expect(single.dtype).toBe("float32");
    const want = stats.poisson.logsf(f64(1_020_000), f64(1e6)).item();
    expect(Math.abs(single.item() / want - 1)).toBeLessThan(1e-6);
    // The density falls off like z^-6, its integral like z^-5.
    const near = stats.t.logcdf(f64(-1e100), 5).item();
    const far = stats.t.logcdf(f64(-1e308), 5).item();
    expect(Math.abs((far - near) / (-5 * 208 * Math.LN10) - 1)).toBeLessThan(1e-12);
  });

  test("they go on from where probabilities end, in both dtypes", () => {
    for (const [at, dtype, step, rtol] of [
      [650, "float64", 1, 1e-11],
      [70, "float32", 0.5, 2e-6],
    ] as const) {
      // Third differences of what is smooth are next to nothing.
      const x = tg.arange(at, at + 64 * step, step, { dtype });
      const y = gamma.logsf(x, 2.5);
      expect(y.dtype).toBe(dtype);
      const odd = tg.max(tg.abs(tg.diff(y.astype("float64"), 3))).item() as number;
      expect(odd).toBeLessThan(at * rtol * 8);
    }
    const alike = gamma.logsf(tensor([95, 1000]), 2.5).data();
    const exact = gamma.logsf(f64([95, 1000]), 2.5).data();
    alike.forEach((v, i) => expect(Math.abs(v / exact[i]! - 1)).toBeLessThan(1e-6));
  });

  test("what lies outside stays what it was", () => {
    const none = [-Infinity, -Infinity];
    expect(gamma.logcdf(f64([-1, 0]), 5).toArray()).toEqual(none);
    expect(gamma.logsf(f64([Infinity, Infinity]), 5).toArray()).toEqual(none);
    expect(beta.logcdf(f64([0, -1]), 5, 5).toArray()).toEqual(none);
    expect(beta.logsf(f64([1, 2]), 5, 5).toArray()).toEqual(none);
    expect(poisson.logcdf(f64([-1, -5]), 3).toArray()).toEqual(none);
    expect(poisson.logsf(f64([Infinity, Infinity]), 3).toArray()).toEqual(none);
    expect(binomial.logcdf(f64([-1, -2]), 5, 0.5).toArray()).toEqual(none);
    expect(binomial.logsf(f64([5, 6]), 5, 0.5).toArray()).toEqual(none);
    expect(t.logcdf(f64([-Infinity, NaN]), 5).toArray()).toEqual([-Infinity, NaN]);
  });
});

describe("at infinity", () => {
  test.each([0.5, 1, 2.5])("gamma and chi2 of shape %d have density 0", (a) => {
    expect(stats.gamma.pdf(Infinity, a).item()).toBe(0);
    expect(stats.gamma.logpdf(Infinity, a).item()).toBe(-Infinity);
    expect(stats.chi2.pdf(Infinity, 2 * a).item()).toBe(0);
    expect(grad((x) => stats.gamma.pdf(x, a))(Infinity)).toBe(0);
    expect(grad((s) => stats.gamma.pdf(Infinity, s))(a)).toBe(0);
  });

  test("t has all of its probability between", () => {
    expect(stats.t.cdf(f64([-Infinity, Infinity, NaN]), 3).toArray()).toEqual([0, 1, NaN]);
    expect(stats.t.sf(f64([-Infinity, Infinity]), 3).toArray()).toEqual([1, 0]);
    expect(stats.t.logcdf(Infinity, 3).item()).toBeCloseTo(0, 15);
    expect(grad((df) => stats.t.cdf(Infinity, df))(3)).toBe(0);
  });

  test("poisson gives nothing, and nothing moves", () => {
    expect(stats.poisson.pmf(Infinity, 2).item()).toBe(0);
    expect(grad((mu) => stats.poisson.cdf(Infinity, mu))(2)).toBe(0);
    expect(grad((mu) => stats.poisson.sf(Infinity, mu))(2)).toBe(0);
  });
});

test("the ends of the support do not move with the shape", () => {
  expect(grad((a) => stats.gamma.ppf(0, a))(2.5)).toBe(0);
  expect(grad((a) => stats.gamma.isf(1, a))(2.5)).toBe(0);
  expect(grad((a) => stats.beta.ppf(0, a, 1.5))(2.5)).toBe(0);
  expect(grad((a) => stats.beta.ppf(1, a, 1.5))(2.5)).toBe(0);
  expect(grad((b) => stats.beta.ppf(0, 2.5, b))(2)).toBe(0);
  expect(grad((q) => stats.gamma.ppf(q, 1))(0)).toBe(1);
});

test("an element that is NaN leaves the entropies of others alone", () => {
  near(stats.poisson.entropy(f64([NaN, 1.5])).at(1), stats.poisson.entropy(1.5).item());
  near(stats.binom.entropy(f64([NaN, 5]), 0.5).at(1), stats.binom.entropy(5, 0.5).item());
});

test("halfnormal.logsf near 0, by mpmath: log(erfc(x / √2))", () => {
  const rows = [
    [1e-20, -7.978845608028654e-21],
    [1e-10, -7.978845608346964e-11],
    [0.001, -0.0007982029070198694],
    [0.3, -0.26895563760890534],
    [0.69, -0.7129536656723837],
    [0.71, -0.7387637000933028],
    [2, -3.0900371531220867],
    [40, -803.9152948331938],
  ] as const;
  for (const [x, want] of rows) {
    const got = stats.halfnormal.logsf(f64(x)).item() as number;
    expect(Math.abs(got / want - 1)).toBeLessThan(4e-16);
  }
});

test("the t distribution has the moments that SciPy gives it for few degrees of freedom", () => {
  const df = f64([0.5, 1, 1.5, 2, 3, -1, NaN]);
  expect(stats.t.mean(df).toArray()).toEqual([Infinity, Infinity, 0, 0, 0, NaN, NaN]);
  expect(stats.t.variance(df).toArray()).toEqual([NaN, NaN, Infinity, Infinity, 3, NaN, NaN]);
});

test("integers: quantiles and inverses are of the default float, counts int32, sizes as floats may be", () => {
  const n = tensor([10, 100], { dtype: "int32" });
  expect(stats.binomial.ppf(0.3, n, 0.5).dtype).toBe("float32");
  expect(stats.binomial.ppf(f64(0.3), n, 0.5).toArray()).toEqual([4, 47]);
  expect(stats.poisson.ppf(f64(0.5), n).toArray()).toEqual([10, 100]);
  for (const f of [median, (x: Tensor) => quantile(x, 0.5), (x: Tensor) => percentile(x, 50)]) {
    expect(f(n).dtype).toBe("float32");
    expect(f(n).item()).toBe(55);
  }
  expect(histogram(n, 2)[0].dtype).toBe("int32");
  expect(histogram2d(n, n, 2)[0].toArray()).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(histogram2d(n, n, 2)[0].dtype).toBe("int32");
});

test("means and variances of what is no distribution are NaN", () => {
  for (const f of ["mean", "variance"] as const) {
    expect(stats.bernoulli[f](1.5).item()).toBeNaN();
    expect(stats.binom[f](4, -1).item()).toBeNaN();
    expect(stats.binom[f](-4, 0.5).item()).toBeNaN();
    expect(stats.poisson[f](-1).item()).toBeNaN();
    expect(stats.poisson[f](tensor([3], { dtype: "int32" })).dtype).toBe("float32");
  }
});

describe("outside of the support: density 0, its logarithm -∞, derivatives 0", () => {
  const places: [
    string,
    (f: "pdf" | "logpdf" | "cdf" | "logcdf" | "sf" | "logsf") => Fn,
    number[],
  ][] = [
    ["exponential", (f) => (x) => stats.exponential[f](x), [-1]],
    ["uniform", (f) => (x) => stats.uniform[f](x), [-1, 1.5]],
    ["halfnormal", (f) => (x) => stats.halfnormal[f](x), [-1]],
    ["lognormal", (f) => (x) => stats.lognormal[f](x, 0.5), [-1]],
    ["gamma", (f) => (x) => stats.gamma[f](x, 0.5), [-1]],
    ["chi2", (f) => (x) => stats.chi2[f](x, 2.5), [-1]],
    ["beta", (f) => (x) => stats.beta[f](x, 0.5, 1.5), [-1, 2]],
  ];
  type Fn = (x: Tensor | number) => Tensor;
  test.each(places)("%s", (_, of, points) => {
    for (const x of points) {
      expect((of("pdf")(x).item() as number) + 0).toBe(0);
      expect((of("logpdf")(x).item() as number) + 0).toBe(-Infinity);
      expect((of("cdf")(x).item() as number) + 0).toBe(x < 0 ? 0 : 1);
      expect((of("logcdf")(x).item() as number) + 0).toBe(x < 0 ? -Infinity : 0);
      expect((of("sf")(x).item() as number) + 0).toBe(x < 0 ? 1 : 0);
      expect((of("logsf")(x).item() as number) + 0).toBe(x < 0 ? 0 : -Infinity);
      for (const f of ["pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"] as const) {
        expect(grad(of(f))(x) + 0).toBe(0);
        expect(grad(grad(of(f)))(x) + 0).toBe(0);
        expect(Number(jvp(of(f), [x], [1])[1]) + 0).toBe(0);
      }
    }
    for (const f of ["pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"] as const) {
      expect(of(f)(NaN).item()).toBeNaN();
    }
  });

  test("in the shape too", () => {
    expect(grad((a: number) => stats.gamma.logpdf(-1, a))(0.5) + 0).toBe(0);
    expect(grad((a: number) => stats.beta.cdf(2, a, 1))(0.5) + 0).toBe(0);
    expect(grad((s: number) => stats.lognormal.pdf(0, s))(0.5) + 0).toBe(0);
  });

  test("counts that there are not", () => {
    expect(stats.poisson.logpmf([-1, 0.5], 2).toArray()).toEqual([-Infinity, -Infinity]);
    expect(stats.binomial.pmf([-1, 4, 1.5], 3, 0.5).toArray()).toEqual([0, 0, 0]);
    expect(stats.binomial.cdf([-1, 4], 3, 0.5).toArray()).toEqual([0, 1]);
    expect(stats.categorical.pmf([-1, 2], [0.5, 0.5]).toArray()).toEqual([0, 0]);
    expect(grad((p: number) => stats.binomial.logpmf(4, 3, p))(0.5) + 0).toBe(0);
  });
});

describe("ends of supports", () => {
  test("densities that are finite there, and those that are not", () => {
    expect(stats.gamma.pdf([0, 0, 0], f64([0.5, 1, 2])).toArray()).toEqual([Infinity, 1, 0]);
    expect(stats.beta.pdf(f64([0, 1]), 1, 1).toArray()).toEqual([1, 1]);
    expect(stats.beta.pdf(f64([0, 1]), 0.5, 2).toArray()).toEqual([Infinity, 0]);
    expect(stats.exponential.pdf(0).item()).toBe(1);
    expect(stats.lognormal.pdf(0, 1).item()).toBe(0);
    expect(stats.chi2.logpdf(0, 2).item()).toBe(-Math.LN2);
  });

  test("a probability of 0 or 1", () => {
    expect(stats.poisson.pmf([0, 1], 0).toArray()).toEqual([1, 0]);
    expect(stats.binomial.pmf([0, 3], 3, 0).toArray()).toEqual([1, 0]);
    expect(stats.binomial.pmf([0, 3], 3, 1).toArray()).toEqual([0, 1]);
    expect(stats.bernoulli.logpmf([0, 1], 0).add(0).toArray()).toEqual([0, -Infinity]);
    expect(stats.categorical.entropy([1, 0]).item()).toBe(0);
  });

  test("quantiles of 0 and 1, and of what is no probability", () => {
    for (const name of ["norm", "laplace", "cauchy"] as const) {
      expect(stats[name].ppf([0, 1, -0.5, 1.5]).toArray()).toEqual([-Infinity, Infinity, NaN, NaN]);
      expect(stats[name].isf([0, 1]).toArray()).toEqual([Infinity, -Infinity]);
    }
    for (const name of ["exponential", "halfnormal"] as const) {
      expect(stats[name].ppf([0, 1, -0.5]).toArray()).toEqual([0, Infinity, NaN]);
    }
    expect(stats.uniform.ppf([0, 1, 2], 1, 2).toArray()).toEqual([1, 3, NaN]);
    expect(stats.lognormal.ppf([0, 1], 1).toArray()).toEqual([0, Infinity]);
  });

  test("smooth in the middle", () => {
    near(f64(grad((x: number) => stats.laplace.cdf(x))(0)), 0.5);
    near(f64(grad((x: number) => stats.t.cdf(x, 3))(0)), stats.t.pdf(0, 3).item() as number);
    near(f64(grad((x: number) => stats.cauchy.cdf(x))(0)), 1 / Math.PI);
  });
});

test("chi2 at degrees of freedom that are not whole has a derivative in x", () => {
  near(f64(grad((x: number) => stats.chi2.pdf(x, 2.5))(1.5)), -0.08082991466920407, 1e-13);
  near(f64(grad((df: number) => stats.chi2.cdf(1.5, df))(2.5)), -0.2107849436172053, 1e-13);
});

test("parameters that are none give NaN", () => {
  expect(stats.norm.pdf(0, 0, [-1, 0, NaN]).toArray()).toEqual([NaN, NaN, NaN]);
  expect(stats.gamma.cdf(1, [-1, 0]).toArray()).toEqual([NaN, NaN]);
  expect(stats.beta.logpdf(0.5, 1, -1).item()).toBeNaN();
  expect(stats.t.sf(0.5, 0).item()).toBeNaN();
  expect(stats.poisson.pmf(1, -1).item()).toBeNaN();
  expect(stats.binomial.pmf(1, 2.5, 0.5).item()).toBeNaN();
  expect(stats.bernoulli.pmf(1, 1.5).item()).toBeNaN();
  expect(stats.dirichlet.pdf([0.5, 0.5], [1, -1]).item()).toBeNaN();
});

test("integers are counted in the dtype of the parameters", () => {
  const k = tensor([1, 2], { dtype: "int32" });
  expect(stats.poisson.logpmf(k, f64(1.5)).dtype).toBe("float64");
  expect(stats.poisson.logpmf(k, 1.5).dtype).toBe("float32");
  expect(stats.gamma.logpdf(k, f64(1.5)).dtype).toBe("float64");
  near(
    stats.gamma.logpdf(k, f64(1.5)).at(1),
    Math.log(2) / 2 - 2 - Math.log(Math.PI) / 2 + Math.LN2,
  );
});

test("sizes broadcast, and vmap is a loop", () => {
  const x = f64([-1, 0, 2]).reshape([3, 1]);
  const scale = f64([0.5, 2]);
  const all = stats.norm.logpdf(x, 0, scale);
  expect(all.shape).toEqual([3, 2]);
  const mapped = vmap((s: Tensor) => stats.norm.logpdf(x.squeeze(1), 0, s), { outAxes: 1 })(scale);
  expect(isTensor(mapped) && mapped.toArray()).toEqual(all.toArray());
});

test("a Hessian of a likelihood", () => {
  const data = f64([0.5, 1, 3]);
  const h = hessian((a: Tensor) => stats.gamma.logpdf(data, a.at(0), 0, a.at(1)).sum())(
    f64([2, 1.5]),
  );
  // -n ψ'(a), -n / scale, n a / scale² - 2 Σ x / scale³
  const want = [-1.9348022005446792, -2, -2, (3 * 2) / 2.25 - 9 / 1.5 ** 3];
  (h as Tensor).data().forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 12));
});

describe("wrong input", () => {
  test("says what is wrong", () => {
    expect(() => stats.dirichlet.pdf([0.5, 0.5], [1, 1, 1, 1])).toThrow(
      "stats.dirichlet.pdf: x must end with as many shares as alpha has shapes, or one less: [2] and [4]",
    );
    expect(() => stats.categorical.pmf(f64(0.5), [1, 1])).toThrow(
      /^stats\.categorical\.pmf: indices are integers/,
    );
    expect(() => stats.categorical.pmf(0, 1)).toThrow(
      /^stats\.categorical\.pmf: p needs a last axis/,
    );
    expect(() => stats.norm.pdf([1, 2], [1, 2, 3])).toThrow(/broadcast/);
  });
});

describe("t of infinitely many degrees of freedom is normal", () => {
  const { norm, t } = stats;
  const x = f64([-40, -2, 0, 0.5, 30]);
  const q = f64([0, 1e-20, 0.3, 0.5, 1]);
  const mixed = f64([Infinity, 3, Infinity, 5, Infinity]);
  const calls = ["pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"] as const;

  test.each(calls)("%s", (name) => {
    const at = name === "ppf" || name === "isf" ? q : x;
    const want = norm[name](at, 1, 2).toArray() as number[];
    const all = t[name](at, Infinity, 1, 2);
    want.forEach((value, i) => {
      if (Number.isFinite(value) && value !== 0) near(all.at(i), value, 1e-13);
      else expect(all.at(i).item()).toBe(value);
    });
    const some = t[name](at, mixed, 1, 2).toArray() as number[];
    expect([some[0], some[2], some[4]]).toEqual([0, 2, 4].map((i) => all.at(i).item()));
    expect([some[1], some[3]]).toEqual(
      [1, 3].map((i) => t[name](at.at(i), mixed.at(i), 1, 2).item()),
    );
    const slope = (df: number | Tensor) =>
      grad((z: Tensor) => t[name](z, df).sum())(at.slice([[1, 4]])).toArray();
    expect(slope(Infinity)).toEqual(slope(f64([Infinity, Infinity, Infinity])));
  });

  test("entropy, mean, variance", () => {
    for (const df of [Infinity, f64(Infinity)]) {
      expect(t.entropy(df, 1, 2).item()).toBeCloseTo(norm.entropy(1, 2).item() as number, 6);
      expect([t.mean(df, 1, 2).item(), t.variance(df, 1, 2).item()]).toEqual([1, 4]);
    }
    expect(t.mean(f64([Infinity, 3])).dtype).toBe("float64");
    expect(t.variance(f64([Infinity, 3])).toArray()).toEqual([1, 3]);
  });
});

describe("what cancels, by mpmath", () => {
  test("t.logpdf: three derivatives in many degrees of freedom", () => {
    const rows = [
      [
        0.5, 1e4, -1.043974470574425, 3.5937239464680834e-9, -7.187421827538985e-13,
        2.1562187262694855e-16,
      ],
      [
        2.5, 1e8, -4.043938469298426, -6.390624381510461e-16, 1.278124814453143e-23,
        -3.83437425781259e-31,
      ],
      [
        -6.9, 1e8, -24.723933106976165, -5.426226766065376e-14, 1.0852450048198001e-21,
        -3.255733969279949e-29,
      ],
      [
        1, 2000, -1.419188512371338, 1.249791666635469e-7, -1.2496874999220312e-10,
        1.8743749997661718e-13,
      ],
      [
        30, 3000, -394.5966007000068, -0.015759027532892367, 8.853038680694584e-6,
        -7.490043687523448e-9,
      ],
      [0, 1e6, -0.9189387832046727, 2.49999999999875e-13, -4.999999999995e-19, 1.4999999999975e-24],
    ] as const;
    for (const [x, df, ...wants] of rows) {
      let [forth, back] = [1, 1].map(
        () =>
          (n: Tensor): Tensor =>
            stats.t.logpdf(x, n),
      );
      for (const want of wants) {
        near(forth!(f64(df)), want, 1e-13);
        near(back!(f64(df)), want, 1e-13);
        const [value, slope] = [forth!, back!];
        forth = (n) => jvp(value, [n], [1])[1];
        back = grad(slope);
      }
    }
    // Few and many degrees in one tensor.
    const both = stats.t.logpdf(0.5, f64([3, 1e4, Infinity])).toArray() as number[];
    expect(both[0]).toBe(stats.t.logpdf(f64(0.5), 3).item());
    expect(both[2]).toBe(stats.norm.logpdf(f64(0.5)).item());
  });

  test("bernoulli.entropy: both of its terms are as small as p", () => {
    const rows = [
      [1e-300, 6.917755278982137e-298],
      [1e-20, 4.705170185988091e-19],
      [1e-9, 2.1723265836446412e-8],
      [0.3, 0.6108643020548935],
      [0.9, 0.3250829733914482],
    ] as const;
    for (const [p, want] of rows) near(stats.bernoulli.entropy(f64(p)), want, 4e-16);
    expect(stats.bernoulli.entropy(f64([0, 1])).toArray()).toEqual([0, 0]);
    const slope = grad((p: Tensor) => stats.bernoulli.entropy(p).sum());
    expect(slope(f64([0, 0.5, 1])).toArray()).toEqual([Infinity, 0, -Infinity]);
  });

  test("cauchy.logpdf: mixed derivatives far out", () => {
    const rows = [
      [1.83, 1e-8, 6.526896442792486e-9, -1.0699830234086042e-8],
      [1000, 1, 3.999992000012e-9, -1.1999960000084e-11],
      [0.3, 2, 0.14347116528476037, 0.43614298819246633],
    ] as const;
    for (const [x, scale, want, next] of rows) {
      const inScale = grad((s: Tensor, x: Tensor) => stats.cauchy.logpdf(x, 0, s));
      const mixed = grad((x: Tensor) => inScale(f64(scale), x));
      near(mixed(f64(x)), want, 1e-13);
      near(grad(mixed)(f64(x)), next, 1e-12);
    }
  });

  test("entropies of large shapes, by mpmath, with two derivatives; and in float32", () => {
    const gamma = (a: Tensor): Tensor => stats.gamma.entropy(a);
    const student = (df: Tensor): Tensor => stats.t.entropy(df);
    const rows = [
      [gamma, 29, 3.0909926633661486, 0.017644612004684652, -0.0006225781934596947],
      [gamma, 31, 3.125092368264418, 0.01648152260113501, -0.00054321535699306],
      [gamma, 1e5, 7.17539793234812, 5.0000333335e-6, -5.000066667166668e-11],
      [student, 99, 1.4290648778691124, -0.00010254045406660782, 2.076622744678697e-6],
      [student, 101, 1.428863867767436, -9.851004896591572e-5, 1.9554024376234063e-6],
      [student, 1e5, 1.4189485332296725, -1.0000049999499995e-10, 2.0000149997999975e-15],
    ] as const;
    for (const [f, at, value, ...slopes] of rows) {
      near(f(f64(at)), value, 1e-13);
      let slope: (x: Tensor) => Tensor = f;
      for (const want of slopes) {
        slope = grad(slope);
        near(slope(f64(at)), want, at > 30 && at !== 99 ? 1e-13 : 1e-10);
      }
      if (at > 1000) near(grad(f)(tensor(at)), slopes[0]!, 1e-6);
    }
    near(stats.chi2.entropy(f64(2e5)), 7.17539793234812 + Math.LN2, 1e-13);
  });

  test("densities near 0 whose x^a vanishes", () => {
    // By mpmath: 6x² - 8x³ + 3x⁴, and its like.
    const curve = grad(grad((x: Tensor) => tg.betainc(2, 3, x)));
    for (const x of [1e-300, 1e-160]) near(curve(f64(x)), 12, 1e-14);
    near(stats.beta.pdf(f64(1e-300), 2, 3), 1.2e-299, 1e-13);
    near(stats.gamma.pdf(f64(1e-160), 2.5), 7.522527780636751e-241, 2e-13);
    const slope = grad(grad((x: Tensor) => tg.gammainc(2.5, x)));
    near(slope(f64(1e-300)), 1.1283791670955126e-150, 2e-13);
  });
});
