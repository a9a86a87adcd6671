"""Parts of numbers: divmod, gcd, lcm, modf, ldexp, frexp, nextafter, spacing; unwrap, ediff1d, roots."""

import numpy as np
from cases import B, F, I, X0, X1, case, constant

# Away from where quotients and exponents jump.
x, y = F(3, 4) + 2**-4, F(4, low=0.75, high=3)
case("divmod", [x, y], [X0, X1], lambda x, y: list(np.divmod(x, y)))
case("divmod", [x], [X0, 0.75], lambda x: list(np.divmod(x, 0.75)))
ints, others = [[7, -7, 0], [-9, 8, 5]], [3, -2, 4]
i32 = lambda v: np.array(v, np.int32)
constant("divmod", [], [I(ints), I(others)], lambda: list(np.divmod(i32(ints), i32(others))))

for name, f in {"gcd": np.gcd, "lcm": np.lcm}.items():
    constant(name, [], [I([[12, 0, -18], [35, -1, 1024]]), I([18, 6, 0])], lambda: f(i32([[12, 0, -18], [35, -1, 1024]]), i32([18, 6, 0])))
    constant(name, [], [I([0, 17]), I(0)], lambda: f(i32([0, 17]), i32(0)))
    constant(name, [], [[12, 20], 30], lambda: f(i32([12, 20]), i32(30)))
    constant(name, [], [I([]), I([])], lambda: f(i32([]), i32([])), label="nothing")
# Neighbours in Fibonacci's row need most divisions.
constant("gcd", [], [I([1836311903, 1134903170, 2147483647, 1073741824]), I([1134903170, 1836311903, 2147483646, 1610612736])],
         lambda: np.gcd(i32([1836311903, 1134903170, 2147483647, 1073741824]), i32([1134903170, 1836311903, 2147483646, 1610612736])))

case("modf", [x], [X0], lambda x: list(np.modf(x)))
case("modf", [F()], [X0], lambda x: list(np.modf(x)))
constant("modf", [F(0)], [X0], lambda x: list(np.modf(x)))
powers = [[0, 1, -1, 10], [3, -7, 2, 0], [-3, 5, 1, -2]]
case("ldexp", [x], [X0, I(powers)], lambda x: np.ldexp(x, powers))
case("ldexp", [F(2, 1)], [X0, I([1, 0, -3])], lambda x: np.ldexp(x, [1, 0, -3]))
case("ldexp", [x], [X0, 5], lambda x: np.ldexp(x, 5))
case("frexp", [np.array([[1.3125, -0.71875, 3.25], [0.15625, -5.5, 100.75]])], [X0], lambda x: list(np.frexp(x)))
case("frexp", [F(5, low=1100, high=1900)], [X0], lambda x: list(np.frexp(x)))
case("frexp", [F()], [X0], lambda x: list(np.frexp(x)))
constant("frexp", [F(0, 2)], [X0], lambda x: list(np.frexp(x)))
case("nextafter", [x, F(4, low=-3, high=3)], [X0, X1], np.nextafter)
case("nextafter", [x], [X0, 9], lambda x: np.nextafter(x, 9))
constant("spacing", [], [I([1, -4, 0])], lambda: np.spacing(np.float32([1, -4, 0])))

# Steps of less, of more and of many times the period.
wound = lambda *shape: F(*shape, low=-20, high=20)
case("unwrap", [wound(8)], [X0], np.unwrap)
case("unwrap", [wound(3, 4)], [X0], np.unwrap)
case("unwrap", [wound(3, 4)], [X0, None, 0], lambda p: np.unwrap(p, None, 0))
case("unwrap", [wound(8)], [X0, 5], lambda p: np.unwrap(p, 5))
case("unwrap", [wound(8)], [X0, 1], lambda p: np.unwrap(p, 1))
case("unwrap", [wound(8)], [X0, None, -1, {"period": 3.3}], lambda p: np.unwrap(p, period=3.3))
case("unwrap", [wound(8)], [X0, 4, 0, {"period": 3}], lambda p: np.unwrap(p, 4, 0, period=3))
case("unwrap", [F(1)], [X0], np.unwrap)
constant("unwrap", [F(0)], [X0], np.unwrap)
turns = [0, 90, 180, 270, 450, 170, 350, -10, -190, 1000]
for period in [360, 7, 180]:
    constant("unwrap", [], [I(turns), None, -1, {"period": period}], lambda: np.unwrap(i32(turns), period=period))

case("ediff1d", [F(5)], [X0], np.ediff1d)
case("ediff1d", [x], [X0], np.ediff1d)
case("ediff1d", [F(5), F(2)], [X0, {"toEnd": X1}], lambda x, e: np.ediff1d(x, e))
case("ediff1d", [F(5), F(2, 2)], [X0, {"toBegin": X1, "toEnd": 9}], lambda x, b: np.ediff1d(x, 9, b))
case("ediff1d", [F(1), F(2)], [X0, {"toBegin": X1}], lambda x, b: np.ediff1d(x, None, b))
constant("ediff1d", [F(0)], [X0], np.ediff1d)
constant("ediff1d", [], [I([1, 4, 9]), {"toEnd": I([0])}], lambda: np.ediff1d(i32([1, 4, 9]), i32([0])))


def rising(p):
    """NumPy's roots, rising, and zeros after them."""
    p = np.asarray(p)
    if not p.any():
        return np.zeros(0)
    end = len(p) - len(np.trim_zeros(p, "b"))
    found = np.roots(p)
    some = np.sort(found[: len(found) - end])
    return np.concatenate([some, np.zeros(end)])


def spread(*at):
    """Coefficients with these roots."""
    return np.round(64 * np.poly(at)) / 64


for at in [(-1.5, 0.5, 2), (1, 2), (3,), (-2, -1, 0.25, 1.5)]:
    p = 0.5 * spread(*at)
    case("roots", [p], [X0], rising, mapped=False, label=str(at))
    case("roots", [p], [X0, {"stripZeros": False}], rising, label=f"{at}, as it is")
constant("roots", [np.array([0, 0, 1, -3, 2, 0.0])], [X0], rising, mapped=False, label="zeros around")
constant("roots", [np.array([1, -3, 2, 0, 0.0])], [X0], rising, mapped=False, label="zeros behind")
for p in [[0.0, 0.0], [5.0], [0.0, 3.0], [2.0, 0.0, 0.0]]:
    constant("roots", [np.array(p)], [X0], rising, mapped=False, label=f"{p}")
