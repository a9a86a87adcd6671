"""Writes special.json: values and derivatives of further elementwise functions, by mpmath.

    python3 tests/reference/special.py && npx prettier --write tests/reference/special.json

Derivatives are taken numerically with many digits, so no rule for them is written down here. Rows of
"unary" are [x, f, f', f'', f''']; those of "binary" are [x, y, f, f_x, f_y, f_xx, f_xy, f_yy, f_xxx,
f_xxy, f_xyy, f_yyy]; those of "second", functions that have an order as first operand, are
[n, x, f, f', f'', f''']. All arguments are exact in float32.
"""

import json
import os
import struct

from mpmath import mp, mpf

mp.dps = 60

SMALL = [1e-30, -1e-20, 1e-9, -1e-4, 3e-3]
MIDDLE = [0.125, -0.3, 0.5, 0.77, -1.1, 1.5, 2.2, -2.9, 4.0, 7.3, -9.6]
WIDE = [15.2, -18.4, 40.0, -40.0]
POSITIVE = [1e-20, 1e-9, 1e-3, 0.3, 0.7, 0.99, 1.01, 1.5, 2.7, 10.0, 123.4, 1e5, 1e10, 1e20]
UNIT = [1e-9, -1e-4, 0.1, -0.25, 0.5, -0.6, 0.75, -0.9, 0.99, -0.999, 0.99999]
PROBABILITY = [1e-30, 1e-9, 1e-3, 0.1, 0.25, 0.4, 0.45, 0.6, 0.75, 0.9, 0.99, 0.99999]
GAMMA = [1e-6, 1e-3, 0.125, 0.5, 0.9, 1.1, 1.3, 1.7, 2.3, 3.3, 5.5, 8.0, 12.5, 20.25, 33.0, -0.5, -1.3, -2.75, -7.1]
TAIL = [0.1, -0.3, 0.6, -0.75, 1.1, -1.5, 2.2, -3.3, 4.0, -5.5, 7.0, -9.0, -15.0, -25.0, -36.0]


def ndtr(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def erfcinv(q):
    if q > 0.1:
        return mp.erfinv(1 - q)
    start = mp.sqrt(-mp.log(q)) * mpf("0.97")
    return mp.findroot(lambda x: mp.log(mp.erfc(x) / q), start)


def log_gamma(x):
    return mp.log(abs(mp.gamma(x))) if x < 0 else mp.loggamma(x)


def sinc(x):
    return mp.sincpi(x)


UNARY = {
    "exp2": (lambda x: mpf(2) ** x, SMALL + MIDDLE + WIDE + [100.5, -120.25]),
    "log2": (lambda x: mp.log(x) / mp.log(2), POSITIVE),
    "log10": (lambda x: mp.log(x) / mp.log(10), POSITIVE),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), POSITIVE + [-0.3, -8.0, -1e5]),
    "asinh": (mp.asinh, SMALL + MIDDLE + WIDE + [1e5, -1e10]),
    "acosh": (mp.acosh, [1.0001, 1.01, 1.1, 1.5, 2.0, 3.3, 10.0, 123.4, 1e5, 1e10]),
    "atanh": (mp.atanh, SMALL + UNIT),
    "sinc": (sinc, [1e-9, -1e-4, 0.01, 0.125, -0.3, 0.5, 0.77, 1.1, -1.5, 2.2, -2.9, 4.25, 7.3, 15.2, 40.4]),
    "erf": (mp.erf, SMALL + [0.125, -0.3, 0.5, 0.77, -1.1, 1.5, 2.2, -2.9, 4.0]),
    "erfc": (mp.erfc, [0.1, -0.3, 0.45, 0.6, -0.8, 1.1, -1.5, 2.2, -3.3, 4.0, 5.5, 7.0, 8.5]),
    "erfinv": (mp.erfinv, UNIT),
    "erfcinv": (erfcinv, PROBABILITY + [1.1, 1.75, 1.99]),
    "ndtr": (ndtr, [x for x in TAIL if x > -13]),
    "ndtri": (lambda p: -mp.sqrt(2) * erfcinv(2 * p), PROBABILITY),
    "logNdtr": (lambda x: mp.log(ndtr(x)), TAIL),
    "gelu": (lambda x: x * ndtr(x), SMALL + [0.125, -0.3, 0.5, 1.5, -2.2, 3.3, -4.0, -6.5, 9.0]),
    "silu": (lambda x: x / (1 + mp.exp(-x)), SMALL + MIDDLE + WIDE),
    "logit": (lambda p: mp.log(p / (1 - p)), PROBABILITY),
    "entr": (lambda x: -x * mp.log(x), POSITIVE),
    "gammaln": (log_gamma, [x for x in GAMMA if x != -2.75] + [123.4, 1e5, 1e10]),
    "gamma": (mp.gamma, GAMMA),
    "rgamma": (mp.rgamma, GAMMA + [0.0, -1.0, -3.0]),
    "digamma": (mp.digamma, GAMMA + [123.4, 1e5]),
    "trigamma": (lambda x: mp.polygamma(1, x), GAMMA + [123.4, 1e5]),
    "j0": (lambda x: mp.besselj(0, x), [1e-4, 0.3, -1.1, 2.2, 5.1, 7.3, 12.5, 20.25, -24.9, 25.1, 33.0, 123.4]),
    "j1": (lambda x: mp.besselj(1, x), [1e-4, 0.3, -1.1, 2.2, 5.1, 7.5, 12.5, 20.25, -24.9, 25.1, 33.0, 123.4]),
    "y0": (lambda x: mp.bessely(0, x), [1e-4, 0.3, 1.1, 2.2, 5.1, 7.3, 12.5, 20.25, 24.9, 25.1, 33.0, 123.4]),
    "y1": (lambda x: mp.bessely(1, x), [1e-4, 0.3, 1.1, 2.7, 5.1, 7.3, 12.5, 20.25, 24.9, 25.1, 33.0, 123.4]),
    "i0": (lambda x: mp.besseli(0, x), [1e-4, 0.3, -1.1, 2.2, 5.1, 7.3, 12.5, 20.25, -24.9, 29.9, 33.0, 80.5]),
    "i1": (lambda x: mp.besseli(1, x), [1e-4, 0.3, -1.1, 2.2, 5.1, 7.3, 12.5, 20.25, -24.9, 29.9, 33.0, 80.5]),
    "i0e": (lambda x: mp.exp(-x) * mp.besseli(0, x), [0.3, 1.1, 2.2, 5.1, 7.3, 21.5, 33.0, 123.4, 1e5]),
    "i1e": (lambda x: mp.exp(-x) * mp.besseli(1, x), [0.3, 1.1, 2.2, 5.1, 7.3, 21.5, 33.0, 123.4, 1e5]),
}

PAIRS = [(0.3, 0.7), (1.5, 2.2), (3.3, 0.125), (7.5, 7.25), (0.01, 10.0), (20.5, 3.0), (2.0, 30.5)]
SIGNED = [(x, -y) for x, y in PAIRS] + [(-x, -y) for x, y in PAIRS[:3]]
LARGE = [(1e10, 3.0), (2.5, 1e10), (1e-12, 1.5), (1e-10, 1e-12)]


def below(x):
    return mp.floor(x)


BINARY = {
    "atan2": (mp.atan2, PAIRS + SIGNED + LARGE),
    "hypot": (mp.hypot, PAIRS + SIGNED + LARGE),
    "logaddexp": (lambda x, y: mp.log(mp.exp(x) + mp.exp(y)), PAIRS + SIGNED + [(40.0, 41.5), (-60.0, -20.0)]),
    "logaddexp2": (lambda x, y: mp.log(mpf(2) ** x + mpf(2) ** y) / mp.log(2), PAIRS + SIGNED),
    "xlogy": (lambda x, y: x * mp.log(y), PAIRS + LARGE),
    "xlog1py": (lambda x, y: x * mp.log1p(y), PAIRS + LARGE + [(0.5, -0.9), (2.0, 1e-12)]),
    "relEntr": (lambda x, y: x * mp.log(x / y), PAIRS + LARGE + [(1.0, 1.0001)]),
    "klDiv": (lambda x, y: x * mp.log(x / y) - x + y, PAIRS + [(1.0, 1.0001), (1.25, 1.0), (1e5, 99999.5)]),
    "beta": (mp.beta, PAIRS + [(0.001, 3.0), (40.5, 0.25), (12.5, 14.0)]),
    "betaln": (lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b),
               PAIRS + [(0.001, 3.0), (1e4, 0.25), (1e3, 2e3)]),
    "gammainc": (lambda a, x: mp.gammainc(a, 0, x, regularized=True),
                 [(0.3, 0.7), (1.5, 2.2), (3.3, 0.125), (7.5, 7.25), (7.5, 12.0), (20.5, 18.0), (0.01, 0.5), (0.25, 4.0)]),
    "gammaincc": (lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True),
                  [(0.3, 0.7), (1.5, 2.2), (3.3, 0.125), (7.5, 7.25), (7.5, 12.0), (20.5, 18.0), (0.01, 0.5), (0.25, 4.0)]),
}

SECOND = {
    "polygamma": (lambda n, x: mp.polygamma(int(n), x), [(n, x) for n in (1, 2, 3) for x in (0.001, 0.7, 1.5, 4.0, 12.5, 123.4, -0.6)]),
    "zeta": (mp.zeta, [(n, x) for n in (1.5, 2, 3.25, 8) for x in (0.001, 0.7, 1.5, 4.0, 12.5)]),
    "jn": (lambda n, x: mp.besselj(int(n), x), [(n, x) for n in (2, 3, 10, -2) for x in (0.01, 0.7, 4.0, -6.5, 20.25, 40.0)]),
    "yn": (lambda n, x: mp.bessely(int(n), x), [(n, x) for n in (2, 3) for x in (0.01, 0.7, 4.5, 20.25, 40.0)]),
    "iv": (mp.besseli, [(n, x) for n in (0.5, 2, 2.25, 10) for x in (0.01, 0.7, 4.0, 20.25, 40.0)]),
    "ive": (lambda n, x: mp.exp(-x) * mp.besseli(n, x), [(n, x) for n in (0.5, 2, 3.25) for x in (0.01, 0.7, 4.0, 33.0, 250.0)] + [(n, x) for n in (0, 1, -2) for x in (2.0, 8.5, 15.0)]),
}

BETAINC = [(0.5, 0.7, 0.3), (2.0, 3.5, 0.1), (2.0, 3.5, 0.6), (12.5, 4.0, 0.8), (1.0, 8.0, 0.01), (20.5, 15.0, 0.55)]
ORDERS = [(i, n - i) for n in range(4) for i in range(n, -1, -1)]
ORDERS3 = [(i, j, n - i - j) for n in range(4) for i in range(n, -1, -1) for j in range(n - i, -1, -1)]


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def number(x):
    """What is smaller than this table's smallest number is the noise of a zero."""
    return float(mp.re(x)) if abs(x) > mpf(10) ** -62 else 0.0


def unary(f, x):
    return [x] + [number(mp.diff(f, mpf(x), n)) for n in range(4)]


def partials(f, point, orders):
    at = tuple(mpf(x) for x in point)
    return list(point) + [number(mp.diff(f, at, n) if any(n) else f(*at)) for n in orders]


def second(f, n, x):
    return [n] + unary(lambda t: f(mpf(n), t), x)


def singles(point):
    return tuple(single(x) for x in point)


def betainc(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


table = {
    "unary": {name: [unary(f, single(x)) for x in points] for name, (f, points) in UNARY.items()},
    "binary": {name: [partials(f, singles(p), ORDERS) for p in points] for name, (f, points) in BINARY.items()},
    "second": {name: [second(f, n, single(x)) for n, x in points] for name, (f, points) in SECOND.items()},
    "betainc": [partials(betainc, singles(p), ORDERS3) for p in BETAINC],
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "special.json")
with open(path, "w") as file:
    json.dump(table, file)
