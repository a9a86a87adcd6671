"""Counting, comparing, and what depends on values."""

import numpy as np
from cases import B, F, I, X0, X1, case, constant

z = np.array([[0.0, 3, 0], [1, 0, np.nan]])
for axis in [None, 0, 1, [0, 1]]:
    a = tuple(axis) if isinstance(axis, list) else axis
    for keep in [False, True]:
        o = {"keepdims": keep}
        constant("countNonzero", [z], [X0, axis, o], lambda x: np.count_nonzero(x, a, keepdims=keep))
        constant("any", [z], [X0, axis, o], lambda x: np.any(x, a, keepdims=keep))
        constant("all", [z], [X0, axis, o], lambda x: np.all(x, a, keepdims=keep))
for empty in [F(0), F(0, 3)]:
    constant("any", [empty], [X0, 0], lambda x: np.any(x, 0), label=f"{empty.shape}")
    constant("all", [empty], [X0, 0], lambda x: np.all(x, 0), label=f"{empty.shape}")
    constant("countNonzero", [empty], [X0, 0], lambda x: np.count_nonzero(x, 0), label=f"{empty.shape}")
constant("any", [], [B([[True, False], [False, False]]), 1], lambda: np.array([True, False]))
constant("all", [], [I([[1, 2], [0, 3]]), 0], lambda: np.array([False, True]))


def read(op, operands, args, f, **more):
    constant(op, operands, args, f, mapped=False, **more)


read("nonzero", [z], [X0], np.nonzero)
read("nonzero", [F(0)], [X0], np.nonzero, label="shape [0]")
read("flatnonzero", [z], [X0], np.flatnonzero)
read("argwhere", [z], [X0], np.argwhere)
read("argwhere", [F(low=1.0)], [X0], np.argwhere, label="0-d")
read("argwhere", [np.array(0.0)], [X0], np.argwhere, label="0")
u = np.array([[3.0, 1, 3], [2, 1, 3]])
gaps = np.array([np.nan, 1, np.nan, -np.inf, np.inf, 1])
ALL = {"returnIndex": True, "returnInverse": True, "returnCounts": True}
for x in [u, gaps, F(0), F(5), F()]:
    label = f"{x.tolist()}" if x.size < 7 else ""
    read("unique", [x], [X0], np.unique, label=label)
    read("unique", [x], [X0, ALL], lambda x: np.unique(x, True, True, True), label="all, " + label)
case("unique", [F(5)], [X0], np.unique, mapped=False)
read("unique", [], [I([3, 1, 3])], lambda: np.unique([3, 1, 3]))
read("unique", [], [B([True, True])], lambda: np.unique([True, True]))
c = [0, 1, 1, 3, 2, 1]
read("bincount", [], [I(c)], lambda: np.bincount(c))
read("bincount", [], [I(c), {"minlength": 6}], lambda: np.bincount(c, minlength=6))
read("bincount", [], [I([])], lambda: np.bincount(np.array([], int)))
case("bincount", [F(6)], [I(c), {"weights": X0}], lambda w: np.bincount(c, w), mapped=False)
h = np.array([1.0, 2, 1, 4, 3.5, 0.25, 2])
read("histogram", [h], [X0], np.histogram)
read("histogram", [h], [X0, 3], lambda x: np.histogram(x, 3))
read("histogram", [h, np.array([0.0, 1, 2, 4])], [X0, X1], np.histogram)
read("histogram", [h, np.array([1.5, 2, 2.5])], [X0, X1], np.histogram, label="some outside")
read("histogram", [h], [X0, 4, {"range": [0, 2]}], lambda x: np.histogram(x, 4, (0, 2)))
read("histogram", [h], [X0, 4, {"density": True}], lambda x: np.histogram(x, 4, density=True))
case("histogram", [h, F(7)], [X0, 4, {"weights": X1}], lambda x, w: np.histogram(x, 4, weights=w), smooth=False, mapped=False)
read("histogram", [np.full(3, 2.0)], [X0, 2], lambda x: np.histogram(x, 2), label="all equal")
read("histogram", [F(0)], [X0, 2], lambda x: np.histogram(x, 2), label="nothing")
e = np.array([0.0, 1, 2.5, 4])
for right in [False, True]:
    constant("digitize", [h, e], [X0, X1, {"right": right}], lambda x, b: np.digitize(x, b, right), mapped=False)
    constant("digitize", [h, e[::-1]], [X0, X1, {"right": right}], lambda x, b: np.digitize(x, b, right), mapped=False, label=f"falling, {right}")
constant("digitize", [F(2, 3)], [X0, [-1, 0, 1]], lambda x: np.digitize(x, [-1, 0, 1]))

near = np.array([1, 1 + 5e-6, 1.1, np.inf, -np.inf, np.nan, 1e-9, np.inf])
ref = np.array([1, 1, 1, np.inf, np.inf, np.nan, 0, 1])
constant("isclose", [near, ref], [X0, X1], np.isclose)
constant("isclose", [near, ref], [X0, X1, {"equalNan": True}], lambda x, y: np.isclose(x, y, equal_nan=True))
constant("isclose", [near, ref], [X0, X1, {"rtol": 0.2, "atol": 0}], lambda x, y: np.isclose(x, y, rtol=0.2, atol=0))
x, y = F(3), F(3)
read("allclose", [x, x + 1e-9], [X0, X1], np.allclose, label="near")
read("allclose", [x, y], [X0, X1], np.allclose)
read("arrayEqual", [x, y], [X0, X1], np.array_equal)
read("arrayEqual", [x, x], [X0, X1], np.array_equal, label="the same")
read("arrayEqual", [x, F(1, 3)], [X0, X1], np.array_equal, label="other shape")
read("arrayEqual", [near, near], [X0, X1], np.array_equal, label="NaN")
read("arrayEqual", [near, near], [X0, X1, {"equalNan": True}], lambda x, y: np.array_equal(x, y, equal_nan=True))
read("arrayEquiv", [np.ones((2, 3)), np.ones(3)], [X0, X1], np.array_equiv)
read("arrayEquiv", [np.ones((2, 3)), np.ones(2)], [X0, X1], np.array_equiv, label="no broadcast")
read("isscalar", [], [3], lambda: True)
read("isscalar", [x], [X0], lambda x: False)
constant("isreal", [x], [X0], np.isreal)
constant("iscomplex", [x], [X0], np.iscomplex)
read("isrealobj", [x], [X0], np.isrealobj)
read("iscomplexobj", [x], [X0], np.iscomplexobj)
