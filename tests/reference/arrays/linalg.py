"""Linear algebra, beside numpy.linalg and scipy.linalg. Matrices are well conditioned: differences and
float32 must be able to measure derivatives."""

import cases as written
import numpy as np
import scipy.linalg as sl
from cases import F, X0, X1, X2, case, constant

np_la = np.linalg


def W(*shape, low=1.0, high=3.0):
    """Matrices with singular values from low to high, far apart, that float32 holds exactly."""
    *outer, m, n = shape
    k = min(m, n)
    count = int(np.prod(outer, dtype=int))
    made = []
    for _ in range(count):
        u = np_la.qr(written.random.standard_normal((m, k)))[0]
        v = np_la.qr(written.random.standard_normal((n, k)))[0]
        s = np.linspace(low, high, k) + 0.2 * written.random.random(k)
        made.append((u * s) @ v.T)
    return (np.round(256 * np.array(made)) / 256).reshape(shape)


def S(*shape, low=1.0, high=3.0):
    """Symmetric ones with such eigenvalues."""
    *outer, n, _ = shape
    made = []
    for _ in range(int(np.prod(outer, dtype=int))):
        q = np_la.qr(written.random.standard_normal((n, n)))[0]
        w = np.linspace(low, high, n) + 0.2 * written.random.random(n)
        x = (q * w) @ q.T
        made.append(np.round(128 * (x + x.T)) / 256)
    return np.array(made).reshape(shape)


def real(*shape):
    """Ones with real eigenvalues."""
    *outer, n, _ = shape
    made = []
    for _ in range(int(np.prod(outer, dtype=int))):
        v = np.eye(n) + 0.3 * (written.random.random((n, n)) - 0.5)
        w = np.linspace(1, 3, n)
        made.append((v * w) @ np_la.inv(v))
    return (np.round(256 * np.array(made)) / 256).reshape(shape)


def signed(v, *others):
    """Columns whose largest element is positive; others turn along."""
    if v.size == 0:
        return (v, *others)
    at = np.argmax(np.abs(v), axis=-2)
    sign = np.sign(np.take_along_axis(v, np.expand_dims(at, -2), -2))
    return (v * sign, *(x * sign for x in others))


def eigh(x):
    w, v = np_la.eigh((x + np.swapaxes(x, -1, -2)) / 2)
    return [w, *signed(v)]


def svd(x, full):
    u, s, vh = np_la.svd(x, full)
    k = s.shape[-1]
    v = np.swapaxes(vh, -1, -2)
    a, b = signed(u[..., :k], v[..., :k])
    u[..., :k], v[..., :k] = a, b
    return [u, s, np.swapaxes(v, -1, -2)]


def eig(x):
    w, v = np_la.eig(x)
    order = np.argsort(w, axis=-1)
    w = np.take_along_axis(w, order, -1)
    return [w, *signed(np.take_along_axis(v, np.expand_dims(order, -2), -1))]


def each(f):
    """f of the last two axes, mapped over the others."""
    def mapped(x, *rest):
        if x.ndim == 2:
            return f(x, *rest)
        made = [mapped(y, *rest) for y in x]
        if isinstance(made[0], (tuple, list)):
            return [np.stack(y) for y in zip(*made)]
        return np.stack(made)
    return mapped


for a, b in [([3, 3], [3]), ([3, 3], [3, 2]), ([2, 3, 3], [2, 3, 2]), ([2, 1, 3, 3], [2, 3, 1]), ([2, 3, 3], [3]), ([1, 1], [1]), ([3, 3], [3, 0]), ([0, 0], [0, 2])]:
    case("linalg.solve", [W(*a), F(*b)], [X0, X1], np_la.solve, label=f"{a} {b}")
for a in [[3, 3], [2, 2, 2], [1, 1], [0, 0], [4, 4]]:
    case("linalg.inv", [W(*a)], [X0], np_la.inv, label=f"{a}")
    case("linalg.det", [W(*a, low=0.8, high=1.4)], [X0], np_la.det, label=f"{a}")
    case("linalg.slogdet", [W(*a)], [X0], lambda x: list(np_la.slogdet(x)), label=f"{a}")
case("linalg.det", [W(2, 5, 5, low=0.8, high=1.4)], [X0], np_la.det, label="batch of 5")
for a, label in [(np.array([[1.0, 2, 3], [2, 4, 6], [1, 0, 1]]), "rank 2 of 3"),
                 (np.array([[1.0, 2, 0, 1], [2, 4, 0, 2], [0, 1, 1, 0], [1, 1, 0, 1]]), "rank 3 of 4"),
                 (np.outer([1.0, 0.5, 0.25, 1], [1.0, 2, 0.5, 1]) + np.outer([0.0, 1, 0.5, 1], [1, 0, 1, 0.5]), "rank 2 of 4"),
                 (np.outer([1.0, 0.5, 0.25, 1], [1.0, 2, 0.5, 1]), "rank 1 of 4"),
                 (np.zeros((2, 2)), "0 of 2"), (np.zeros((4, 4)), "0 of 4")]:
    case("linalg.det", [a], [X0], lambda x: np.float64(0), label=label)
constant("linalg.slogdet", [np.array([[1.0, 2], [2, 4]])], [X0], lambda x: [0.0, -np.inf], label="singular")
for lower in [False, True]:
    for unit in [False, True]:
        for turned in [False, True]:
            options = {"lower": lower, "unitDiagonal": unit, "transposed": turned}
            case("linalg.solveTriangular", [W(3, 3) + 2 * np.eye(3), F(3, 2)], [X0, X1, options],
                 lambda a, b: sl.solve_triangular(a, b, trans=int(turned), lower=lower, unit_diagonal=unit))
case("linalg.solveTriangular", [W(2, 3, 3) + 2 * np.eye(3), F(3)], [X0, X1],
     lambda a, b: np.stack([sl.solve_triangular(x, b) for x in a]), label="batch, vector")
for l, u, n in [(1, 1, 4), (2, 0, 4), (0, 1, 3), (0, 0, 2)]:
    ab = F(l + u + 1, n, low=-0.5, high=0.5)
    ab[u] += 2
    case("linalg.solveBanded", [ab, F(n)], [[l, u], X0, X1], lambda ab, b: sl.solve_banded((l, u), ab, b))
case("linalg.solveBanded", [np.array([[0, 0.5], [2, 3], [0.25, 0]]), F(2, 2)], [[1, 1], X0, X1],
     lambda ab, b: sl.solve_banded((1, 1), ab, b), label="matrix")
for a in [[3, 3], [2, 3, 3], [1, 1], [0, 0], [4, 4]]:
    case("linalg.cholesky", [S(*a)], [X0], np_la.cholesky, label=f"{a}")
case("linalg.cholesky", [S(3, 3)], [X0, {"upper": True}], lambda x: np_la.cholesky(x).T)
for lower in [True, False]:
    case("linalg.choSolve", [S(3, 3), F(3, 2)], [[X0, lower], X1], lambda c, b: sl.cho_solve((c, lower), b))
for a in [[3, 3], [4, 3], [3, 4], [2, 3, 2], [1, 1], [0, 0], [3, 0], [0, 3]]:
    case("linalg.qr", [W(*a)], [X0], lambda x: list(np_la.qr(x)), label=f"{a}")
    case("linalg.qr", [W(*a)], [X0, "r"], lambda x: np_la.qr(x, "r"), label=f"{a} r")
    # How LAPACK turns the further columns differs from how ours move.
    constant("linalg.qr", [W(*a)], [X0, "complete"], lambda x: list(np_la.qr(x, "complete")), label=f"{a} complete")
for a in [[3, 3], [4, 3], [3, 4], [2, 3, 2], [1, 1], [0, 0]]:
    case("linalg.lu", [W(*a)], [X0], lambda x: list(sl.lu(x)), label=f"{a}")

# SciPy forgets the permutation here.
case("linalg.lu", [F(2, 0)], [X0], lambda x: [np.eye(2), np.zeros((2, 0)), np.zeros((0, 0))], label="[2, 0]")


def factor(x):
    lu, exchanges = sl.lu_factor(x)
    order = np.arange(len(x))
    for i, j in enumerate(exchanges):
        order[[i, j]] = order[[j, i]]
    return [lu, order]


case("linalg.luFactor", [W(3, 3)], [X0], factor)
case("linalg.luFactor", [W(2, 3, 3)], [X0], each(factor), label="batch")
case("linalg.luSolve", [W(3, 3), F(3, 2)], [[X0, {"int": [2, 0, 1]}], X1],
     lambda lu, b: np_la.solve((np.tril(lu, -1) + np.eye(3)) @ np.triu(lu), b[[2, 0, 1]]))
for a in [[3, 3], [2, 3, 3], [1, 1], [0, 0], [4, 4]]:
    case("linalg.eigh", [S(*a)], [X0], eigh, label=f"{a}")
    case("linalg.eigvalsh", [S(*a)], [X0], np_la.eigvalsh, label=f"{a}")
    case("linalg.eig", [real(*a)], [X0], eig, label=f"{a}")
    case("linalg.eigvals", [real(*a)], [X0], lambda x: np.sort(np_la.eigvals(x)), label=f"{a}")
for side in ["L", "U"]:
    case("linalg.eigh", [S(3, 3) + np.triu(F(3, 3), 1) * (side == "L") + np.tril(F(3, 3), -1) * (side == "U")],
         [X0, {"uplo": side}], lambda x: [np_la.eigh(x, side)[0], *signed(np_la.eigh(x, side)[1])])
    case("linalg.eigvalsh", [S(3, 3)], [X0, {"uplo": side}], lambda x: np_la.eigvalsh(x, side))
for a in [[3, 3], [4, 3], [3, 4], [2, 2, 3], [1, 1], [0, 0], [3, 0], [0, 3], [4, 1]]:
    case("linalg.svd", [W(*a)], [X0, {"fullMatrices": False}], lambda x: svd(x, False), label=f"{a}")
    case("linalg.svdvals", [W(*a)], [X0], lambda x: np_la.svd(x, compute_uv=False), label=f"{a}")
    case("linalg.pinv", [W(*a)], [X0], np_la.pinv, label=f"{a}")
case("linalg.svd", [W(3, 3)], [X0], lambda x: svd(x, True))
case("linalg.pinv", [W(2, 3, low=1, high=3)], [X0, {"rcond": 0.1}], lambda x: np_la.pinv(x, 0.1))
constant("linalg.pinv", [np.diag([1, 1e-3])], [X0, {"rcond": 0.1}], lambda x: np_la.pinv(x, 0.1), label="cut off")


def lstsq(a, b):
    x, rest, rank, s = np_la.lstsq(a, b, rcond=None)
    return [x, rest, np.int32(rank), s]


for a, b in [([4, 2], [4]), ([4, 2], [4, 3]), ([3, 3], [3, 2]), ([2, 4], [2])]:
    case("linalg.lstsq", [W(*a), F(*b)], [X0, X1], lstsq, label=f"{a} {b}")
for a in [[3, 3], [2, 3, 4], [3], [0, 0]]:
    constant("linalg.matrixRank", [W(*a) if len(a) > 1 else F(*a)], [X0], lambda x: np.int32(np_la.matrix_rank(x)) if x.size else np.int32(0), label=f"{a}")
constant("linalg.matrixRank", [np.array([[1.0, 2], [2, 4]])], [X0], lambda x: np.int32(1), label="1 of 2")
constant("linalg.matrixRank", [np.array([[1.0, 0], [0, 0.25]])], [X0, {"tol": 0.5}], lambda x: np.int32(1))
for order in [None, 2, -2, 1, -1, "Infinity", "-Infinity", "fro", "nuc"]:
    o = float(order) if isinstance(order, str) and "inity" in order else order
    spelled = {"number": order} if o != order else order
    case("linalg.cond", [W(3, 3)], [X0, spelled], lambda x: np_la.cond(x, o))
case("linalg.cond", [W(2, 4, 3)], [X0], np_la.cond, label="rectangular")
constant("linalg.cond", [np.array([[1.0, 2], [2, 4]])], [X0, 1], lambda x: np.inf, label="singular")
for order in [2, -2, "nuc"]:
    case("norm", [W(2, 4, 3)], [X0, order, [1, 2]], lambda x: np_la.norm(x, order, (1, 2)))
    case("norm", [W(2, 4, 3)], [X0, order, [2, 1], {"keepdims": True}], lambda x: np_la.norm(x, order, (2, 1), True))
    case("linalg.matrixNorm", [W(2, 3, 3)], [X0, {"ord": order}], lambda x: np_la.matrix_norm(x, ord=order))
case("linalg.matrixNorm", [W(2, 3, 3)], [X0, {"keepdims": True}], lambda x: np_la.matrix_norm(x, keepdims=True))
case("linalg.vectorNorm", [F(2, 3)], [X0], np_la.vector_norm)
case("linalg.vectorNorm", [F(2, 3, 2)], [X0, {"axis": [0, 2], "ord": 3, "keepdims": True}],
     lambda x: np_la.vector_norm(x, axis=(0, 2), ord=3, keepdims=True))
for n in [-1, -2, -3]:
    case("matrixPower", [W(2, 3, 3)], [X0, n], lambda x: np_la.matrix_power(x, n))
case("linalg.multiDot", [F(2), F(2, 3), F(3, 2), F(2)], [[X0, X1, X2, "$3"]], lambda *x: np_la.multi_dot(x))
case("linalg.multiDot", [F(3, 1), F(1, 3), F(3, 2)], [[X0, X1, X2]], lambda *x: np_la.multi_dot(x))
for a in [[3, 3], [2, 2, 2], [1, 1], [0, 0]]:
    case("linalg.expm", [W(*a, low=0.5, high=1.5)], [X0], each(sl.expm) if 0 not in a else np.copy, label=f"{a}")
    case("linalg.sqrtm", [real(*a)], [X0], each(sl.sqrtm) if 0 not in a else np.copy, label=f"{a}")
    case("linalg.logm", [real(*a)], [X0], each(sl.logm) if 0 not in a else np.copy, label=f"{a}")
case("linalg.logm", [np.array([[1.0, -2], [2, 1]])], [X0], lambda x: np.real(sl.logm(x)), label="complex eigenvalues")
constant("linalg.logm", [1e3 * real(3, 3)], [X0], lambda x: np.real(sl.logm(x)), label="large")
constant("linalg.expm", [20 * F(3, 3, low=-1, high=1) - 20 * np.eye(3)], [X0], sl.expm, label="large")
case("linalg.sqrtm", [np.array([[1.0, -2], [2, 1]])], [X0], sl.sqrtm, label="complex eigenvalues")
for a, b, q in [([3, 3], [2, 2], [3, 2]), ([2, 2, 2], [1, 1], [2, 1]), ([2, 2], [2, 2], [2, 2, 2])]:
    def sylvester(a, b, q):
        outer = np.broadcast_shapes(a.shape[:-2], b.shape[:-2], q.shape[:-2])
        full = [np.broadcast_to(x, outer + x.shape[-2:]) for x in (a, b, q)]
        return each(lambda x, *rest: x)(full[0]) if 0 in outer else (
            sl.solve_sylvester(*full) if not outer else np.stack([sl.solve_sylvester(*x) for x in zip(*full)]))
    # Positive definite parts: no eigenvalue of a is one of -b.
    case("linalg.solveSylvester", [S(*a) + F(*a, low=-0.25, high=0.25), S(*b), F(*q)], [X0, X1, X2], sylvester, label=f"{a} {b} {q}")
case("linalg.diagonal", [F(2, 3, 4)], [X0, {"offset": 1}], lambda x: np_la.diagonal(x, offset=1))
case("linalg.trace", [F(2, 3, 4)], [X0], np_la.trace)
case("linalg.matrixTranspose", [F(2, 3, 4)], [X0], lambda x: np.swapaxes(x, -1, -2))

case("linalg.tensorsolve", [W(6, 6).reshape(2, 3, 6), F(2, 3)], [X0, X1], np.linalg.tensorsolve)
case("linalg.tensorsolve", [W(6, 6).reshape(6, 2, 3), F(2, 3)], [X0, X1, {"axes": 0}], lambda a, b: np.linalg.tensorsolve(a, b, axes=(0,)))
case("linalg.tensorinv", [W(6, 6).reshape(2, 3, 6)], [X0], np.linalg.tensorinv)
case("linalg.tensorinv", [W(4, 4).reshape(4, 2, 2)], [X0, {"ind": 1}], lambda a: np.linalg.tensorinv(a, 1))
case("linalg.blockDiag", [F(2, 2), F(3), F(2, 1)], [X0, X1, "$2"], sl.block_diag)
case("linalg.toeplitz", [F(3)], [X0], sl.toeplitz)
case("linalg.toeplitz", [F(3), F(4)], [X0, X1], sl.toeplitz)
case("linalg.toeplitz", [F(3), F(1)], [X0, X1], sl.toeplitz, label="one column")
for trans in [0, 1, "N", "T"]:
    case("linalg.solveTriangular", [F(3, 3) + 3 * np.eye(3), F(3)], [X0, X1, {"trans": trans}], lambda a, b: sl.solve_triangular(a, b, trans))
constant("norm", [F(0)], [X0, {"number": "Infinity"}], lambda x: np.linalg.norm(x, np.inf), label="largest of nothing")
