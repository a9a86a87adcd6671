"""Shapes, joins, parts, order, repetition, padding, diagonals, grids."""

import numpy as np
from cases import B, F, I, X0, X1, X2, case, constant

x = F(2, 3, 4)
m = F(3, 4)
v = F(3)
n = F()

for z in [x, v, n, F(0, 3)]:
    label = f"shape {list(z.shape)}"
    case("ravel", [z], [X0], np.ravel, label=label)
    case("flatten", [z], [X0], np.ravel, label=label)
    for k, f in enumerate([np.atleast_1d, np.atleast_2d, np.atleast_3d]):
        case(f"atleast{k + 1}d", [z], [X0], f, label=label)
    constant("ndim", [z], [X0], np.ndim, label=label, mapped=False)
    constant("size", [z], [X0], np.size, label=label, mapped=False)
    constant("shape", [z], [X0], lambda z: np.array(np.shape(z)), label=label, mapped=False)
case("atleast2d", [v, n], [X0, X1], lambda v, n: list(np.atleast_2d(v, n)))
constant("size", [x], [X0, 1], lambda x: np.size(x, 1), mapped=False)

for a, b in [(0, -1), (-1, 0), ([0, 1], [-1, 0]), ([2, 0], [0, 1])]:
    case("moveaxis", [x], [X0, a, b], lambda x: np.moveaxis(x, a, b))
for a, b in [(2, 0), (0, 3), (1, 2), (-1, 1), (0, -1)]:
    case("rollaxis", [x], [X0, a, b], lambda x: np.rollaxis(x, a, b))
case("rollaxis", [x], [X0, 2], lambda x: np.rollaxis(x, 2))
case("broadcastArrays", [m, F(4), n], [X0, X1, X2], lambda *a: list(np.broadcast_arrays(*a)))
constant("broadcastShapes", [], [[3, 1], [4], []], lambda: np.array(np.broadcast_shapes((3, 1), (4,), ())))

for axis in [None, 0, -1, [0, 2]]:
    case("flip", [x], [X0, axis], lambda x: np.flip(x, tuple(axis) if isinstance(axis, list) else axis))
case("flip", [n], [X0], np.flip, label="0-d")
case("flipud", [m], [X0], np.flipud)
case("fliplr", [m], [X0], np.fliplr)
for args in [(1,), (-5,), (1, 0), (7, -1), ([1, 2], [0, 1]), (1, [0, 1]), ([1, 2], 1), (30,)]:
    case("roll", [x], [X0, *args], lambda x: np.roll(x, *args))
case("roll", [F(0)], [X0, 2], lambda x: np.roll(x, 2), label="shape [0]")
for k in [0, 1, 2, 3, -1, 5]:
    case("rot90", [m], [X0, k], lambda x: np.rot90(x, k))
case("rot90", [x], [X0, 1, [1, 2]], lambda x: np.rot90(x, 1, (1, 2)))
case("rot90", [x], [X0, 1, [2, 0]], lambda x: np.rot90(x, 1, (2, 0)))

for args in [(2,), (3, 1), (0, 0), ([1, 0, 2], 1), ([2], -1)]:
    case("repeat", [x], [X0, *args], lambda x: np.repeat(x, *args))
case("repeat", [n], [X0, 3], lambda x: np.repeat(x, 3), label="0-d")
for reps in [2, [2], [2, 1], [1, 2, 3, 1], [0, 1], []]:
    case("tile", [m], [X0, reps], lambda x: np.tile(x, reps))
case("tile", [n], [X0, [2, 2]], lambda x: np.tile(x, (2, 2)), label="0-d")
case("tile", [x], [X0, [2, 1, 2]], lambda x: np.tile(x, (2, 1, 2)), label="three axes")

for width in [1, [2, 1], [[1, 2], [0, 3]], [[2]], [[1, 0]]]:
    case("pad", [m], [X0, width], lambda x: np.pad(x, width))
    for mode in ["edge", "reflect", "symmetric", "wrap"]:
        case("pad", [m], [X0, width, mode], lambda x: np.pad(x, width, mode))
for mode in ["edge", "reflect", "symmetric", "wrap"]:
    case("pad", [v], [X0, 8, mode], lambda x: np.pad(x, 8, mode))
    case("pad", [F(1)], [X0, 3, mode], lambda x: np.pad(x, 3, mode), label=f"one element, {mode}")
case("pad", [m], [X0, 1, "constant", {"constantValues": 7}], lambda x: np.pad(x, 1, constant_values=7))
case("pad", [m], [X0, 1, "constant", {"constantValues": [1, 2]}], lambda x: np.pad(x, 1, constant_values=(1, 2)))
case("pad", [m], [X0, 1, "constant", {"constantValues": [[1, 2], [3, 4]]}], lambda x: np.pad(x, 1, constant_values=((1, 2), (3, 4))))
case("pad", [m, n], [X0, 1, "constant", {"constantValues": X1}], lambda x, c: np.pad(x, 1, constant_values=float(c)))
constant("pad", [], [I([1, 2]), 1], lambda: np.pad([1, 2], 1))

a, b = F(2, 3), F(2, 3)
for name, f in [("vstack", np.vstack), ("rowStack", np.vstack), ("hstack", np.hstack), ("dstack", np.dstack), ("columnStack", np.column_stack)]:
    case(name, [a, b], [[X0, X1]], lambda a, b: f((a, b)))
    case(name, [v, F(3)], [[X0, X1]], lambda a, b: f((a, b)), label="vectors")
    case(name, [n, F()], [[X0, X1]], lambda a, b: f((a, b)), label="0-d")
case("columnStack", [v, F(3, 2)], [[X0, X1]], lambda a, b: np.column_stack((a, b)), label="vector and matrix")
case("append", [a, b], [X0, X1], np.append)
case("append", [a, b], [X0, X1, 1], lambda a, b: np.append(a, b, 1))
case("append", [v], [X0, 5], lambda a: np.append(a, 5))

case("split", [x], [X0, 2], lambda x: np.split(x, 2))
case("split", [x], [X0, 3, 1], lambda x: np.split(x, 3, 1))
case("split", [x], [X0, [1, 3], -1], lambda x: np.split(x, [1, 3], -1))
case("split", [x], [X0, [2, 1, 9], 2], lambda x: np.split(x, [2, 1, 9], 2))
case("split", [x], [X0, [-1], 2], lambda x: np.split(x, [-1], 2))
case("arraySplit", [F(7)], [X0, 3], lambda x: np.array_split(x, 3))
case("arraySplit", [F(2)], [X0, 3], lambda x: np.array_split(x, 3), label="more parts than elements")
case("arraySplit", [x], [X0, 3, 2], lambda x: np.array_split(x, 3, 2))
case("vsplit", [x], [X0, 2], lambda x: np.vsplit(x, 2))
case("hsplit", [x], [X0, [1]], lambda x: np.hsplit(x, [1]))
case("hsplit", [F(4)], [X0, 2], lambda x: np.hsplit(x, 2), label="vector")
case("dsplit", [x], [X0, 2], lambda x: np.dsplit(x, 2))

for k in [-2, -1, 0, 1, 3, 5]:
    case("diagonal", [m], [X0, k], lambda x: np.diagonal(x, k))
    case("trace", [m], [X0, k], lambda x: np.trace(x, k))
    case("diag", [m], [X0, k], lambda x: np.diag(x, k))
    case("diag", [v], [X0, k], lambda x: np.diag(x, k), label=f"vector, {k}")
    case("diagflat", [a], [X0, k], lambda x: np.diagflat(x, k))
    case("tril", [m], [X0, k], lambda x: np.tril(x, k))
    case("triu", [m], [X0, k], lambda x: np.triu(x, k))
    constant("tri", [], [3, 4, k], lambda: np.tri(3, 4, k))
    constant("trilIndices", [], [3, k, 4], lambda: list(np.tril_indices(3, k, 4)))
    constant("triuIndices", [], [3, k, 4], lambda: list(np.triu_indices(3, k, 4)))
for args in [(0, 1, 2), (1, 2, 0), (-1, -1, 0)]:
    case("diagonal", [x], [X0, *args], lambda x: np.diagonal(x, *args))
    case("trace", [x], [X0, *args], lambda x: np.trace(x, *args))
case("diagonal", [x], [X0, {"offset": 1, "axis1": 1, "axis2": 2}], lambda x: np.diagonal(x, 1, 1, 2))
case("trace", [x], [X0, {"axis1": 2, "axis2": 0}], lambda x: np.trace(x, 0, 2, 0))
case("tril", [x], [X0], np.tril)
case("triu", [x], [X0, 1], lambda x: np.triu(x, 1))
case("tril", [v], [X0], np.tril, label="vector")
constant("tri", [], [3], lambda: np.tri(3))


def make_diagonal(d, offset, axis1, axis2):
    """What np.diagonal undoes."""
    n = d.shape[-1] + abs(offset)
    y = np.zeros(d.shape[:-1] + (n, n))
    for i in range(d.shape[-1]):
        y[..., i - min(offset, 0), i + max(offset, 0)] = d[..., i]
    y = np.moveaxis(y, (-2, -1), (axis1, axis2))
    assert np.array_equal(np.diagonal(y, offset, axis1, axis2), d)
    return y


for args in [(0, 0, 1), (1, 0, 1), (-1, -1, -2), (0, -1, -2), (2, 1, 2)]:
    case("makeDiagonal", [F(2, 3)], [X0, *args], lambda d: make_diagonal(d, *args))
case("makeDiagonal", [v], [X0], lambda d: np.diag(d))

constant("identity", [], [3], lambda: np.identity(3))
constant("logspace", [], [0, 3, 4, {"dtype": "float64"}], lambda: np.logspace(0, 3, 4))
constant("logspace", [], [-1, 2, 5, {"base": 2, "dtype": "float64"}], lambda: np.logspace(-1, 2, 5, base=2))
constant("geomspace", [], [1, 1000, 4, {"dtype": "float64"}], lambda: np.geomspace(1, 1000, 4))
constant("geomspace", [], [-2, -32, 5, {"dtype": "float64"}], lambda: np.geomspace(-2, -32, 5))
constant("geomspace", [], [2, 32, 1, {"dtype": "float64"}], lambda: np.geomspace(2, 32, 1))
for options in [{}, {"indexing": "ij"}, {"sparse": True}, {"indexing": "ij", "sparse": True}]:
    case("meshgrid", [F(2), F(3), F(4)], [X0, X1, X2, options], lambda *a: list(np.meshgrid(*a, **options)))
case("meshgrid", [F(2), F(3)], [X0, X1], lambda *a: list(np.meshgrid(*a)))
case("meshgrid", [F(2)], [X0], lambda *a: list(np.meshgrid(*a)))
case("vander", [v], [X0], np.vander)
case("vander", [v], [X0, 2], lambda x: np.vander(x, 2))
case("vander", [v], [X0, 5, {"increasing": True}], lambda x: np.vander(x, 5, True))
case("vander", [v], [X0, 0], lambda x: np.vander(x, 0))
case("vander", [v], [X0, 1], lambda x: np.vander(x, 1))

yes = [[True, False, True], [False, False, True]]
case("where", [a, b], [B(yes), X0, X1], lambda a, b: np.where(yes, a, b))
constant("where", [], [B(yes)], lambda: list(np.where(yes)))
case("select", [a, b], [[B(yes), B([True, True, False])], [X0, X1], 7], lambda a, b: np.select([yes, np.broadcast_to([True, True, False], (2, 3))], [a, b], 7))
case("select", [a], [[B(yes)], [X0]], lambda a: np.select([np.array(yes)], [a]))
case("choose", [a, b], [I([[0, 1, 1], [1, 0, 0]]), [X0, X1]], lambda a, b: np.choose([[0, 1, 1], [1, 0, 0]], [a, b]))
case("choose", [a, n], [I([0, 1, 1]), [X0, X1]], lambda a, b: np.choose([0, 1, 1], [a, b]))
case("choose", [a, b], [I([-1, 5, 1]), [X0, X1], {"mode": "clip"}], lambda a, b: np.choose([-1, 5, 1], [a, b], mode="clip"))
case("choose", [a, b], [I([-1, 4, 1]), [X0, X1], {"mode": "wrap"}], lambda a, b: np.choose([-1, 4, 1], [a, b], mode="wrap"))
constant("emptyLike", [a], [X0], np.zeros_like)
case("slice", [m], [X0, [[1, None], [None, None, -2]]], lambda x: x[1:, ::-2])
case("gather", [m], [X0, 1, I([[0, 3], [1, 1], [2, 0]])], lambda x: np.take_along_axis(x, np.array([[0, 3], [1, 1], [2, 0]]), 1))


def scatter_add(x, axis, index, values):
    y = x.copy()
    for at in np.ndindex(index.shape):
        to = list(at)
        to[axis] = index[at]
        y[tuple(to)] += values[at]
    return y


i0 = np.array([[2, 0, 1, 2], [2, 0, 0, -1]])
case("scatterAdd", [m, F(2, 4)], [X0, 0, I(i0.tolist()), X1], lambda x, v: scatter_add(x, 0, i0, v))
i1 = np.array([[0, 0, 1], [2, 1, 2], [0, 1, 3]])
case("scatterAdd", [m, F(3, 3)], [X0, 1, I(i1.tolist()), X1], lambda x, v: scatter_add(x, 1, i1, v))
constant("oneHot", [], [[2, 0, 5], 3], lambda: np.array([[0.0, 0, 1], [1, 0, 0], [0, 0, 0]]))
constant("oneHot", [], [I([[1], [0]]), 2, {"dtype": "int32"}], lambda: np.array([[[0, 1]], [[1, 0]]]))
case("full", [n], [[2, 3], X0], lambda c: np.full((2, 3), c))
case("full", [F(3)], [[2, 3], X0], lambda c: np.full((2, 3), c))
case("linspace", [F(), F()], [X0, X1, 5], lambda a, b: np.linspace(a, b, 5))
case("linspace", [F(2, 1), F(3)], [X0, X1, 4], lambda a, b: np.linspace(a, b, 4))
case("linspace", [F(2)], [X0, 3, 4, {"endpoint": False}], lambda a: np.linspace(a, 3, 4, endpoint=False))
case("linspace", [F(), F()], [X0, X1, 1], lambda a, b: np.linspace(a, b, 1))
constant("linspace", [], [0, 1, 5, {"endpoint": False, "dtype": "float64"}], lambda: np.linspace(0, 1, 5, endpoint=False))
constant("linspace", [], [2, 3, 5, {"dtype": "float64"}], lambda: np.linspace(2, 3, 5))

case("pad", [m], [X0, 2, {"mode": "reflect"}], lambda x: np.pad(x, 2, "reflect"))
for name, f in [("real", np.real), ("imag", np.imag), ("conj", np.conj), ("conjugate", np.conj), ("realIfClose", np.real_if_close), ("angle", np.angle)]:
    case(name, [m], [X0], f)
constant("angle", [np.array([1.0, -1, 0, -0.0, np.inf, -np.inf, np.nan])], [X0, {"deg": True}], lambda x: np.angle(x, True))
