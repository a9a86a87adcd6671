"""How a case is written: the name of our function, its arguments as JSON and NumPy's way to say it.

In arguments "$0", "$1" … stand for float operands, {"int": …} and {"bool": …} for tensors of those
dtypes; null, numbers, strings and lists for themselves. Derivatives are not written down: the tests
measure them.
"""

import json

import numpy as np

random = np.random.default_rng(7)
cases = []


def begin():
    """A family of its own: operands do not depend on the families before it."""
    global random
    random = np.random.default_rng(7)
    cases.clear()


def F(*shape, low=-2.0, high=2.0):
    """Distinct numbers that float32 holds exactly, as far apart as their number lets them."""
    n = int(np.prod(shape))
    steps = (np.arange(n) + 0.5 * random.random(n)) / max(n, 1)
    return (np.round(256 * (low + (high - low) * random.permutation(steps))) / 256).reshape(shape)


def plain(x):
    """NaN and infinities are not JSON."""
    names = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    return [v if np.isfinite(v) else names[str(v)] for v in np.ravel(x).tolist()]


def result(y):
    y = np.asarray(y)
    kind = {"f": "float64", "i": "int32", "u": "int32", "b": "bool"}[y.dtype.kind]
    return {"shape": list(y.shape), "dtype": kind, "data": plain(y)}


def case(op, operands, args, f, smooth=True, mapped=True, label=None):
    """f(*operands) is the truth of op(*args); smooth: has derivatives; mapped: may go under vmap."""
    y = f(*operands)
    many = isinstance(y, (list, tuple))
    cases.append({
        "op": op,
        "label": label or json.dumps(args)[1:-1],
        "operands": [{"shape": list(x.shape), "data": plain(x)} for x in operands],
        "args": args,
        "want": [result(v) for v in y] if many else result(y),
        "smooth": smooth,
        "mapped": mapped,
    })


def constant(op, operands, args, f, mapped=True, label=None):
    case(op, operands, args, f, smooth=False, mapped=mapped, label=label)


def I(x):
    return {"int": x}


def B(x):
    return {"bool": x}


X0 = "$0"
X1 = "$1"
X2 = "$2"
