"""Means, spread, quantiles, and all of that without NaN."""

import numpy as np
from cases import F, I, X0, X1, case, constant

x = F(2, 3, 4)
holes = F(3, 4)
holes[0, 1] = holes[1, 2] = holes[1, 0] = np.nan
lost = np.array([[np.nan, np.nan], [1.0, np.nan], [2.0, 3.0]])
AXES = [None, 0, -1, [0, 2]]


def t(axis):
    return tuple(axis) if isinstance(axis, list) else axis


for axis in AXES:
    for keep in [False, True]:
        o = {"keepdims": keep}
        case("variance", [x], [X0, axis, o], lambda x: np.var(x, t(axis), keepdims=keep))
        case("std", [x], [X0, axis, o], lambda x: np.std(x, t(axis), keepdims=keep))
        case("ptp", [x], [X0, axis, o], lambda x: np.ptp(x, t(axis), keepdims=keep))
        case("median", [x], [X0, axis, o], lambda x: np.median(x, t(axis), keepdims=keep))
        case("quantile", [x], [X0, 0.3, axis, o], lambda x: np.quantile(x, 0.3, t(axis), keepdims=keep))
        case("percentile", [x], [X0, [10, 75], axis, o], lambda x: np.percentile(x, [10, 75], t(axis), keepdims=keep))
    case("variance", [x], [X0, axis, {"ddof": 1}], lambda x: np.var(x, t(axis), ddof=1))
    case("std", [x], [X0, axis, {"ddof": 1}], lambda x: np.std(x, t(axis), ddof=1))
    case("average", [x], [X0, axis], lambda x: np.average(x, t(axis)))
case("variance", [x], [X0], np.var)
case("std", [x], [X0], np.std)
constant("variance", [F(3)], [X0, None, {"ddof": 3}], lambda x: np.var(x, ddof=3), label="no freedom left")
constant("variance", [F(0)], [X0], np.var, label="shape [0]")
constant("variance", [F(0, 3)], [X0, 0], lambda x: np.var(x, 0), label="shape [0, 3]")
constant("median", [F(0)], [X0], np.median, label="shape [0]")
case("average", [x, F(2, 3, 4, low=0.5)], [X0, None, {"weights": X1}], lambda x, w: np.average(x, weights=w))
case("average", [x, F(2, 3, 4, low=0.5)], [X0, 1, {"weights": X1}], lambda x, w: np.average(x, 1, w))
case("average", [x, F(3, low=0.5)], [X0, 1, {"weights": X1}], lambda x, w: np.average(x, 1, w))
case("average", [x, F(4, low=0.5)], [X0, -1, {"weights": X1, "keepdims": True}], lambda x, w: np.average(x, -1, w, keepdims=True))
case("average", [x, F(3, low=0.5)], [X0, 1, {"weights": X1, "returned": True}], lambda x, w: np.average(x, 1, w, True))
case("average", [x], [X0, 1, {"returned": True}], lambda x: np.average(x, 1, returned=True))

METHODS = ["linear", "lower", "higher", "nearest", "midpoint", "weibull", "hazen", "median_unbiased", "normal_unbiased", "interpolated_inverted_cdf"]
for method in METHODS:
    case("quantile", [F(6)], [X0, [0, 0.1, 0.37, 0.5, 0.9, 1], None, {"method": method}], lambda x: np.quantile(x, [0, 0.1, 0.37, 0.5, 0.9, 1], method=method))
    case("nanquantile", [holes], [X0, [0.25, 0.6], 1, {"method": method}], lambda x: np.nanquantile(x, [0.25, 0.6], 1, method=method), smooth=False)
case("quantile", [x], [X0, [[0.1, 0.2], [0.3, 0.4]], 1], lambda x: np.quantile(x, [[0.1, 0.2], [0.3, 0.4]], 1))
case("median", [F(1)], [X0], np.median, label="one element")
case("median", [F()], [X0], np.median, label="0-d")
constant("median", [holes], [X0, 1], lambda x: np.median(x, 1), label="NaN")
constant("quantile", [np.array([1, np.inf, np.inf, np.inf, 2])], [X0, 0.75], lambda x: np.inf, label="infinities")

NAN = [("nansum", np.nansum), ("nanprod", np.nanprod), ("nanmean", np.nanmean), ("nanmax", np.nanmax), ("nanmin", np.nanmin), ("nanmedian", np.nanmedian), ("nanvar", np.nanvar), ("nanstd", np.nanstd)]
for name, f in NAN:
    for axis in [None, 0, 1]:
        constant(name, [holes], [X0, axis], lambda x: f(x, axis))
        case(name, [F(3, 4)], [X0, axis, {"keepdims": True}], lambda x: f(x, axis, keepdims=True))
    constant(name, [lost], [X0, 1], lambda x: f(x, 1), label="nothing but NaN in a row")
for name, f in NAN[-2:]:
    constant(name, [holes], [X0, 1, {"ddof": 1}], lambda x: f(x, 1, ddof=1))
    case(name, [F(3, 4)], [X0, 0, {"ddof": 1}], lambda x: f(x, 0, ddof=1))
for axis in [None, 0, 1]:
    constant("nancumsum", [holes], [X0, axis], lambda x: np.nancumsum(x, axis))
    constant("nancumprod", [holes], [X0, axis], lambda x: np.nancumprod(x, axis))
    constant("nanargmax", [holes], [X0, axis], lambda x: np.nanargmax(x, axis))
    constant("nanargmin", [holes], [X0, axis], lambda x: np.nanargmin(x, axis))
case("nancumsum", [F(3, 4)], [X0, 1], lambda x: np.nancumsum(x, 1))
case("nancumprod", [F(3, 4)], [X0, 1], lambda x: np.nancumprod(x, 1))
constant("nanpercentile", [holes], [X0, 40, 0], lambda x: np.nanpercentile(x, 40, 0))
case("nanpercentile", [F(3, 4)], [X0, [40, 90], 1], lambda x: np.nanpercentile(x, [40, 90], 1))
case("nanquantile", [F(3, 4)], [X0, 0.4, None, {"keepdims": True}], lambda x: np.nanquantile(x, 0.4, keepdims=True))
constant("nanquantile", [lost], [X0, 0.4, 1], lambda x: np.nanquantile(x, 0.4, 1), label="nothing but NaN in a row")

v = F(3, 5)
case("cov", [v], [X0], np.cov)
case("cov", [v, F(2, 5)], [X0, X1], np.cov)
case("cov", [F(5)], [X0], np.cov, label="vector")
case("cov", [F(5), F(5)], [X0, X1], np.cov, label="vectors")
case("cov", [F(4, 3)], [X0, None, {"rowvar": False}], lambda x: np.cov(x, rowvar=False))
case("cov", [v], [X0, None, {"bias": True}], lambda x: np.cov(x, bias=True))
case("cov", [v], [X0, None, {"ddof": 2}], lambda x: np.cov(x, ddof=2))
w = [1, 2, 1, 3, 1]
case("cov", [v], [X0, None, {"fweights": I(w)}], lambda x: np.cov(x, fweights=w))
case("cov", [v, F(5, low=0.5)], [X0, None, {"aweights": X1}], lambda x, w: np.cov(x, aweights=w))
case("cov", [v, F(5, low=0.5)], [X0, None, {"fweights": I(w), "aweights": X1}], lambda x, a: np.cov(x, fweights=w, aweights=a))
case("corrcoef", [v], [X0], np.corrcoef)
case("corrcoef", [F(5), F(5)], [X0, X1], np.corrcoef, label="vectors")
case("corrcoef", [F(4, 3)], [X0, None, {"rowvar": False}], lambda x: np.corrcoef(x, rowvar=False))
for axis in [None, 0, [0, 2]]:
    case("amax", [x], [X0, axis], lambda x: np.amax(x, t(axis)))
    case("amin", [x], [X0, axis], lambda x: np.amin(x, t(axis)))
