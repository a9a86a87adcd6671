"""Options of reductions and of functions along an axis: where, initial, dtype, mean, weights, modes."""

import numpy as np
import scipy.special
from cases import B, F, I, X0, X1, X2, case, constant

x = F(3, 4)
MASKS = [
    np.array([[True, False, True, True], [False, True, False, False], [True, True, False, True]]),
    np.array([True, False, True, True]),
    np.array([[True], [True], [False]]),
]


def b(mask):
    return B(mask.tolist())


FOLDS = {"sum": np.sum, "prod": np.prod, "nansum": np.nansum, "nanprod": np.nanprod}
EXTREMES = {"max": np.max, "min": np.min, "amax": np.amax, "amin": np.amin, "nanmax": np.nanmax, "nanmin": np.nanmin}
MEANS = {"mean": np.mean, "variance": np.var, "std": np.std, "nanmean": np.nanmean, "nanvar": np.nanvar, "nanstd": np.nanstd}
for name, f in {**FOLDS, **MEANS, "any": np.any, "all": np.all}.items():
    smooth = name not in ("any", "all")
    for mask, axis in [(MASKS[0], None), (MASKS[0], 0), (MASKS[0], 1), (MASKS[1], None), (MASKS[1], 1)]:
        case(name, [x], [X0, axis, {"where": b(mask)}], lambda x: f(x, axis, where=mask), smooth=smooth)
    case(name, [x], [X0, 0, {"where": b(MASKS[2]), "keepdims": True}], lambda x: f(x, 0, where=MASKS[2], keepdims=True), smooth=smooth)
    constant(name, [x], [X0, 1, {"where": b(MASKS[2])}], lambda x: f(x, 1, where=MASKS[2]), label="nothing of a row")
for name, f in {**FOLDS, **EXTREMES}.items():
    for first in [0.5, -100, 100]:
        case(name, [x], [X0, 0, {"initial": first}], lambda x: f(x, 0, initial=first))
        case(name, [x], [X0, 1, {"initial": first, "where": b(MASKS[0])}], lambda x: f(x, 1, initial=first, where=MASKS[0]))
    constant(name, [F(0, 3)], [X0, 0, {"initial": 2}], lambda x: f(x, 0, initial=2), label="no elements")
case("sum", [x, F(4)], [X0, 0, {"initial": X1}], lambda x, y: np.sum(x, 0) + y)
case("max", [x, F(4)], [X0, 0, {"initial": X1}], lambda x, y: np.maximum(np.max(x, 0), y))
ints, bools = [[1, 2, 3], [4, 5, 6]], [True, False, True]
for name, f in {"sum": np.sum, "prod": np.prod, "mean": np.mean, "variance": np.var, "std": np.std, "nansum": np.nansum, "nanmean": np.nanmean, "nanvar": np.nanvar, "cumsum": np.cumsum, "cumprod": np.cumprod, "nancumsum": np.nancumsum, "nancumprod": np.nancumprod}.items():
    constant(name, [], [I(ints), 0, {"dtype": "float64"}], lambda: f(np.array(ints), 0, dtype=float))
    constant(name, [], [B(bools), 0, {"dtype": "float64"}], lambda: f(np.array(bools), 0, dtype=float))
for name, f in {"variance": np.var, "std": np.std, "nanvar": np.nanvar, "nanstd": np.nanstd}.items():
    case(name, [x, F(3, 1)], [X0, 1, {"mean": X1}], lambda x, m: f(x, 1, mean=m))
    case(name, [x], [X0, 1, {"correction": 1}], lambda x: f(x, 1, correction=1))
    case(name, [x], [X0, 1, {"ddof": 1, "where": b(MASKS[1])}], lambda x: f(x, 1, ddof=1, where=MASKS[1]))

for axes, shape in [([0, 2], (2, 4)), ([2, 0], (4, 2)), ([1], (3,))]:
    y, w = F(2, 3, 4), F(*shape, low=0.3)
    case("average", [y, w], [X0, axes, {"weights": X1}], lambda y, w: np.average(y, tuple(axes), w))
    constant("quantile", [y, w], [X0, [0, 0.3, 0.5, 1], axes, {"method": "inverted_cdf", "weights": X1}], lambda y, w: np.quantile(y, [0, 0.3, 0.5, 1], tuple(axes), method="inverted_cdf", weights=w), mapped=False)
for method in ["inverted_cdf", "averaged_inverted_cdf", "closest_observation"]:
    for n in [4, 7]:
        case("quantile", [F(n)], [X0, [0, 0.1, 0.25, 0.5, 0.76, 1], None, {"method": method}], lambda x: np.quantile(x, [0, 0.1, 0.25, 0.5, 0.76, 1], method=method))
    case("nanpercentile", [F(3, 4)], [X0, [10, 50, 70], 1, {"method": method}], lambda x: np.nanpercentile(x, [10, 50, 70], 1, method=method))
for method in ["linear", "weibull", "hazen"]:
    case("quantile", [F(6), np.array([0.13, 0.52, 0.71])], [X0, X1, None, {"method": method}], lambda x, q: np.quantile(x, q, method=method), label=f"derivative of q, {method}")
    case("percentile", [x, np.array(37.0)], [X0, X1, 1, {"method": method}], lambda x, q: np.percentile(x, q, 1, method=method), label=f"derivative of q, {method}")
constant("median", [np.array([[-np.inf, 3, 5, 7], [-np.inf, -np.inf, 1, np.inf], [-np.inf, 1, np.inf, np.inf]])[:, :2]], [X0, 1], lambda x: np.median(x, 1), label="infinities")

for decimals in [1, 2, -1]:
    y = np.array([[1.2345, -2.675, 0.5], [25, -35, 149.5]])
    constant("round", [y], [X0, decimals], lambda y: np.round(y, decimals))
for low, high in [(None, 0.5), (-0.5, None), (None, None)]:
    case("clip", [x], [X0, low, high], lambda x: np.clip(x, low, high))
constant("clip", [], [I(ints), 2, None], lambda: np.clip(ints, 2, None))
case("concatenate", [x, F(2)], [[X0, X1], None], lambda x, y: np.concatenate([x, y], None))
for mode in ["wrap", "clip"]:
    for axis in [None, 0, 1]:
        case("take", [x], [X0, I([5, -7, 1]), axis, {"mode": mode}], lambda x: np.take(x, [5, -7, 1], axis, mode=mode))
for axis in [None, 0, -1]:
    case("sort", [x], [X0, axis, {"descending": True}], lambda x: -np.sort(-x, axis))
    ties = np.array([[2.0, 1, 2, 3], [1, 1, 1, 1], [0, 5, 5, 0]])
    constant("argsort", [ties], [X0, axis, {"descending": True}], lambda x: np.argsort(-x, axis, kind="stable"), mapped=False)

for width in [1, [2, 1], [[1, 2], [0, 3]], 5]:
    for mode in ["linear_ramp", "maximum", "minimum", "mean", "median"]:
        case("pad", [x], [X0, width, mode], lambda x: np.pad(x, width, mode))
    for mode in ["reflect", "symmetric"]:
        case("pad", [x], [X0, width, mode, {"reflectType": "odd"}], lambda x: np.pad(x, width, mode, reflect_type="odd"))
for mode in ["maximum", "mean", "median"]:
    for length in [1, 2, [1, 3], [[2, 1], [3, 9]]]:
        case("pad", [x], [X0, 2, mode, {"statLength": length}], lambda x: np.pad(x, 2, mode, stat_length=length))
case("pad", [x], [X0, 2, {"mode": "linear_ramp", "endValues": [[1, 2], [3, 4]]}], lambda x: np.pad(x, 2, "linear_ramp", end_values=((1, 2), (3, 4))))
case("pad", [x], [X0, {"-1": [1, 2]}], lambda x: np.pad(x, [(0, 0), (1, 2)]), label="widths by axis")
for mode in ["mean", "median", "linear_ramp"]:
    constant("pad", [], [I([1, 2, 4]), 2, mode], lambda: np.pad(np.array([1, 2, 4]), 2, mode))

p, q = F(2, 1, low=0.5), F(3, low=0.5)
for axis in [0, 1, -1]:
    for end in [True, False]:
        o = {"endpoint": end, "axis": axis}
        case("linspace", [p, q], [X0, X1, 4, o], lambda a, b: np.linspace(a, b, 4, **o))
        case("logspace", [p, q], [X0, X1, 4, o], lambda a, b: np.logspace(a, b, 4, **o))
        case("geomspace", [p, q], [X0, X1, 4, o], lambda a, b: np.geomspace(a, b, 4, **o))
case("logspace", [F(), F()], [X0, X1, 3, {"base": 2.5}], lambda a, b: np.logspace(a, b, 3, base=2.5))
case("logspace", [F(), F(), F(2, low=0.5)], [X0, X1, 3, {"base": X2}], lambda a, b, c: np.logspace(a, b, 3, base=c))
case("linspace", [F(), F()], [X0, X1, 5, {"retstep": True}], lambda a, b: list(np.linspace(a, b, 5, retstep=True)))
constant("linspace", [], [2, -3, 4, {"dtype": "int32"}], lambda: np.linspace(2, -3, 4, dtype=int))
constant("interp", [np.array([1, np.inf, 3, 4.0])], [[0.5, 1, 1.5, 2.5], [0, 1, 2, 3], X0], lambda b: np.interp([0.5, 1, 1.5, 2.5], [0, 1, 2, 3], b), label="infinite value", mapped=False)

y, w = F(2, 3, 4), F(2, 3, 4, low=0.1)
for axis in [None, 0, [0, 2]]:
    axes = tuple(axis) if isinstance(axis, list) else axis
    for keep in [False, True]:
        case("logsumexp", [y, w], [X0, axis, {"b": X1, "keepdims": keep}], lambda y, w: scipy.special.logsumexp(y, axes, w, keep))
    constant("logsumexp", [y, F(2, 3, 4)], [X0, axis, {"b": X1, "returnSign": True}], lambda y, w: list(scipy.special.logsumexp(y, axes, w, return_sign=True)))
case("logsumexp", [y, F(4, low=0.1)], [X0, -1, {"b": X1}], lambda y, w: scipy.special.logsumexp(y, -1, w))
case("logsumexp", [F(4)], [X0, 0, {"b": [1, 0, 2, 0]}], lambda y: scipy.special.logsumexp(y, 0, [1, 0, 2, 0]), label="factors of 0")
constant("logsumexp", [np.array([1, np.inf, -np.inf])], [X0, 0, {"b": [1, 0, 2]}], lambda y: scipy.special.logsumexp(y, 0, [1, 0, 2]), label="infinite beside a factor of 0")
case("logsumexp", [F(3, 4)], [X0, 0, {"where": b(MASKS[0])}], lambda y: scipy.special.logsumexp(np.where(MASKS[0], y, -np.inf), 0))
