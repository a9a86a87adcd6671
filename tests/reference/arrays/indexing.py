"""x.at, x.set, x.addAt, take, takeAlongAxis."""

import numpy as np
from cases import B, F, I, X0, X1, case, constant

s = np.s_
INDICES = [
    ([1], s[1]),
    ([-1, 2], s[-1, 2]),
    ([], s[...]),
    (["1:"], s[1:]),
    ([":", "::-1"], s[:, ::-1]),
    ([":", "-3:-1", "::2"], s[:, -3:-1, ::2]),
    (["5:2"], s[5:2]),
    (["...", 0], s[..., 0]),
    ([None, 1, "...", None], s[None, 1, ..., None]),
    ([[0, 1, 1]], s[[0, 1, 1]]),
    ([":", [2, 0]], s[:, [2, 0]]),
    ([[[0, 1], [1, 0]]], s[[[0, 1], [1, 0]]]),
    ([[0, 1], [2, -1]], s[[0, 1], [2, -1]]),
    ([[[0], [1]], [2, 0]], s[[[0], [1]], [2, 0]]),
    ([[0, 1], ":", [2, 1]], s[[0, 1], :, [2, 1]]),
    ([":", [0, 1], [2, 1]], s[:, [0, 1], [2, 1]]),
    ([0, ":", [2, 1]], s[0, :, [2, 1]]),
    ([0, [2, 1]], s[0, [2, 1]]),
    ([":", 0, [2, 1]], s[:, 0, [2, 1]]),
    ([":", 1, None, [2, 1]], s[:, 1, None, [2, 1]]),
    (["...", [0, 3]], s[..., [0, 3]]),
    ([0, "...", [0, 3], "1:"], s[0, ..., [0, 1], 1:]),
    (["::-1", [1, 2], None], s[::-1, [1, 2], None]),
    ([I([1, 0])], s[[1, 0]]),
    ([B([True, False])], s[[True, False]]),
    ([":", B([True, False, True])], s[:, [True, False, True]]),
    ([B([[True, False, True], [False, True, False]])], s[np.array([[True, False, True], [False, True, False]])]),
    ([B([True, False]), [0, 1]], s[[True, False], [0, 1]]),
    ([B([True, True]), "1:", [0, 1]], s[[True, True], 1:, [0, 1]]),
    ([B([False, False])], s[[False, False]]),
    ([[]], s[np.array([], int)]),
    ([B(True)], s[np.array(True)]),
    ([0, B(False)], s[0, np.array(False)]),
    ([":", B(True), [0, 1]], s[:, np.array(True), [0, 1]]),
]
INDICES[21] = ([0, "...", [0, 1], "1:"], s[0, ..., [0, 1], 1:])

for index, key in INDICES:
    x = F(2, 3, 4)
    case("at", [x], [X0, *index], lambda x, key=key: x[key])

    def replaced(x, v, key=key):
        y = x.copy()
        y[key] = v
        return y

    def increased(x, v, key=key):
        y = x.copy()
        np.add.at(y, key, v)
        return y

    v = F(*x[key].shape)
    case("set", [x, v], [X0, index, X1], replaced)
    case("addAt", [x, v], [X0, index, X1], increased)

x = F(2, 3, 4)
case("at", [F()], [X0, None], lambda x: x[None])
case("at", [F(5)], [X0, -2], lambda x: x[-2])
case("at", [F(0, 3)], [X0, ":", [1, 1]], lambda x: x[:, [1, 1]])
case("set", [x, F(4)], [X0, ["1:", 0], X1], lambda x, v: np.concatenate([x[:1], np.concatenate([v[None, None], x[1:, 1:]], 1)]))
case("set", [F(4)], [X0, 1, 7], lambda x: np.where(np.arange(4) == 1, 7, x))
case("set", [F(4)], [X0, [0, 1, 2, 0, 3], 7], lambda x: np.full(4, 7.0))
case("addAt", [F(3), F(4)], [X0, [0, 2, 0, 0], X1], lambda x, v: x + np.array([v[0] + v[2] + v[3], 0, v[1]]))
case("addAt", [F(3), F()], [X0, "::2", X1], lambda x, v: x + np.array([v, 0, v]))

case("take", [x], [X0, 5], lambda x: np.take(x, 5))
case("take", [x], [X0, [[0, 23], [-1, 3]]], lambda x: np.take(x, [[0, 23], [-1, 3]]))
case("take", [x], [X0, [2, 0, 0], 1], lambda x: np.take(x, [2, 0, 0], 1))
case("take", [x], [X0, [[2], [-1]], -1], lambda x: np.take(x, [[2], [-1]], -1))
case("take", [x], [X0, 1, 0], lambda x: np.take(x, 1, 0))
case("take", [x], [X0, [], 1], lambda x: np.take(x, np.array([], int), 1))
along = np.array([[[0, 1, 1, 0]], [[1, 1, 0, 0]]])
case("takeAlongAxis", [x], [X0, I(along.tolist()), 1], lambda x: np.take_along_axis(x, along, 1))
case("takeAlongAxis", [x], [X0, I([[[3, -1]]]), 2], lambda x: np.take_along_axis(x, np.array([[[3, -1]]]), 2))
case("takeAlongAxis", [x], [X0, I([3, 20])], lambda x: np.take_along_axis(x, np.array([3, 20]), None))
case("takeAlongAxis", [x], [X0, I([[[1]]]), 0], lambda x: np.take_along_axis(x, np.array([[[1]]]), 0))
