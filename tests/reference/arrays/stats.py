"""scipy.stats, in all parameters."""

import numpy as np
import scipy.stats as ss

from cases import F, I, X0, X1, X2, case, constant

X3 = "$3"
NAMES = [X0, X1, X2, X3, "$4"]
OURS = {"variance": "var"}
THEIRS = {"exponential": "expon", "lognormal": "lognorm", "halfnormal": "halfnorm", "binomial": "binom"}


def N(*values):
    """Parameters as 0-d operands."""
    return [np.array(float(v)) for v in values]


def values(name):
    return getattr(ss, THEIRS.get(name, name))


def every(name, shapes, x, q=True, cdf=True, entropy=True, moments=True, loc=0.25, scale=1.5):
    """All functions of a continuous distribution: with every parameter, and without loc and scale."""
    d = values(name)
    n = len(shapes)
    z = np.array(x)
    points = [z * scale + loc, *N(*shapes, loc, scale)]
    functions = ["pdf", "logpdf"] + (["cdf", "logcdf", "sf", "logsf"] if cdf else [])
    for f in functions:
        case(f"stats.{name}.{f}", points, NAMES[:n + 3], getattr(d, f), label="loc and scale")
        if f in ["logpdf", "cdf"]:
            case(f"stats.{name}.{f}", [z, *N(*shapes)], NAMES[:n + 1], getattr(d, f), label="standard")
    if q:
        for f in ["ppf", "isf"]:
            at = [np.array([0.0625, 0.25, 0.375, 0.75, 0.9375])]
            case(f"stats.{name}.{f}", at + points[1:], NAMES[:n + 3], getattr(d, f), label="loc and scale")
    for f in (["entropy"] if entropy else []) + (["mean", "variance"] if moments else []):
        case(f"stats.{name}.{f}", points[1:], NAMES[:n + 2],
             lambda *p, f=f, d=d: np.float64(getattr(d, OURS.get(f, f))(*p)), label="loc and scale")


REAL = [-2.5, -0.75, 0.25, 1.125, 3.0]
POSITIVE = [0.125, 0.75, 1.5, 2.75, 4.0]
UNIT = [0.125, 0.25, 0.4375, 0.625, 0.8125]
every("norm", [], REAL)
every("laplace", [], REAL)
every("cauchy", [], REAL, moments=False)
every("exponential", [], POSITIVE)
every("uniform", [], UNIT)
every("halfnormal", [], POSITIVE)
every("lognormal", [0.75], POSITIVE)
every("gamma", [2.5], POSITIVE)
every("chi2", [3.25], POSITIVE)
every("beta", [2.25, 1.5], UNIT)
every("t", [4.5], REAL)
for name, args in [("expon", [1.5]), ("halfnorm", [1.5]), ("lognorm", [1.5, 0.5])]:
    z = [np.array(args[0]), *N(*args[1:])]
    for f in ["pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"]:
        constant(f"stats.{name}.{f}", z, NAMES[:len(z)], getattr(values(name), f), label="another name")
    for f in ["ppf", "isf"]:
        constant(f"stats.{name}.{f}", N(0.25, *args[1:]), NAMES[:len(z)], getattr(values(name), f), label="another name")
    for f in ["entropy", "mean", "variance"]:
        shapes = args[1:] or [0.5]
        constant(f"stats.{name}.{f}", N(*shapes), NAMES[:1],
             lambda *p, f=f, d=values(name): np.float64(getattr(d, OURS.get(f, f))(*p)), label="another name")

# Small shapes: densities are infinite at an end. Large ones: narrow.
for f in ["logpdf", "cdf", "sf"]:
    case(f"stats.gamma.{f}", [np.array([0.25, 1.0]), *N(0.25)], NAMES[:2], getattr(ss.gamma, f), label="shape 1/4")
    case(f"stats.gamma.{f}", [np.array([35.0, 45.0]), *N(40)], NAMES[:2], getattr(ss.gamma, f), label="shape 40")
    case(f"stats.beta.{f}", [np.array([0.25, 0.5]), *N(0.5, 0.25)], NAMES[:3], getattr(ss.beta, f), label="small shapes")
    case(f"stats.beta.{f}", [np.array([0.25, 0.5]), *N(12, 20)], NAMES[:3], getattr(ss.beta, f), label="large shapes")
    case(f"stats.t.{f}", [np.array([-1.5, 0.0, 0.5]), *N(1)], NAMES[:2], getattr(ss.t, f), label="1 degree of freedom")
    case(f"stats.t.{f}", [np.array([-1.5, 0.25, 2.0]), *N(60)], NAMES[:2], getattr(ss.t, f), label="60 degrees of freedom")
    case(f"stats.chi2.{f}", [np.array([1.5, 2.0]), *N(2.5)], NAMES[:2], getattr(ss.chi2, f), label="2.5 degrees of freedom")

for f in ["pmf", "logpmf", "cdf", "logcdf", "sf", "logsf"]:
    k = I([0, 1, 2, 5])
    counts = np.array(k["int"])
    case(f"stats.poisson.{f}", N(1.75), [k, X0], lambda mu, f=f: getattr(ss.poisson, f)(counts, mu))
    case(f"stats.poisson.{f}", N(1.75), [I([1, 2, 3, 7]), X0, 1], lambda mu, f=f: getattr(ss.poisson, f)(counts[[0, 1, 2, 3]] + [1, 1, 1, 2], mu, 1))
    constant(f"stats.poisson.{f}", [], [{"number": "2.5"}, 1.5], lambda f=f: np.float64(getattr(ss.poisson, f)(2.5, 1.5)))
    for name in ["binomial", "binom"]:
        (case if name == "binomial" else constant)(f"stats.{name}.{f}", N(0.375), [k, 6, X0], lambda p, f=f: getattr(ss.binom, f)(counts, 6, p))
    case("stats.binomial." + f, N(0.375), [I([1, 2, 4]), 6, X0, 1], lambda p, f=f: getattr(ss.binom, f)([1, 2, 4], 6, p, 1))
    finite = [0, 1] if f in ["pmf", "logpmf", "cdf", "logcdf", "sf"] else [0, 0]
    case(f"stats.bernoulli.{f}", N(0.375), [I(finite), X0], lambda p, f=f: getattr(ss.bernoulli, f)(finite, p))
    constant(f"stats.bernoulli.{f}", N(0.375), [I([-1, 1, 2, 3]), X0, 1], lambda p, f=f: getattr(ss.bernoulli, f)([-1, 1, 2, 3], p, 1))
for f in ["mean", "variance"]:
    case(f"stats.poisson.{f}", N(1.75, 1), [X0, X1], lambda mu, loc, f=f: np.float64(getattr(ss.poisson, OURS.get(f, f))(mu, loc)))
    case(f"stats.bernoulli.{f}", N(0.375, 1), [X0, X1], lambda p, loc, f=f: np.float64(getattr(ss.bernoulli, OURS.get(f, f))(p, loc)))
    for name in ["binomial", "binom"]:
        case(f"stats.{name}.{f}", N(0.375, 1), [6, X0, X1], lambda p, loc, f=f: np.float64(getattr(ss.binom, OURS.get(f, f))(6, p, loc)))
case("stats.bernoulli.entropy", N(0.375), [X0], lambda p: np.float64(ss.bernoulli.entropy(p)))

SHARES = np.array([0.25, 0.125, 0.625])
for f in ["pdf", "logpdf"]:
    case(f"stats.dirichlet.{f}", [SHARES, np.array([2.0, 1.5, 3.25])], [X0, X1], getattr(ss.dirichlet, f))
    case(f"stats.dirichlet.{f}", [SHARES[:2], np.array([2.0, 1.5, 3.25])], [X0, X1], getattr(ss.dirichlet, f), label="without the last share")
    case(f"stats.dirichlet.{f}", [np.array([SHARES, SHARES[::-1]]), np.array([2.0, 0.5, 1.25])], [X0, X1],
         lambda x, a, f=f: np.array([getattr(ss.dirichlet, f)(row, a) for row in x]), label="two at once")
case("stats.dirichlet.entropy", [np.array([2.0, 1.5, 3.25])], [X0], lambda a: np.float64(ss.dirichlet.entropy(a)))
case("stats.dirichlet.mean", [np.array([2.0, 1.5, 3.25])], [X0], ss.dirichlet.mean)
case("stats.dirichlet.variance", [np.array([2.0, 1.5, 3.25])], [X0], ss.dirichlet.var)

P = np.array([0.25, 0.5, 0.125, 0.125])
L = F(2, 4)


def soft(l):
    e = np.exp(l)
    return e / e.sum(-1, keepdims=True)


def entropy(p):
    return -np.sum(p * np.log(p), -1)


LOGITS = {"logits": True}
for f, g in [("pmf", lambda p: p), ("logpmf", np.log), ("cdf", lambda p: np.cumsum(p, -1))]:
    name = f"stats.categorical.{f}"
    case(name, [P * 2], [I([0, 3, 1]), X0], lambda p, g=g: g(p / p.sum())[[0, 3, 1]])
    case(name, [L], [I([1, 2]), X0, LOGITS], lambda l, g=g: g(soft(l))[[0, 1], [1, 2]])
    case(name, [L], [I([[1], [3]]), X0, LOGITS], lambda l, g=g: np.stack([g(soft(l))[:, 1], g(soft(l))[:, 3]]))
case("stats.categorical.entropy", [P * 2], [X0], lambda p: entropy(p / p.sum()))
case("stats.categorical.entropy", [L], [X0, LOGITS], lambda l: entropy(soft(l)))

mvn = ss.multivariate_normal
COV = np.array([[2.0, 0.5, -0.25], [0.5, 1.5, 0.75], [-0.25, 0.75, 1.0]])
MEAN = np.array([0.5, -0.25, 1.0])
for f in ["pdf", "logpdf"]:
    name = f"stats.multivariateNormal.{f}"
    g = getattr(mvn, f)
    case(name, [F(3), MEAN, COV], [X0, X1, X2], g)
    case(name, [F(2, 3), MEAN, COV], [X0, X1, X2], g, label="two at once")
    case(name, [F(2), np.array([0.5, 2.0])], [X0, 0, X1], lambda x, c, g=g: g(x, [0, 0], np.diag(c)), label="variances")
    case(name, [F(3), MEAN, np.array(1.5)], [X0, X1, X2], lambda x, m, c, g=g: g(x, m, c * np.eye(3)), label="one variance")
    case(name, [F(2), F(2, 2), np.array([COV[:2, :2], 2 * COV[1:, 1:]])], [X0, X1, X2],
         lambda x, m, c, g=g: np.array([g(x, m[i], c[i]) for i in range(2)]), label="two distributions")
case("stats.multivariateNormal.entropy", [MEAN, COV], [X0, X1], lambda m, c: np.float64(mvn(m, c).entropy()))

# Inverses that are steps, and entropies that are sums.
chances = np.array([0, 0.01, 0.25, 0.5, 0.75, 0.9375, 1])
for mu in [0.0, 0.5, 12.5, 1234.5]:
    constant("stats.poisson.ppf", [chances], [X0, mu], lambda q: ss.poisson.ppf(q, mu))
    constant("stats.poisson.isf", [chances], [X0, mu, 3], lambda q: ss.poisson.isf(q, mu, 3))
case("stats.poisson.entropy", [np.array([0.5, 2, 30])], [X0], ss.poisson.entropy)
constant("stats.poisson.entropy", [np.array([0, 999.875, 1000, 1e6])], [X0], lambda m: np.where(m > 900, np.log(2 * np.pi * np.e * m) / 2 - (1 / 12 + (1 / 24 + 19 / 360 / m) / m) / m, 0), label="series")
for n in [0, 5, 40]:
    for p in [0.0, 0.25, 1.0]:
        for name in ["binomial", "binom"]:
            constant(f"stats.{name}.ppf", [chances], [X0, n, p], lambda q: ss.binom.ppf(q, n, p))
            constant(f"stats.{name}.isf", [chances], [X0, n, p], lambda q: ss.binom.isf(q, n, p))
for name in ["binomial", "binom"]:
    case(f"stats.{name}.entropy", [np.array([0.25, 0.75])], [{"int": [3, 9]}, X0], lambda p: ss.binom.entropy([3, 9], p))
constant("stats.binomial.ppf", [np.array([-0.125, 1.25, np.nan])], [X0, 5, 0.25], lambda q: q * np.nan, label="no probabilities")
for p in [0.0, 0.25, 1.0]:
    constant("stats.bernoulli.ppf", [chances], [X0, p], lambda q: ss.bernoulli.ppf(q, p))
    constant("stats.bernoulli.isf", [chances], [X0, p], lambda q: ss.bernoulli.isf(q, p))
constant("stats.categorical.ppf", [np.array([0.25, 0.5, 0.75, 0.875, 1])], [X0, [0.5, 0.25, 0.25]], lambda q: np.array([0, 0, 1, 2, 2]))
