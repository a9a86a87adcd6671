"""Writes special-ulps.json: values of special functions where rounded steps add up, by mpmath.

    python3 tests/reference/special-ulps.py && npx prettier --write tests/reference/special-ulps.json

A function is [bound in ulp, rows], a row [operands, value, size]: errors are measured in the last place of
`size`, which is |value| but for oscillating functions beyond their first zero: there it is at least half
of their amplitude.
"""

import json
import os
import random

from mpmath import mp, mpf

mp.dps = 60
random.seed(28)


def spread(low, high, count):
    """Numbers even in the logarithm."""
    return [round(low * (high / low) ** random.random(), 9) for _ in range(count)]


def pairs(a, b, count):
    return list(zip(spread(*a, count), spread(*b, count)))


def ndtr(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def upper(a, x):
    return mp.gammainc(a, x, mp.inf, regularized=True)


def lower(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def oscillating(x, y):
    return max(abs(y), mp.sqrt(2 / (mp.pi * x)) / 2) if x > 2 else abs(y)


BESSEL = [15.281011462211609, 18.952846121211511, 11.429193019866943, 23.990864753723145, 19.132211208343506] + spread(0.01, 200, 20)
MODIFIED = [19.71480949498107, 27.3396189420472, 11.428012847900391, 13.781068325042725, 17.96567610221703, 38.748688532466055] + spread(0.01, 300, 20)
# Where one expansion of whole orders ends, another one begins.
NEAR_SQUARES = [(v, v * v - d) for v in (3.0, 5.0, 6.0, 7.0, 8.0, 10.0, 20.0, 25.0) for d in (-0.5, 0.5, 1.5)]
POINTS = {
    "trigamma": (4, lambda x: mp.polygamma(1, x), [0.8772022549999443, 1.4976181387901306, 2.4818973541259766, -2.3232001066207886] + spread(0.01, 100, 12)),
    "ndtr": (4, ndtr, [-0.7000000000272205, -26.91017124056816, -21.14712548255920, -37.58264020085335, -0.35, -0.3500001, 0.7, 0.6999999] + [-x for x in spread(0.1, 37, 16)]),
    "logNdtr": (4, lambda x: mp.log(ndtr(x)), [1.6072105716050906, 1.6299377381801605] + spread(0.1, 8, 10)),
    "i0e": (4, lambda x: mp.besseli(0, x) * mp.exp(-x), MODIFIED),
    "i1e": (4, lambda x: mp.besseli(1, x) * mp.exp(-x), MODIFIED),
    "i0": (4, lambda x: mp.besseli(0, x), MODIFIED),
    "i1": (4, lambda x: mp.besseli(1, x), MODIFIED),
    "iv": (4, mp.besseli, [(16.277124881744385, 98.114041807232482), (9.3636655807495117, 77.742838291543222)] + pairs((0.1, 20), (0.1, 100), 16) + NEAR_SQUARES),
    "ive": (4, lambda v, x: mp.besseli(v, x) * mp.exp(-x), [(15.740168616175652, 67.800982918411819), (11.768691539764404, 92.087258304416636)] + pairs((0.1, 20), (0.1, 100), 16) + NEAR_SQUARES),
    "j0": (4, lambda x: mp.besselj(0, x), BESSEL),
    "j1": (5, lambda x: mp.besselj(1, x), BESSEL),
    "y0": (4, lambda x: mp.bessely(0, x), BESSEL),
    "y1": (5, lambda x: mp.bessely(1, x), BESSEL + [1e-8, 1.1e-9, 9e-10]),
    "jn": (4, lambda n, x: mp.besselj(int(n), x), [(2, 21.011286013165968), (7, 10.944634421552529), (2, 4.792781053266193), (11, 15.120640851185719)]),
    "gammainc": (5, lower, [(221.30765317711979, 172.45875934637938), (9.6120290894309761, 1.1226673678623245)] + pairs((0.1, 300), (0.1, 300), 20)),
    "gammaincc": (8, upper, [(0.11247884492071146, 1.4576255510377314), (0.90241000957227624, 2.0706270454691289), (0.48845322243299427, 2.2982299370988053), (0.36420835700458615, 1.0843653234290391)] + pairs((0.1, 30), (0.1, 30), 16)),
    "betainc": (8, lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True), [(21.171287951171252, 2.4669561451947386, 0.78437399864196777), (25.112649035998349, 0.12252206964739761, 0.78357231616973877), (0.11778831910517165, 4.2526308574902751, 0.15285077691078186), (3.3, 2.2, 0.3)]),
    "klDiv": (4, lambda x, y: x * mp.log(x / y) - x + y, [(1.0416799119132172, 0.80815610908798119), (2.5873970325882945, 1.6619474761539066), (0.14566906445702127, 0.22359079806595733), (0.7, 3.1)] + pairs((0.1, 10), (0.1, 10), 12)),
    "digamma": (4, mp.digamma, [0.9999999999999526] + spread(0.01, 100, 8)),
}


def row(name, f, point):
    point = point if isinstance(point, tuple) else (point,)
    y = mp.re(f(*map(mpf, point)))
    size = oscillating(point[-1], y) if name in ("j0", "j1", "y0", "y1", "jn") else abs(y)
    return [list(point), float(y), float(size)]


rows = {name: [bound, [row(name, f, p) for p in points]] for name, (bound, f, points) in POINTS.items()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "special-ulps.json")
with open(path, "w") as file:
    json.dump(rows, file)
