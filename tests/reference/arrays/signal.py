"""Windows, arithmetic of polynomials, places of elements, orders by several keys."""

import numpy as np
from cases import F, I, X0, X1, case, constant

for n in [0, 1, 2, 5, 8]:
    options = {"dtype": "float64"}
    constant("hanning", [], [n, options], lambda: np.hanning(n))
    constant("hamming", [], [n, options], lambda: np.hamming(n))
    constant("blackman", [], [n, options], lambda: np.blackman(n))
    constant("bartlett", [], [n, options], lambda: np.bartlett(n))
    case("kaiser", [F(low=1.0, high=9.0)], [n, X0], lambda b: np.kaiser(n, b))
constant("kaiser", [], [6, 700, {"dtype": "float64"}], lambda: np.kaiser(6, 700))

p, q = F(4), F(2)
for f in ["polyadd", "polysub", "polymul"]:
    case(f, [p, q], [X0, X1], getattr(np, f))
    case(f, [q, p], [X0, X1], getattr(np, f), label="the shorter one first")
    case(f, [F(1), F(3)], [X0, X1], getattr(np, f), label="a constant")
constant("polyadd", [], [I([1, 2]), I([3])], lambda: np.polyadd([1, 2], [3]))
below = np.array([1.5, -0.5])
case("polydiv", [p, below], [X0, X1], np.polydiv)
case("polydiv", [p, np.array([2.0])], [X0, X1], np.polydiv, smooth=False, label="by a constant")
case("polydiv", [p, np.array([1.25, 0.5, -1.0])], [X0, X1], np.polydiv, label="by a square")
case("polydiv", [F(2), F(3)], [X0, X1], np.polydiv, smooth=False, label="by a longer one")
case("poly", [F(4)], [X0], np.poly)
case("poly", [F(0)], [X0], lambda x: np.array([1.0]), smooth=False, label="no roots")
case("poly", [F(3, 3)], [X0], lambda x: np.real(np.poly(x)), label="of a matrix")

places = np.array([[22, 41], [37, 0]])
constant("unravelIndex", [], [I(places.tolist()), [7, 6]], lambda: list(np.unravel_index(places, (7, 6))), mapped=False)
constant("unravelIndex", [], [I([5]), [2, 2, 2], {"order": "F"}], lambda: list(np.unravel_index([5], (2, 2, 2), order="F")), mapped=False)
rows = [I([3, 6, 6]), I([4, 5, 1])]
constant("ravelMultiIndex", [], [rows, [7, 6]], lambda: np.ravel_multi_index([[3, 6, 6], [4, 5, 1]], (7, 6)), mapped=False)
constant("ravelMultiIndex", [], [rows, [7, 6], {"order": "F"}], lambda: np.ravel_multi_index([[3, 6, 6], [4, 5, 1]], (7, 6), order="F"), mapped=False)
for mode in ["clip", "wrap"]:
    constant("ravelMultiIndex", [], [rows, [4, 4], {"mode": mode}], lambda: np.ravel_multi_index([[3, 6, 6], [4, 5, 1]], (4, 4), mode=mode))
constant("lexsort", [F(5), np.array([1.0, 2, 1, 2, 1])], [[X0, X1]], lambda a, b: np.lexsort([a, b]))
constant("lexsort", [F(3, 4), np.round(F(3, 4))], [[X0, X1], 0], lambda a, b: np.lexsort([a, b], axis=0))
constant("diagIndices", [], [3], lambda: list(np.diag_indices(3)))
constant("diagIndices", [], [2, 3], lambda: list(np.diag_indices(2, 3)))
