"""Writes ulps.json: values of float64 functions where their errors were largest, by mpmath and math.

    python3 tests/reference/ulps.py && npx prettier --write tests/reference/ulps.json

A row is [operands, value]. Where operands are many: those at which the rounded steps of a formula add up.
"""

import json
import math
import os

from mpmath import mp, mpf

mp.dps = 400


def sinc(x):
    return mp.sin(mp.pi * x) / (mp.pi * x)


def logaddexp(x, y):
    return mp.log(mp.exp(x) + mp.exp(y))


POINTS = {
    "atan": (mp.atan, [-0.41431916675916874, 0.4375000000000023, -0.4316711723804474, 0.6875, 1.1875, 2.4142135623730951]),
    "tan": (mp.tan, [1.2722672054053302e269, 80730.17777979537, 1.2743671424977072e259, 1.5707963267948966, 999999.5, 1000000.5, -0.6743400000000001]),
    "asinh": (mp.asinh, [0.4765734368106873, -1.1223975711695724, 1e-310, 268435456.5, 1.7e308]),
    "acosh": (mp.acosh, [1.0019363452448489, 1.0265330545373412, 1.5341943713091921, 1.0000000000000002, 268435457.0, 1.7e308]),
    "atanh": (mp.atanh, [-0.23775971209253166, 0.12433923147909809, 0.9999999999999999, 1e-310]),
    "log2": (lambda x: mp.log(x) / mp.log(2), [1.4013843363795988, 0.7071067811872745, 6.68865097571254e-310, 5e-324]),
    "log10": (mp.log10, [1.3229267775890792, 6.68865097571254e-310, 5e-324, 1000.0, 1e-5]),
    "sinc": (sinc, [-0.628697852240665, -5.169266908230128, 0.9999999999999999, 12345.678, 1e-5]),
    "silu": (lambda x: x / (1 + mp.exp(-x)), [-1.942777908216151, -2.4079302135639473, -744.0, 37.5, 1e300]),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), [-0.4555157037614562, 0.33641899219936383]),
    "logit": (lambda x: mp.log(x / (1 - x)), [0.5000000000000001, 0.3, 0.7310585786300049, 1e-300, 5e-324, 0.9999999999999999]),
    "erfc": (mp.erfc, [6.8, 6.93766440650785, -0.7, 0.4953095161187351, 0.6038285867668272, 3.0, 9.99, 12.0, 12.5, 19.38152963429952, 26.5, 27.2]),
    "gammaln": (mp.loggamma, [1.4616321449891232, 1.4616321451803862, 1.4531716365905931, 1.4569471602219284, 1.21, 1.7499, 1.4616321449683622, 1.000000001, 1.9999999999]),
    "betaln": (lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b), [(0.8602219147142023, 0.9922333850990981), (1.0000001, 1.0000002), (0.9999999999, 0.9999999), (1.0, 0.99999), (1.436818741261959, 1.0680815409868956), (1.5, 1.75), (0.6, 0.7)]),
    "logaddexp": (logaddexp, [(-0.7, -0.6863412), (-0.6931471805599453, -0.6931471805599453), (-0.2231435513142097, -1.6094379124341003), (-1e-9, -20.7), (-1e-14, -32.2361913), (-0.6, -0.7957), (0.0, -60.0), (-0.25, -1.5)]),
    "logaddexp2": (lambda x, y: mp.log(mp.power(2, x) + mp.power(2, y), 2), [(-1.0, -1.0000001), (-0.999999999999, -1.000000000002), (-0.5, -1.7716), (-1e-9, -30.4), (-3.0, -0.19264507794239588)]),
    "hypot": (mp.hypot, [(1.4246879242756592, -0.15923342609967506), (1e300, 1e300), (3e-320, 4e-320)]),
    "atan2": (mp.atan2, [(0.6099828529782676, 2.3986232110768277), (-1e-300, -1e300), (1e300, -1e-300), (5e-324, 1.0)]),
    "fmod": (math.fmod, [(1e300, 3.1), (1e15, 0.1), (-7.5, 2.0), (6755399441055744.0, 0.3), (5e-324, 1e-323), (67108863.99999999, 1.0)]),
    "remainder": (lambda x, y: x - y * mp.floor(x / y), [(-7.5, 2.0), (1e15, -0.1), (-1e-20, 3.0), (123456789.0, 0.1)]),
    "floorDivide": (lambda x, y: mp.floor(x / y), [(-7.5, 2.0), (7.0, 0.1), (1.0, 0.1), (6.0, 0.3), (-1e-20, 3.0)]),
}


def row(f, point):
    point = point if isinstance(point, tuple) else (point,)
    return [list(point), float(f(*(point if f is math.fmod else map(mpf, point))))]


rows = {name: [row(f, p) for p in points] for name, (f, points) in POINTS.items()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ulps.json")
with open(path, "w") as file:
    json.dump(rows, file)
