"""Writes methods.json: names of the methods and properties of numpy.ndarray and torch.Tensor.

    python3 tests/reference/methods.py && npx prettier --write tests/reference/methods.json

Of NumPy and torch those are asked that this Python has; what is known of the other stays.
"""

import importlib
import json
import os

PATH = os.path.join(os.path.dirname(__file__), "methods.json")


def names(kind):
    return sorted(name for name in dir(kind) if not name.startswith("_") and not name.endswith("_"))


known = {}
if os.path.exists(PATH):
    with open(PATH) as file:
        known = json.load(file)
for module, kind in (("numpy", "ndarray"), ("torch", "Tensor")):
    try:
        library = importlib.import_module(module)
    except ImportError:
        continue
    known[f"{module}.{kind}"] = names(getattr(library, kind))
    known[f"{module} version"] = str(library.__version__)
with open(PATH, "w") as file:
    json.dump(dict(sorted(known.items())), file)
