"""Inverses of the incomplete gamma and beta functions."""

import numpy as np
import scipy.special as sp

from cases import F, X0, X1, X2, case, constant

P = np.array([0.0625, 0.25, 0.5, 0.75, 0.9375])
for name, f in [("gammaincinv", sp.gammaincinv), ("gammainccinv", sp.gammainccinv)]:
    for a in [0.375, 1.0, 2.5, 12.0, 60.0]:
        case(name, [np.array(a), P], [X0, X1], f, label=f"shape {a}")
    constant(name, [np.array([0.5, 3.0]), np.array([0.0, 1.0])], [X0, X1], f, label="ends")
    constant(name, [np.array([0.25, 3.0, 200.0, 30000.0]), np.array([0.125, 2.0**-100, 2.0**-40, 2.0**-60])], [X0, X1], f, label="tails")
case("gammaincinv", [F(3, low=1, high=4), F(2, 1, low=0.25, high=0.75)], [X0, X1], sp.gammaincinv, label="broadcast")

for a, b in [(0.5, 0.5), (1.0, 1.0), (2.25, 1.5), (0.375, 4.0), (12.0, 20.0)]:
    case("betaincinv", [np.array(a), np.array(b), P], [X0, X1, X2], sp.betaincinv, label=f"shapes {a}, {b}")
constant("betaincinv", [np.array(2.5), np.array(3.0), np.array([0.0, 1.0])], [X0, X1, X2], sp.betaincinv, label="ends")
constant("betaincinv", [np.array([2.5, 40.0, 300.0]), np.array([3.0, 7.0, 5000.0]), np.array([2.0**-100, 2.0**-40, 2.0**-30])],
         [X0, X1, X2], sp.betaincinv, label="tails")
