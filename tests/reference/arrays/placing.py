"""Blocks, grids of indices, elements replaced, other sizes, running sums with their beginning."""

import numpy as np
from cases import B, F, I, X0, X1, X2, case, constant

i32 = lambda v: np.array(v, np.int32)
x = F(3, 4)

case("block", [F(2, 2), F(2, 3), F(1, 2)], [[[X0, X1], [X2, X2, 7]]],
     lambda a, b, c: np.block([[a, b], [c, c, np.array([[7.0]])]]))
case("block", [F(3), F(2)], [[X0, 5, X1]], lambda a, b: np.block([a, 5, b]))
case("block", [F(3), F(2, 3)], [[[X0], [X1]]], lambda a, b: np.block([[a], [b]]))
case("block", [F(2, 3)], [X0], lambda a: np.block(a))
case("block", [F(2, 2, 2)], [[[[X0], [X0]], [[X0], [X0]]]], lambda a: np.block([[[a], [a]], [[a], [a]]]))
constant("block", [], [[[1, 2], [3, 4]]], lambda: np.block([[1.0, 2.0], [3.0, 4.0]]))
constant("block", [], [[I([1, 2]), 3]], lambda: np.block([i32([1, 2]), i32(3)]))
constant("block", [], [[B([True]), B([False, True])]], lambda: np.block([np.array([True]), np.array([False, True])]))
for axis in [0, 1, -1]:
    case("unstack", [x], [X0, axis], lambda x: list(np.unstack(x, axis=axis)))
case("unstack", [F(2, 3, 2)], [X0], lambda x: list(np.unstack(x)))

for shape in [[2, 3], [4], [2, 0, 3], []]:
    constant("indices", [], [shape], lambda: i32(np.indices(shape)))
constant("indices", [], [[2, 3], {"sparse": True}], lambda: [i32(v) for v in np.indices((2, 3), sparse=True)])
constant("indices", [], [[2, 3], {"dtype": "float64"}], lambda: np.indices((2, 3), dtype=float))
constant("ix_", [], [[0, 2], [1, 1, 0]], lambda: [i32(v) for v in np.ix_([0, 2], [1, 1, 0])])
constant("ix_", [], [I([1]), B([True, False, True]), [3, 4]], lambda: [i32(v) for v in np.ix_([1], [True, False, True], [3, 4])])
for name, f in {"trilIndicesFrom": np.tril_indices_from, "triuIndicesFrom": np.triu_indices_from}.items():
    for k in [0, 1, -2]:
        constant(name, [x], [X0, k], lambda x: [i32(v) for v in f(x, k)])
    constant(name, [F(3, 3)], [X0], lambda x: [i32(v) for v in f(x)])


def filled(wrap=False):
    def f(x, v):
        y = x.copy()
        np.fill_diagonal(y, v, wrap)
        return y
    return f


case("fillDiagonal", [x], [X0, 5], lambda x: filled()(x, 5))
for shape in [(3, 3), (5, 2), (2, 5), (7, 2)]:
    case("fillDiagonal", [F(*shape), F(2)], [X0, X1], filled())
    case("fillDiagonal", [F(*shape), F(3)], [X0, X1, {"wrap": True}], filled(True))
case("fillDiagonal", [F(2, 2, 2), F(1)], [X0, X1], filled())
constant("fillDiagonal", [F(0, 0)], [X0, 5], lambda x: x)
constant("fillDiagonal", [], [I([[1, 2], [3, 4]]), 9], lambda: i32([[9, 2], [3, 9]]))


def written(f, *rest, **options):
    def g(x, *values):
        y = x.copy()
        f(y, *rest, *values, **options)
        return y
    return g


case("put", [x, F(3)], [X0, [0, 5, -1], X1], written(np.put, [0, 5, -1]))
case("put", [x, F(2)], [X0, [[0, 5], [7, 2]], X1], written(np.put, [[0, 5], [7, 2]]))
case("put", [x, F(5)], [X0, [3, 1], X1], written(np.put, [3, 1]))
case("put", [x, F(3)], [X0, [1, 1, 1], X1], written(np.put, [1, 1, 1]))
case("put", [x], [X0, 2, 9], lambda x: written(np.put, 2)(x, 9))
for mode in ["clip", "wrap"]:
    case("put", [x, F(3)], [X0, [-15, 30, 4], X1, {"mode": mode}], written(np.put, [-15, 30, 4], mode=mode))
constant("put", [x], [X0, I([]), I([])], lambda x: x, label="nothing")
constant("put", [], [I([1, 2, 3]), [0], I([7])], lambda: i32([7, 2, 3]))
mask = np.array([[True, False, True, True], [False, True, False, False], [True, True, False, True]])
M = B(mask.tolist())
for n in [1, 2, 5, 12, 20]:
    case("place", [x, F(n)], [X0, M, X1], written(np.place, mask))
    case("putmask", [x, F(n)], [X0, M, X1], written(np.putmask, mask))
case("putmask", [x, F(3, 4)], [X0, M, X1], written(np.putmask, mask))
for name in ["place", "putmask"]:
    f = getattr(np, name)
    constant(name, [], [I([1, 2, 3]), B([False, True, True]), I([8, 9])], lambda: written(f, np.array([False, True, True]))(i32([1, 2, 3]), i32([8, 9])))
    constant(name, [F(2)], [X0, B([False, False]), 3], lambda x: x, label="nowhere")
constant("place", [F(2)], [X0, B([False, False]), I([])], lambda x: x, label="nothing nowhere")

for shape in [[2, 3], [5, 4], 30, [1], [0, 2], []]:
    case("resize", [x], [X0, shape], lambda x: np.resize(x, shape), smooth=shape != [0, 2])
constant("resize", [F(0)], [X0, [2]], lambda x: np.resize(x, 2))
v = np.array([0, 0, 1.5, 0, -2, 0, 0, 0])
w = np.array([[0, 0, 0, 0], [0, 1.5, 0, 2], [0, 0, 3, 0], [0, 0, 0, 0.0]])
for trim in ["fb", "f", "b"]:
    constant("trimZeros", [v], [X0, trim], lambda v: np.trim_zeros(v, trim), mapped=False)
    for axis in [None, 0, 1, [0, 1]]:
        constant("trimZeros", [w], [X0, trim, axis], lambda w: np.trim_zeros(w, trim, axis if axis is None or isinstance(axis, int) else tuple(axis)), mapped=False)
    constant("trimZeros", [np.zeros(3)], [X0, trim], lambda v: np.trim_zeros(v, trim), mapped=False, label=f"zeros, {trim}")
case("trimZeros", [F(3, low=1)], [X0], lambda v: v, mapped=False)

for name, f in {"cumulativeSum": np.cumulative_sum, "cumulativeProd": np.cumulative_prod}.items():
    for initial in [False, True]:
        case(name, [F(4)], [X0, {"includeInitial": initial}], lambda x: f(x, include_initial=initial))
        for axis in [0, 1, -1]:
            case(name, [x], [X0, {"axis": axis, "includeInitial": initial}], lambda x: f(x, axis=axis, include_initial=initial))
        constant(name, [F(2, 0)], [X0, {"axis": 1, "includeInitial": initial}], lambda x: f(x, axis=1, include_initial=initial))
        constant(name, [], [I([2, 3]), {"includeInitial": initial, "dtype": "float64"}], lambda: f(i32([2, 3]), include_initial=initial, dtype=float))
        constant(name, [], [B([True, True]), {"includeInitial": initial}], lambda: f(np.array([True, True]), include_initial=initial))
    case(name, [F(4)], [X0], f)
