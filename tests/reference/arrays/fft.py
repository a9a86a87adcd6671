"""numpy.fft on pairs of real and imaginary part."""

import numpy as np

from cases import F, X0, X1, case, constant

PAIR = [X0, X1]


def pair(z):
    return [z.real, z.imag]


def both(f):
    """f of a complex number, as a function of its parts."""
    return lambda x, y: pair(f(x + 1j * y))


def half(f):
    """The same with a real result."""
    return lambda x, y: f(x + 1j * y)


def two(*shape):
    return [F(*shape), F(*shape)]


for inverse, plain in [("", np.fft.fft), ("i", np.fft.ifft)]:
    name = "fft." + inverse + "fft"
    for n in [1, 2, 3, 4, 5, 6, 8, 12, 15, 16, 22, 36]:
        case(name, two(n), [PAIR], both(plain), label=f"{n} elements")
    case(name, two(67), [PAIR], both(plain), label="67 elements, a large prime")
    case(name, two(2, 134), [PAIR], both(plain), label="134 elements, twice a large prime")
    case(name, [F(7)], [X0], lambda x, f=plain: pair(f(x)), label="a real tensor")
    case(name, two(2, 5), [PAIR, 3], both(lambda z, f=plain: f(z, 3)))
    case(name, two(2, 5), [PAIR, 8], both(lambda z, f=plain: f(z, 8)))
    case(name, two(4, 3), [PAIR, None, 0], both(lambda z, f=plain: f(z, axis=0)))
    case(name, two(2, 4, 3), [PAIR, 6, 1], both(lambda z, f=plain: f(z, 6, 1)))
    case(name, two(2, 4, 3), [PAIR, {"n": 2, "axis": -2}], both(lambda z, f=plain: f(z, 2, -2)))
    for norm in ["ortho", "forward", "backward"]:
        case(name, two(6), [PAIR, None, -1, {"norm": norm}], both(lambda z, f=plain, k=norm: f(z, norm=k)))

for inverse, flat, deep in [("", np.fft.fft2, np.fft.fftn), ("i", np.fft.ifft2, np.fft.ifftn)]:
    name = "fft." + inverse + "fft2"
    case(name, two(3, 4), [PAIR], both(flat))
    case(name, two(2, 3, 5), [PAIR], both(flat))
    case(name, two(3, 4), [PAIR, [2, 6]], both(lambda z, f=flat: f(z, [2, 6])))
    case(name, two(3, 2, 2), [PAIR, None, [0, 2]], both(lambda z, f=flat: f(z, axes=(0, 2))))
    case(name, two(3, 2, 2), [PAIR, {"axes": [0, 1], "norm": "ortho"}],
         both(lambda z, f=flat: f(z, axes=(0, 1), norm="ortho")))
    name = "fft." + inverse + "fftn"
    case(name, two(2, 3, 4), [PAIR], both(deep))
    case(name, two(5), [PAIR], both(deep))
    case(name, two(2, 3, 4), [PAIR, [4, 2]], both(lambda z, f=deep: f(z, [4, 2], axes=(-2, -1))))
    case(name, two(2, 3), [PAIR, None, [1, 1]], both(lambda z, f=deep: f(z, axes=(1, 1))), label="one axis twice")
    case(name, two(2, 3), [PAIR, {"axes": [0, 1, 0], "norm": "forward"}],
         both(lambda z, f=deep: f(z, axes=(0, 1, 0), norm="forward")))
    case(name, two(2, 3), [PAIR, [-1, 4], [0, 1]], both(lambda z, f=deep: f(z, [2, 4], axes=(0, 1))))

for n in [1, 2, 3, 4, 5, 8, 9, 16]:
    case("fft.rfft", [F(n)], [X0], lambda x: pair(np.fft.rfft(x)), label=f"{n} elements")
case("fft.rfft", [F(2, 71)], [X0], lambda x: pair(np.fft.rfft(x)), label="71 elements, a large prime")
case("fft.rfft", [F(2, 5)], [X0, 4], lambda x: pair(np.fft.rfft(x, 4)))
case("fft.rfft", [F(2, 5)], [X0, 9], lambda x: pair(np.fft.rfft(x, 9)))
case("fft.rfft", [F(5, 2)], [X0, None, 0], lambda x: pair(np.fft.rfft(x, axis=0)))
case("fft.rfft", [F(6)], [X0, None, -1, {"norm": "ortho"}], lambda x: pair(np.fft.rfft(x, norm="ortho")))
case("fft.rfft", [F(6)], [X0, {"norm": "forward"}], lambda x: pair(np.fft.rfft(x, norm="forward")))

for m in [2, 3, 4, 5]:
    case("fft.irfft", two(m), [PAIR], half(np.fft.irfft), label=f"{m} elements")
    case("fft.irfft", two(m), [PAIR, 2 * m - 1], half(lambda z, m=m: np.fft.irfft(z, 2 * m - 1)), label=f"{m} elements, odd")
case("fft.irfft", two(3), [PAIR, 1], half(lambda z: np.fft.irfft(z, 1)))
case("fft.irfft", two(3), [PAIR, 9], half(lambda z: np.fft.irfft(z, 9)))
case("fft.irfft", two(5), [PAIR, 4], half(lambda z: np.fft.irfft(z, 4)))
case("fft.irfft", two(3, 2), [PAIR, None, 0], half(lambda z: np.fft.irfft(z, axis=0)))
case("fft.irfft", two(2, 3, 2), [PAIR, 5, 1], half(lambda z: np.fft.irfft(z, 5, 1)))
case("fft.irfft", [F(3)], [X0], np.fft.irfft, label="a real tensor")
for norm in ["ortho", "forward"]:
    case("fft.irfft", two(4), [PAIR, None, -1, {"norm": norm}], half(lambda z, k=norm: np.fft.irfft(z, norm=k)))

case("fft.rfft2", [F(3, 4)], [X0], lambda x: pair(np.fft.rfft2(x)))
case("fft.rfft2", [F(2, 3, 5)], [X0, [4, 3]], lambda x: pair(np.fft.rfft2(x, [4, 3])))
case("fft.rfft2", [F(3, 2, 2)], [X0, None, [2, 0]], lambda x: pair(np.fft.rfft2(x, axes=(2, 0))))
case("fft.rfftn", [F(2, 3, 4)], [X0], lambda x: pair(np.fft.rfftn(x)))
case("fft.rfftn", [F(2, 3)], [X0, None, [1, 1]], lambda x: pair(np.fft.rfftn(x, axes=(1, 1))))
case("fft.rfftn", [F(2, 3)], [X0, {"s": [4], "norm": "ortho"}],
     lambda x: pair(np.fft.rfftn(x, [4], axes=(-1,), norm="ortho")))
case("fft.irfft2", two(3, 3), [PAIR], half(np.fft.irfft2))
case("fft.irfft2", two(3, 3), [PAIR, [2, 5]], half(lambda z: np.fft.irfft2(z, [2, 5])))
case("fft.irfft2", two(3, 3, 2), [PAIR, None, [0, 1]], half(lambda z: np.fft.irfft2(z, axes=(0, 1))))
case("fft.irfftn", two(2, 3, 3), [PAIR], half(np.fft.irfftn))
case("fft.irfftn", two(2, 3), [PAIR, [3, 5], [0, 1]], half(lambda z: np.fft.irfftn(z, [3, 5], axes=(0, 1))))
case("fft.irfftn", two(2, 3), [PAIR, None, [1, 0], {"norm": "ortho"}],
     half(lambda z: np.fft.irfftn(z, axes=(1, 0), norm="ortho")))

case("fft.hfft", two(3), [PAIR], half(np.fft.hfft))
case("fft.hfft", two(3), [PAIR, 5, -1, {"norm": "ortho"}], half(lambda z: np.fft.hfft(z, 5, norm="ortho")))
case("fft.hfft", two(3), [PAIR, {"norm": "forward"}], half(lambda z: np.fft.hfft(z, norm="forward")))
case("fft.ihfft", [F(5)], [X0], lambda x: pair(np.fft.ihfft(x)))
case("fft.ihfft", [F(4)], [X0, {"norm": "forward"}], lambda x: pair(np.fft.ihfft(x, norm="forward")))

for name, f in [("fft.fftshift", np.fft.fftshift), ("fft.ifftshift", np.fft.ifftshift)]:
    case(name, [F(5)], [X0], f)
    case(name, [F(3, 4)], [X0], f)
    case(name, [F(3, 4)], [X0, 0], lambda x, f=f: f(x, 0))
    case(name, [F(3, 4)], [X0, [1, -2]], lambda x, f=f: f(x, (1, 0)))
    case(name, two(3, 2), [PAIR, [1]], both(lambda z, f=f: f(z, (1,))), label="a pair")
for n, d in [(1, 0.25), (4, 0.25), (5, 0.2)]:
    constant("fft.fftfreq", [], [n, d], lambda n=n, d=d: np.fft.fftfreq(n, d))
    constant("fft.rfftfreq", [], [n, d], lambda n=n, d=d: np.fft.rfftfreq(n, d))
constant("fft.fftfreq", [], [8], lambda: np.fft.fftfreq(8))
