"""Products of vectors, matrices and tensors."""

import numpy as np
from cases import F, I, X0, X1, X2, case, constant

SHAPES = [([], []), ([], [3]), ([3], [3]), ([2, 3], [3]), ([3], [3, 2]), ([2, 3], [3, 4]), ([2, 3, 4], [4]), ([2, 3], [4, 3, 2]), ([2, 2, 3], [2, 3, 2])]
for a, b in SHAPES:
    case("dot", [F(*a), F(*b)], [X0, X1], np.dot, label=f"{a} {b}")
for a, b in [([], []), ([], [2, 3]), ([3], [3]), ([2, 3], [3]), ([2, 3], [4, 3]), ([2, 2, 3], [2, 3])]:
    case("inner", [F(*a), F(*b)], [X0, X1], np.inner, label=f"{a} {b}")
for a, b in [([3], [3]), ([2, 3], [2, 3]), ([2, 3], [6]), ([], [])]:
    case("vdot", [F(*a), F(*b)], [X0, X1], np.vdot, label=f"{a} {b}")
for a, b in [([3], [2]), ([2, 2], [3]), ([], [3]), ([0], [3])]:
    case("outer", [F(*a), F(*b)], [X0, X1], np.outer, label=f"{a} {b}")
constant("dot", [], [I([[1, 2], [3, 4]]), I([5, 6])], lambda: np.dot([[1, 2], [3, 4]], [5, 6]))
case("dot", [F(2, 0), F(0, 3)], [X0, X1], np.dot, label="inner size 0")
x, y = F(2, 3, 4), F(4, 3, 2)
case("tensordot", [x, F(3, 4, 2)], [X0, X1], np.tensordot)
case("tensordot", [x, y], [X0, X1, 1], lambda x, y: np.tensordot(x, y, 1))
case("tensordot", [F(2, 2), F(3)], [X0, X1, 0], lambda x, y: np.tensordot(x, y, 0))
case("tensordot", [x, y], [X0, X1, [[0, 1], [2, 1]]], lambda x, y: np.tensordot(x, y, ([0, 1], [2, 1])))
case("tensordot", [x, y], [X0, X1, [2, 0]], lambda x, y: np.tensordot(x, y, (2, 0)))
case("tensordot", [x, y], [X0, X1, [[-1, 0], [0, -1]]], lambda x, y: np.tensordot(x, y, ([-1, 0], [0, -1])))
for a, b in [([2], [3]), ([2, 2], [1, 3]), ([2, 3], [2]), ([3], [2, 2]), ([], [3]), ([2, 1, 2], [2, 2])]:
    case("kron", [F(*a), F(*b)], [X0, X1], np.kron, label=f"{a} {b}")
case("cross", [F(3), F(3)], [X0, X1], np.cross)
case("cross", [F(2, 3), F(2, 3)], [X0, X1], np.cross, label="rows")
case("cross", [F(3), F(4, 3)], [X0, X1], np.cross, label="broadcast")
case("cross", [F(3, 2), F(3, 2)], [X0, X1, {"axis": 0}], lambda x, y: np.cross(x, y, axis=0))
case("cross", [F(3, 2), F(2, 3)], [X0, X1, {"axisa": 0, "axisc": 0}], lambda x, y: np.cross(x, y, axisa=0, axisc=0))
case("cross", [F(2), F(2)], [X0, X1], lambda x, y: np.asarray(x[0] * y[1] - x[1] * y[0]), label="in the plane")
case("cross", [F(2), F(3)], [X0, X1], lambda x, y: np.cross(np.append(x, 0), y), label="2 and 3")
case("vecdot", [F(2, 3), F(3)], [X0, X1], np.vecdot)
case("vecdot", [F(3, 2), F(3, 2)], [X0, X1, {"axis": 0}], lambda x, y: np.vecdot(x, y, axis=0))
case("matvec", [F(2, 3, 4), F(4)], [X0, X1], np.matvec)
case("vecmat", [F(2, 3), F(3, 4)], [X0, X1], np.vecmat)
for n in [0, 1, 2, 3, 5, 8]:
    case("matrixPower", [F(2, 2)], [X0, n], lambda x: np.linalg.matrix_power(x, n), smooth=n > 0)
case("matrixPower", [F(2, 3, 3)], [X0, 3], lambda x: np.linalg.matrix_power(x, 3))

EINSUMS = [
    ("ij,jk->ik", [2, 3], [3, 4]),
    ("ij,jk", [2, 3], [3, 4]),
    ("ba,cb", [2, 3], [4, 2]),
    ("ii", [3, 3]),
    ("ii->i", [3, 3]),
    ("ij->ji", [2, 3]),
    ("ji", [2, 3]),
    ("ij->", [2, 3]),
    ("ij->j", [2, 3]),
    ("i,i", [3], [3]),
    ("i,j", [3], [2]),
    ("i,i->i", [3], [3]),
    ("ij,ij->ij", [2, 3], [2, 3]),
    ("ij,j->ij", [2, 3], [3]),
    ("ij,kj->ik", [2, 3], [4, 3]),
    ("bij,bjk->bik", [2, 3, 4], [2, 4, 2]),
    ("bij,bjk->ki", [2, 3, 4], [2, 4, 2]),
    ("...ij,...jk->...ik", [2, 1, 3, 4], [3, 4, 2]),
    ("...ij,...jk", [2, 3, 4], [4, 2]),
    ("i...,i->...", [3, 2, 2], [3]),
    ("...i->...", [2, 3]),
    ("...", [2, 3]),
    ("i...->...i", [2, 3, 2]),
    ("ij,jk,kl->il", [2, 3], [3, 4], [4, 2]),
    ("i,ij,j->", [3], [3, 2], [2]),
    ("ijk,ilm,njm,nlk->", [2, 3, 2], [2, 2, 3], [2, 3, 3], [2, 2, 2]),
    ("iij->j", [3, 3, 2]),
    ("iji->j", [3, 2, 3]),
    ("iii->i", [2, 2, 2]),
    ("ii,jj->", [2, 2], [3, 3]),
    ("ii,i->i", [3, 3], [3]),
    ("ijij->ij", [2, 3, 2, 3]),
    ("a,b,c->cab", [2], [3], [2]),
    (",ij->ij", [], [2, 3]),
    ("->", []),
    ("ij , jk -> ik", [2, 3], [3, 2]),
    ("bhqd,bhkd->bhqk", [2, 2, 3, 2], [2, 2, 4, 2]),
    ("ij,ij->ij", [1, 3], [2, 3]),
    ("ij,jk->ik", [2, 0], [0, 3]),
    ("Ab,bA->A", [2, 3], [3, 2]),
]
for subscripts, *shapes in EINSUMS:
    operands = [F(*shape) for shape in shapes]
    args = [f"${i}" for i in range(len(operands))]
    case("einsum", operands, [subscripts, *args], lambda *x: np.einsum(subscripts, *x), label=f"{subscripts} {shapes}")
constant("einsum", [], ["ij,j->i", I([[1, 2], [3, 4]]), I([5, 6])], lambda: np.array([17, 39]))

x = F(2, 3, 4)
case("norm", [x], [X0], np.linalg.norm)
for axis in [0, -1, [0, 1], [2, 0]]:
    for order in [None, 1, -1, "Infinity", "-Infinity"] + ([0, 2, 3, 2.5, -2, 0.5] if isinstance(axis, int) else ["fro"]):
        o = float(order) if isinstance(order, str) and order != "fro" else order
        a = tuple(axis) if isinstance(axis, list) else axis
        spelled = {"number": order} if o != order else order
        # Powers of numbers near 0 are too steep for differences.
        own = F(2, 3, 4, low=0.5) if o in [-2, -1, 0.5] else x
        case("norm", [own], [X0, spelled, axis], lambda x: np.linalg.norm(x, o, a), smooth=o != 0)
case("norm", [F(2, 3)], [X0, "fro", None, {"keepdims": True}], lambda x: np.linalg.norm(x, "fro", keepdims=True))
case("norm", [F(2, 3)], [X0, 1, None, {"keepdims": True}], lambda x: np.linalg.norm(x, 1, keepdims=True))
case("norm", [F(4)], [X0, 3], lambda x: np.linalg.norm(x, 3))
