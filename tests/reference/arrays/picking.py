"""Elements by conditions and places: taken, left out, put in; r_, c_ and array; sets and bins."""

import numpy as np
from cases import B, F, I, X0, X1, case, constant

x, v = F(3, 4), F(5)
for mask, axis in [([True, False, True], 0), ([False, True], 1), ([True, False, True, True], None), ([False] * 3, 0)]:
    case("compress", [x], [B(mask), X0, axis], lambda x: np.compress(mask, x, axis))
case("compress", [v], [I([1, 0, 2]), X0], lambda v: np.compress([1, 0, 2], v))
mask = x > 0
case("extract", [x], [B(mask.tolist()), X0], lambda x: np.extract(mask, x))
for index in [1, -1, [0, 2], [-1, 0], [0, 0]]:
    for axis in [None, 0, 1]:
        given = I(index) if isinstance(index, list) else index
        case("deleteAt", [x], [X0, given, axis], lambda x: np.delete(x, index, axis))
        case("insert", [x, F()], [X0, given, X1, axis], lambda x, y: np.insert(x, index, y, axis))
case("deleteAt", [x], [X0, B([True, False, True]), 0], lambda x: np.delete(x, [True, False, True], 0))
for index, shape, axis in [(1, (4,), 0), (1, (3,), 1), (4, (3,), 1), ([1, 3], (3, 2), 1), ([2, 0], (2, 4), 0), ([1], (3, 2), 1)]:
    given = I(index) if isinstance(index, list) else index
    case("insert", [x, F(*shape)], [X0, given, X1, axis], lambda x, y: np.insert(x, index, y, axis))
case("insert", [v, F(3)], [X0, I([4, 1, 1]), X1], lambda x, y: np.insert(x, [4, 1, 1], y), label="several in one place")


def put(x, index, values, axis):
    y = x.copy()
    np.put_along_axis(y, np.array(index), values, axis)
    return y


for index, axis, shape in [([[0], [3], [-1]], 1, (3, 1)), ([[0, 1], [3, 3], [2, 0]], 1, (2,)), ([[2, 0, 1, 1]], 0, (1, 4)), ([[1]], 1, ())]:
    case("putAlongAxis", [x, F(*shape)], [X0, I(index), X1, axis], lambda x, y: put(x, index, y, axis))
case("putAlongAxis", [x, F(3)], [X0, I([7, 0, 7]), X1], lambda x, y: put(x.ravel(), [7, 0, 7], y, 0).reshape(3, 4))

a, b = F(3), F(2)
case("r_", [a, b], [X0, X1], lambda a, b: np.r_[a, b])
case("r_", [a], [X0, 5, X0], lambda a: np.r_[a, 5, a])
case("r_", [a], ["1:4", X0, "0:1:0.25"], lambda a: np.r_[1:4, a, 0:1:0.25])
constant("r_", [], ["1:4", 0, "5:0:-2"], lambda: np.r_[1:4, 0, 5:0:-2])
case("r_", [F(2, 3), F(1, 3)], [X0, X1], lambda a, b: np.r_[a, b])
case("r_", [F(2, 3), F(2, 1)], ["-1", X0, X1], lambda a, b: np.r_["-1", a, b])
for text in ["0,2", "0,2,0", "1,2,0", "0,3,1"]:
    case("r_", [a, F(3)], [text, X0, X1], lambda a, b: np.r_[text, a, b])
case("c_", [a, F(3)], [X0, X1], lambda a, b: np.c_[a, b])
case("c_", [a], ["0:3", X0], lambda a: np.c_[0:3, a])
case("c_", [F(2, 3), F(2)], [X0, X1], lambda a, b: np.c_[a, b])
case("c_", [F(2, 2, 2), F(2, 2, 1)], [X0, X1], lambda a, b: np.c_[a, b])
case("c_", [F()], [X0, 1], lambda a: np.c_[a, 1])
case("array", [F(), F()], [[X0, 1, X1]], lambda a, b: np.array([a, 1, b]))
case("array", [F(), F()], [[[X0, X1], [X1, 3]]], lambda a, b: np.array([[a, b], [b, 3]]))
case("array", [b, F(2)], [[X0, X1]], lambda a, b: np.array([a, b]))
case("array", [a], [X0], np.array)

s, u = np.array([3, 1, 2, 2, np.nan]), np.array([2, 3, 5, np.nan, 5])
for name, f in {"union1d": np.union1d, "intersect1d": np.intersect1d, "setdiff1d": np.setdiff1d, "setxor1d": np.setxor1d, "isin": np.isin}.items():
    constant(name, [s, u], [X0, X1], f, mapped=False, label="NaN")
    constant(name, [s[:4], u[:3]], [X0, X1], f, mapped=False)
    constant(name, [F(0), b], [X0, X1], f, mapped=False, label="empty")
constant("intersect1d", [s[:4], u[:3]], [X0, X1, {"returnIndices": True}], lambda a, b: list(np.intersect1d(a, b, return_indices=True)), mapped=False)
constant("isin", [x, x[:1]], [X0, X1, {"invert": True}], lambda a, b: np.isin(a, b, invert=True), mapped=False)
NAMES = {"returnIndex": True, "returnInverse": True, "returnCounts": True}
for rows in [np.array([[1.0, 2], [1, 2], [0, 5]]), np.array([[2.0, 1, 2], [0, 0, 0]])]:
    for axis in [0, 1]:
        constant("unique", [rows], [X0, {**NAMES, "axis": axis}], lambda x: list(np.unique(x, True, True, True, axis)), mapped=False)
for same in [True, False]:
    constant("unique", [s], [X0, {**NAMES, "equalNan": same}], lambda x: list(np.unique(x, True, True, True, equal_nan=same)), mapped=False)

y = F(50)
for rule in ["auto", "fd", "doane", "scott", "stone", "rice", "sturges", "sqrt"]:
    constant("histogram", [y], [X0, rule], lambda y: list(np.histogram(y, rule)), mapped=False)
    constant("histogramBinEdges", [y], [X0, rule], lambda y: np.histogram_bin_edges(y, rule), mapped=False)
constant("histogramBinEdges", [y], [X0, 4, {"range": [-1, 1]}], lambda y: np.histogram_bin_edges(y, 4, (-1, 1)), mapped=False)


def whole(result):
    return [result[0].astype(int), *result[1:]]


z, w = F(50), F(50, low=0.5)
constant("histogram2d", [y, z], [X0, X1, 4], lambda y, z: whole(np.histogram2d(y, z, 4)), mapped=False)
constant("histogram2d", [y, z], [X0, X1, [3, 5], {"density": True}], lambda y, z: list(np.histogram2d(y, z, [3, 5], density=True)), mapped=False)
constant("histogram2d", [y, z, w], [X0, X1, [3, 5], {"weights": "$2", "range": [[-1, 1], [0, 2]]}], lambda y, z, w: list(np.histogram2d(y, z, [3, 5], [[-1, 1], [0, 2]], weights=w)), mapped=False)

