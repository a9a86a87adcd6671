"""Writes elementary.json: values and derivatives of the elementary functions, by mpmath.

    python3 tests/reference/elementary.py && npx prettier --write tests/reference/elementary.json

Derivatives are taken numerically at hundreds of digits, so no rule for them is written down here.
Each row is [x, f(x), f'(x), f''(x), f'''(x)]; those of "power" are [x, y, f, f_x, f_y, f_xx, f_xy,
f_yy]. All arguments are exact in float32, so that one table serves both dtypes.
"""

import json
import os
import struct

from mpmath import mp, mpf

mp.dps = 800

SMALL = [1e-30, -1e-20, 1e-9, -1e-9, 1e-4, -3e-3]
MIDDLE = [0.125, -0.3, 0.5, 0.77, -1.1, 1.5, 2.2, -2.9, 4.0, 7.3, -9.6]
WIDE = [15.2, -18.4, 20.0, 40.0, -40.0, 60.5, -80.3]
POSITIVE = [1e-30, 1e-9, 1e-3, 0.3, 0.7, 0.99, 1.01, 1.5, 2.7, 10.0, 123.4, 1e5, 1e10, 1e20, 1e30]
UNIT = [0.1, -0.25, 0.5, -0.6, 0.75, -0.9, 0.99, -0.999, 0.9999, 0.99999]


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


FUNCTIONS = {
    "exp": (mp.exp, SMALL + MIDDLE + WIDE),
    "expm1": (mp.expm1, SMALL + MIDDLE + WIDE),
    "log": (mp.log, POSITIVE),
    "log1p": (mp.log1p, SMALL + POSITIVE + [-0.3, -0.9, -0.999]),
    "sin": (mp.sin, SMALL + MIDDLE + WIDE + [1e3, -12345.5, 1e6, 3e7]),
    "cos": (mp.cos, SMALL + MIDDLE + WIDE + [1e3, -12345.5, 1e6, 3e7]),
    "tan": (mp.tan, SMALL + MIDDLE + WIDE + [1.57, -1.5707, 1e3, -12345.5]),
    "asin": (mp.asin, SMALL + UNIT),
    "acos": (mp.acos, SMALL + UNIT),
    "atan": (mp.atan, SMALL + MIDDLE + WIDE + [1e4, -1e8]),
    "sinh": (mp.sinh, SMALL + MIDDLE + WIDE),
    "cosh": (mp.cosh, SMALL + MIDDLE + WIDE),
    "tanh": (mp.tanh, SMALL + MIDDLE + WIDE),
    "sigmoid": (sigmoid, SMALL + MIDDLE + WIDE),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), SMALL + MIDDLE + WIDE),
    "sqrt": (mp.sqrt, POSITIVE),
    "reciprocal": (lambda x: 1 / x, [-0.3, 1e-9, -1e-3, 3.0, -7.7, 1e5, -1e10]),
    "square": (lambda x: x * x, MIDDLE + [1e-9, -1e10]),
}

POWER = [
    (2.0, 3.0), (0.5, 2.5), (3.3, -1.7), (10.0, 0.1), (1.01, 100.0), (7.5, 0.0), (1.0, 5.5),
    (1e-3, 0.75), (123.0, 4.5), (0.9, -30.0), (1e10, -2.25), (1e-6, -1.5),
]


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def row(f, x):
    return [x] + [float(mp.diff(f, mpf(x), n)) for n in range(4)]


def power_row(x, y):
    orders = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    point = (mpf(x), mpf(y))
    return [x, y] + [float(mp.diff(mp.power, point, n)) for n in orders]


table = {name: [row(f, single(x)) for x in points] for name, (f, points) in FUNCTIONS.items()}
table["power"] = [power_row(single(x), single(y)) for x, y in POWER]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "elementary.json")
with open(path, "w") as file:
    json.dump(table, file)
