"""What the oracles share: data that both sides make from a formula, and a file for the numbers.

Run with a Python that has PyTorch: `python3 tests/programs/oracle/meta.py` writes meta.json beside it.
"""
import json
import math
import sys

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def d(seed, *shape, scale=1.0):
    """Numbers between -0.9 and 0.9 times scale, the same as `data` in tests/programs/support.ts gives."""
    n = math.prod(shape)
    values = [math.sin(i * 12.9898 + i * i * 0.37 + seed * 78.233) * 0.9 * scale for i in range(n)]
    return torch.tensor(values).reshape(shape)


def p(*args, **options):
    """The same as a parameter."""
    return d(*args, **options).requires_grad_()


def plain(x):
    if isinstance(x, torch.Tensor):
        return x.detach().tolist()
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    return x


def write(programs):
    """Runs functions and writes what each returns, under its name, beside the file."""
    results = {f.__name__: plain(f()) for f in programs}
    with open(sys.argv[0].replace(".py", ".json"), "w") as file:
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in results.items())
        file.write("{\n" + lines + "\n}\n")


def grad(y, xs, **options):
    return torch.autograd.grad(y, xs, **options)
