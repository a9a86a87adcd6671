"""Differences, slopes, areas, interpolation, convolution, polynomials."""

import numpy as np
from cases import B, F, I, X0, X1, X2, case, constant

x = F(2, 3, 4)
for args in [(), (2,), (1, 0), (2, 1), (0,), (4,), (9,)]:
    case("diff", [x], [X0, *args], lambda x: np.diff(x, *args))
case("diff", [x, F(2, 3, 1)], [X0, 1, -1, {"prepend": X1}], lambda x, p: np.diff(x, prepend=p))
case("diff", [x], [X0, 1, 0, {"prepend": 0, "append": 5}], lambda x: np.diff(x, axis=0, prepend=0, append=5))
constant("diff", [], [B([True, False, False])], lambda: np.diff([True, False, False]))
constant("diff", [], [I([1, 4, 9])], lambda: np.diff([1, 4, 9]))

m = F(4, 5)
at4 = np.cumsum(F(4, low=0.5, high=1.5))
at5 = np.cumsum(F(5, low=0.5, high=1.5))
for edge in [1, 2]:
    case("gradient", [m], [X0, {"edgeOrder": edge}], lambda x: list(np.gradient(x, edge_order=edge)))
    case("gradient", [m], [X0, 0.5, {"edgeOrder": edge}], lambda x: list(np.gradient(x, 0.5, edge_order=edge)))
    case("gradient", [m], [X0, 0.5, 2, {"edgeOrder": edge}], lambda x: list(np.gradient(x, 0.5, 2, edge_order=edge)))
    case("gradient", [m, at4, at5], [X0, X1, X2, {"edgeOrder": edge}], lambda x, a, b: list(np.gradient(x, a, b, edge_order=edge)))
    case("gradient", [m, at5], [X0, X1, {"axis": 1, "edgeOrder": edge}], lambda x, b: np.gradient(x, b, axis=1, edge_order=edge))
    case("gradient", [F(4)], [X0, {"edgeOrder": edge}], lambda x: np.gradient(x, edge_order=edge), label=f"vector, {edge}")
    case("gradient", [F(3), F(low=1.0)], [X0, X1, {"edgeOrder": edge}], lambda x, h: np.gradient(x, float(h), edge_order=edge), label=f"distance as a tensor, {edge}")
case("gradient", [m], [X0, {"axis": [1, 0]}], lambda x: list(np.gradient(x, axis=(1, 0))))
case("gradient", [F(2)], [X0], np.gradient, label="two elements")
case("gradient", [m], [X0, [0.5, 1, 1.75, 2], {"axis": 0}], lambda x: np.gradient(x, [0.5, 1, 1.75, 2], axis=0))

case("trapezoid", [m], [X0], np.trapezoid)
case("trapezoid", [m], [X0, None, {"axis": 0, "dx": 0.25}], lambda y: np.trapezoid(y, axis=0, dx=0.25))
case("trapezoid", [m, at5], [X0, X1], np.trapezoid)
case("trapezoid", [m, at4], [X0, X1, {"axis": 0}], lambda y, x: np.trapezoid(y, x, axis=0))
case("trapezoid", [m, F(4, 5)], [X0, X1], np.trapezoid, label="coordinates for each")
case("trapezoid", [F(1)], [X0], np.trapezoid, label="one element")

xp = np.array([0.0, 1, 2.5, 4])
at = np.array([[-1.0, 0.3, 1.2], [2.4, 3.9, 5.0]])
case("interp", [at, xp, F(4)], [X0, X1, X2], np.interp)
case("interp", [at, xp, F(4)], [X0, X1, X2, {"left": -5, "right": 9}], lambda *a: np.interp(*a, left=-5, right=9))
case("interp", [at, xp, F(4)], [X0, X1, X2, {"period": 4.7}], lambda *a: np.interp(*a, period=4.7))
constant("interp", [xp, xp, F(4)], [X0, X1, X2], np.interp, label="at the points")
constant("interp", [at, np.array([1.0]), F(1)], [X0, X1, X2], np.interp, label="one point")
constant("interp", [np.array([np.nan, 1.5]), xp, F(4)], [X0, X1, X2], np.interp, label="NaN")
case("interp", [F(), xp, F(4)], [X0, X1, X2], np.interp, label="0-d")

for n, k in [(5, 3), (3, 5), (4, 4), (5, 2), (2, 5), (6, 4), (4, 6), (1, 3), (3, 1), (1, 1)]:
    for mode in ["full", "same", "valid"]:
        case("convolve", [F(n), F(k)], [X0, X1, mode], lambda x, y: np.convolve(x, y, mode), label=f"{n}, {k}, {mode}")
        case("correlate", [F(n), F(k)], [X0, X1, mode], lambda x, y: np.correlate(x, y, mode), label=f"{n}, {k}, {mode}")
case("convolve", [F(3), F(2)], [X0, X1], np.convolve)
case("correlate", [F(3), F(2)], [X0, X1], np.correlate)
constant("convolve", [], [I([1, 2, 3]), I([1, 1])], lambda: np.convolve([1, 2, 3], [1, 1]))

p = F(4)
case("polyval", [p, F(2, 3)], [X0, X1], np.polyval)
case("polyval", [p], [X0, 1.5], lambda p: np.polyval(p, 1.5))
case("polyval", [F(1), F(3)], [X0, X1], np.polyval, label="a constant")
constant("polyval", [F(0), F(3)], [X0, X1], np.polyval, label="nothing")
for k in [0, 1, 2, 4]:
    case("polyder", [p], [X0, k], lambda p: np.polyder(p, k))
    case("polyint", [p], [X0, k], lambda p: np.polyint(p, k))
case("polyder", [p], [X0], np.polyder)
case("polyint", [p], [X0, 1, {"k": 3}], lambda p: np.polyint(p, 1, 3))
case("polyint", [p, F(2)], [X0, 2, {"k": X1}], lambda p, k: np.polyint(p, 2, k))
px, py = np.cumsum(F(7, low=0.25, high=0.75)), F(7)
for degree in [0, 1, 2]:
    case("polyfit", [px, py], [X0, X1, degree], lambda x, y: np.polyfit(x, y, degree))
case("polyfit", [px, F(7, 2)], [X0, X1, 2], lambda x, y: np.polyfit(x, y, 2))
case("polyfit", [px, py, F(7, low=0.5)], [X0, X1, 2, {"w": X2}], lambda x, y, w: np.polyfit(x, y, 2, w=w))
case("polyfit", [px[:3], py[:3]], [X0, X1, 2], lambda x, y: np.polyfit(x, y, 2), label="through the points")
