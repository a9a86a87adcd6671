"""Running maxima, sums of exponentials; convolution along axes; einsum with lists; decimals."""

import numpy as np
import scipy.signal as signal

from cases import F, X0, X1, case, constant


def best(f):
    """Values and places of the last of equal ones, as in torch."""
    def call(x, axis=None):
        y = np.ravel(x) if axis is None else x
        axis = 0 if axis is None else axis
        top = f.accumulate(y, axis)
        at = np.arange(y.shape[axis]).reshape([-1 if i == axis % y.ndim else 1 for i in range(y.ndim)])
        return [top, np.maximum.accumulate(np.where(y == top, at, 0), axis)]
    return call


for name, f in [("cummax", best(np.maximum)), ("cummin", best(np.minimum))]:
    case(name, [F(7)], [X0], f)
    case(name, [F(1)], [X0, 0], f)
    case(name, [F(3, 4)], [X0, 0], lambda x, f=f: f(x, 0))
    case(name, [F(3, 5)], [X0, -1], lambda x, f=f: f(x, 1))
    case(name, [F(2, 3)], [X0, None], f)
    case(name, [F(2, 3, 2)], [X0, 1], lambda x, f=f: f(x, 1))

case("logcumsumexp", [F(7)], [X0], np.logaddexp.accumulate)
case("logcumsumexp", [F(3, 4)], [X0, 0], lambda x: np.logaddexp.accumulate(x, 0))
case("logcumsumexp", [F(2, 5)], [X0, -1], lambda x: np.logaddexp.accumulate(x, 1))
case("logcumsumexp", [F(2, 3)], [X0, None], lambda x: np.logaddexp.accumulate(np.ravel(x)))
case("logcumsumexp", [F(1)], [X0, 0], lambda x: x)
case("logcumsumexp", [F(4) + 900], [X0, 0], np.logaddexp.accumulate, label="large")

case("convolve", [F(3, 4), F(2, 2)], [X0, X1, {}], signal.convolve2d)
for mode in ["full", "same", "valid"]:
    options = {"mode": mode}
    case("convolve", [F(4, 3), F(2, 2)], [X0, X1, options], lambda x, y, m=mode: signal.convolve(x, y, m, "direct"))
    case("convolve", [F(5), F(3)], [X0, X1, options], lambda x, y, m=mode: signal.convolve(x, y, m, "direct"))
    case("convolve", [F(2), F(4)], [X0, X1, options], lambda x, y, m=mode: signal.convolve(x, y, m, "direct"), label=f"a shorter x, {mode}")
case("convolve", [F(2, 3, 2), F(2, 2, 1)], [X0, X1, {}], lambda x, y: signal.convolve(x, y, method="direct"))


def along(x, y, mode):
    """x [a, n, c], y [m, c, b] convolved along n and m, summed over c: [a, b, …]."""
    return np.array([[sum(np.convolve(x[i, :, k], y[:, k, j], mode) for k in range(x.shape[2]))
                      for j in range(y.shape[2])] for i in range(x.shape[0])])


for mode in ["full", "valid"]:
    options = {"axes": [1, 0], "dotAxes": [[2], [1]], "mode": mode}
    case("convolve", [F(2, 3, 2), F(2, 2, 2)], [X0, X1, options], lambda x, y, m=mode: along(x, y, m))
    case("convolve", [F(2, 2, 1), F(3, 1, 2)], [X0, X1, options], lambda x, y, m=mode: along(x, y, m), label=f"a larger y, {mode}")
case("convolve", [F(2, 3), F(3, 2)], [X0, X1, {"axes": [[], []], "dotAxes": [1, 0]}], lambda x, y: x @ y, label="nothing to convolve")
case("convolve", [F(2, 3), F(2)], [X0, X1, {"axes": [[1], [0]], "mode": "same"}],
     lambda x, y: np.array([signal.convolve(row, y, "same", "direct") for row in x]))

case("einsum", [F(2, 3), F(3, 2)], [X0, [0, 1], X1, [1, 2]], lambda x, y: x @ y)
case("einsum", [F(2, 3), F(3, 2)], [X0, [0, 30], X1, [30, 2], [2, 0]], lambda x, y: (x @ y).T)
case("einsum", [F(2, 2, 3)], [X0, ["...", 5], ["..."]], lambda x: x.sum(-1))
case("einsum", [F(3, 3)], [X0, [7, 7]], np.trace)

case("trueDivide", [F(2, 3), F(3, low=1)], [X0, X1], np.true_divide)
constant("around", [F(6, low=-30, high=30)], [X0], np.around)
constant("around", [F(6)], [X0, 1], lambda x: np.around(x, 1))
constant("around", [F(6, low=-300, high=300)], [X0, -2], lambda x: np.around(x, -2))
