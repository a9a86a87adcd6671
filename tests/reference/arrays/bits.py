"""Single bits of int32 and bools."""

import numpy as np
from cases import B, I, constant


def i32(x):
    return np.array(x, np.int32)


ends = [0, 1, -1, 7, -8, 2147483647, -2147483648, 1431655765, -1431655766, 12345678]
others = [10, -16, 255, -1, 3, -2147483648, -2147483648, 858993459, 252645135, -87654321]
bools = [True, True, False, False]
more = [True, False, True, False]
for name, f in {"bitwiseAnd": np.bitwise_and, "bitwiseOr": np.bitwise_or, "bitwiseXor": np.bitwise_xor}.items():
    constant(name, [], [I(ends), I(others)], lambda: f(i32(ends), i32(others)))
    constant(name, [], [I([[1], [-6]]), I(others)], lambda: f(i32([[1], [-6]]), i32(others)))
    constant(name, [], [I(ends), 10], lambda: f(i32(ends), np.int32(10)))
    constant(name, [], [I([]), I([])], lambda: f(i32([]), i32([])))
    constant(name, [], [B(bools), B(more)], lambda: f(bools, more))
    constant(name, [], [B(bools), I([6, 7, 8, -9])], lambda: f(bools, i32([6, 7, 8, -9])))
for name in ["bitwiseNot", "invert"]:
    constant(name, [], [I(ends)], lambda: np.invert(i32(ends)))
    constant(name, [], [B(more)], lambda: np.invert(more))
constant("bitwiseCount", [], [I(ends)], lambda: np.bitwise_count(i32(ends)).astype(np.int32))
constant("bitwiseCount", [], [B(more)], lambda: np.array(more, np.int32))
for name, f in {"leftShift": np.left_shift, "rightShift": np.right_shift}.items():
    for n in [0, 1, 4, 15, 30, 31]:
        constant(name, [], [I(ends), n], lambda: f(i32(ends), np.int32(n)))
    distances = [-1, 32, 100, 31, 30, 1, 2, 3, 33, -2147483648]
    constant(name, [], [I(ends), I(distances)], lambda: f(i32(ends), i32(distances)))
    constant(name, [], [I([[5], [-5]]), I([0, 1, 2])], lambda: f(i32([[5], [-5]]), i32([0, 1, 2])))
