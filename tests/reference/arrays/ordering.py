"""Along one axis: cumulative sums and products, places."""

import numpy as np
from cases import B, F, I, X0, case, constant

x = F(2, 3, 4)
for axis in [None, 0, 1, -1]:
    case("cumsum", [x], [X0, axis], lambda x: np.cumsum(x, axis))
    case("cumprod", [x], [X0, axis], lambda x: np.cumprod(x, axis))
    constant("argmax", [x], [X0, axis], lambda x: np.argmax(x, axis))
    constant("argmin", [x], [X0, axis], lambda x: np.argmin(x, axis))
    constant("argmax", [x], [X0, axis, {"keepdims": True}], lambda x: np.argmax(x, axis, keepdims=True))
    constant("argsort", [x], [X0, axis], lambda x: np.argsort(x, axis, kind="stable"))
constant("argsort", [x], [X0], lambda x: np.argsort(x))
zeros = np.array([[2, 0, 3, 0, 4], [0, 0, 1, 2, 3], [1, 2, 3, 4, 0.5]])
case("cumprod", [zeros], [X0, 1], lambda x: np.cumprod(x, 1))
case("cumprod", [zeros], [X0, 0], lambda x: np.cumprod(x, 0))
for empty in [F(0), F(2, 0), F(1), F()]:
    case("cumsum", [empty], [X0], lambda x: np.cumsum(x), label=f"shape {list(empty.shape)}")
    case("cumprod", [empty], [X0], lambda x: np.cumprod(x), label=f"shape {list(empty.shape)}")
case("cumsum", [F(0, 3)], [X0, 1], lambda x: np.cumsum(x, 1), label="shape [0, 3]")
constant("argsort", [F(0, 3)], [X0, 0], lambda x: np.argsort(x, 0), label="shape [0, 3]")
constant("cumsum", [], [I([1, 2, 3])], lambda: np.cumsum([1, 2, 3]))
constant("cumsum", [], [B([True, True])], lambda: np.cumsum([True, True]))
constant("cumprod", [], [I([2, -3, 4])], lambda: np.cumprod([2, -3, 4]))
ties = np.array([[2, 1, 2, 1, 0], [3, 3, 3, 3, 3.0]])
odd = np.array([1, np.nan, -np.inf, np.inf, np.nan, 0])
constant("argsort", [ties], [X0], lambda x: np.argsort(x, kind="stable"), label="ties")
constant("argsort", [odd], [X0], lambda x: np.argsort(x, kind="stable"), label="NaN and infinities")
constant("argmax", [odd], [X0], np.argmax, label="NaN")
constant("argmin", [odd], [X0], np.argmin, label="NaN")
constant("argmax", [ties], [X0, 1], lambda x: np.argmax(x, 1), label="ties")
constant("argmin", [ties], [X0, 1], lambda x: np.argmin(x, 1), label="ties")
constant("argmax", [], [I([[3, 9], [9, 1]])], lambda: np.argmax([[3, 9], [9, 1]]))
many = F(70)
constant("argsort", [many], [X0], np.argsort, label="70 elements")
