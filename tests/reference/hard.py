"""Writes hard.json: values and derivatives where formulas break, by mpmath.

    python3 tests/reference/hard.py && npx prettier --write tests/reference/hard.json

Far tails, huge and tiny arguments, poles, roots, and both sides of the points where kernels change their
way. A row is [[operands], {"orders": derivative, …}]; derivatives are differences over steps of 2^-80
with many more digits than these lose, so no rule is written down here. All for float64.
"""

import itertools
import json
import math
import os

from mpmath import mp, mpf

WEIGHTS = [
    {0: mpf(1)},
    {1: mpf(1) / 2, -1: -mpf(1) / 2},
    {1: mpf(1), 0: mpf(-2), -1: mpf(1)},
    {2: mpf(1) / 2, 1: mpf(-1), -1: mpf(1), -2: -mpf(1) / 2},
]


def ndtr(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def erfcinv(q):
    x = mp.sqrt(-mp.log(q)) if q < 0.3 else mpf(1) / 2
    step = x
    while abs(step) > x * mpf(2) ** (-mp.prec // 2 - 9):  # Newton's way doubles the digits
        tail = mp.erfc(x)
        step = mp.log(tail / q) * mp.exp(x * x) * tail * mp.sqrt(mp.pi) / 2
        x += step
    return x


def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def lower(a, x):
    """gammainc(a, x) by its power series."""
    term = total = mpf(1)
    n = 0
    while a + n <= x or term > total * mp.eps:
        n += 1
        term *= x / (a + n)
        total += term
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total


def upper(a, x):
    return 1 - lower(a, x)


def betainc(a, b, x):
    """By a series of positive terms."""
    term = total = mpf(1)
    n = 0
    while term > total * mp.eps:
        term *= x * (a + b + n) / (a + 1 + n)
        total += term
        n += 1
    return mp.exp(a * mp.log(x) + b * mp.log(1 - x) - log_beta(a, b)) / a * total


def polygamma(n, x):
    if x > 0:
        return mp.polygamma(int(n), x)
    cotangent = mp.diff(lambda t: mp.cot(mp.pi * t), x, int(n))
    return (-1) ** int(n) * mp.polygamma(int(n), 1 - x) - mp.pi * cotangent


# name: function, points, first operand that is differentiated
POINTS = {
    "atan": (mp.atan, [1e100, -1e100, 1e-300, 70000.0, 5e9]),
    "logit": (lambda p: mp.log(p / (1 - p)), [0.49999999999999994, 0.499999999, 0.3, 0.65, 1e-300]),
    "erfcinv": (erfcinv, [5e-324, 1e-300, 1e-100, 0.01]),
    "ndtri": (lambda p: -mp.sqrt(2) * erfcinv(2 * p), [1e-300, 1e-100, 1e-10]),
    "gelu": (lambda x: x * ndtr(x), [-20.0, -35.0, -3.0000001, -2.9999999]),
    "gamma": (mp.gamma, [-171.3, -160.25, -159.75, 171.5, 1e-300]),
    "rgamma": (mp.rgamma, [175.5, 160.25, -0.5, -150.25, 1.0000001, 0.9999999, 9.75, 10.25, -8.0]),
    "gammaln": (lambda x: mp.loggamma(x) if x > 0 else mp.log(abs(mp.gamma(x))), [-1e-310, 1e100, 1.0000001, 2.0000001]),
    "digamma": (mp.digamma, [1.4616321449683622, 1.4616321449683625, 9.999, 10.001, 1e100]),
    "y0": (lambda x: mp.bessely(0, x), [5e-324, 1e-300, 25.0, 25.000001]),
    "y1": (lambda x: mp.bessely(1, x), [1e-60, 1e-9, 1.1e-8, 25.0, 25.000001]),
    "logaddexp2": (lambda x, y: mp.log(mpf(2) ** x + mpf(2) ** y) / mp.log(2), [(-800.0, 0.0), (3.0, -790.5), (1e300, 1.0)]),
    "beta": (lambda a, b: mp.gamma(a) * mp.gamma(b) * mp.rgamma(a + b),
             [(9.9, 10.1), (100.0, 170.5), (0.5, 1e4), (1e4, 1e-3), (-0.5, 200.5), (20.25, 9.0), (300.0, 300.5)]),
    "gammainc": (lower, [(1000.0, 500.0), (100.0, 1.0), (1e4, 9e3), (9.999, 2.0), (10.001, 2.0), (0.01, 1e-200),
                         (1.0, 1e-9), (2.0, 1e-3), (2.0, 1e-9), (3.0, 1e-6), (2.5, 1e-6)]),
    "gammaincc": (upper, [(1e-8, 0.5), (1e-300, 1.0), (100.0, 400.0), (1000.0, 2000.0), (0.3, 600.0), (10.001, 90.0)]),
    "betainc": (betainc, [(1000.0, 2000.0, 0.2), (100.0, 100.0, 0.1), (5.0, 1e5, 1e-6), (300.0, 0.5, 0.5), (9.9, 10.1, 1e-20),
                          (0.5, 0.5, 0.3), (0.3, 0.7, 0.3)]),
    "polygamma": (polygamma, [(1, -12345.25), (2, -0.5), (3, -7.5), (8, -2.5), (1, -1e-8), (120, 1000.0),
                              (160, 400.0)], 1),
    "zeta": (mp.zeta, [(2.0, 1e-10), (50.0, 0.25), (1.0001, 1e5)], 1),
    "yn": (lambda n, x: mp.bessely(int(n), x), [(2, 1e-40), (30, 24.9), (-3, 2.0)], 1),
    "jn": (lambda n, x: mp.besselj(int(n), x), [(30, 3.0), (200, 20.0), (50, 60.0), (19, 1.0)], 1),
    "iv": (mp.besseli, [(149.0, 400.0), (21.0, 30.0), (19.5, 30.0), (500.0, 100.0)], 1),
    "ive": (lambda v, x: mp.exp(-x) * mp.besseli(v, x), [(10.0, 150.0), (3.0, 21.0), (50.0, 1000.0)], 1),
}


def row(f, point, first):
    point = point if isinstance(point, tuple) else (point,)
    size = max(abs(math.log2(abs(x) or 1)) for x in point)
    mp.prec = 2500 + int(4 * size)
    at = [mpf(x) for x in point]
    steps = [min(abs(x) or 1, mpf(1)) * mpf(2) ** -80 for x in at]
    known = {}

    def value(*shift):
        if shift not in known:
            known[shift] = f(*(x + k * h for x, k, h in zip(at, shift, steps)))
        return known[shift]

    table = {}
    for orders in itertools.product(range(4), repeat=len(point)):
        if sum(orders) > 3 or any(orders[:first]):
            continue
        total = mpf(0)
        for shift in itertools.product(*(WEIGHTS[n] for n in orders)):
            total += mp.fprod(WEIGHTS[n][k] for n, k in zip(orders, shift)) * value(*shift)
        total /= mp.fprod(h**n for n, h in zip(orders, steps))
        table[",".join(map(str, orders))] = float(total) if abs(total) < mpf(10) ** 308 else "overflows"
    return [list(point), {key: y for key, y in table.items() if y != "overflows"}]


rows = {name: [row(f, p, *(first or [0])) for p in points] for name, (f, points, *first) in POINTS.items()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hard.json")
with open(path, "w") as file:
    json.dump(rows, file)
