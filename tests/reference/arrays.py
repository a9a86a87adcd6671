"""Writes arrays/FAMILY.json: what NumPy gives for functions of arrays, with the calls that should give it.

    python3 tests/reference/arrays.py [FAMILY ...]

The cases stand in arrays/, one file per family. A function of a namespace or of an entry point has its
name before it: "linalg.solve", "nn.conv2d".
"""

import importlib
import json
import os
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "arrays")
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
from cases import begin, cases

families = sorted(name[:-3] for name in os.listdir(HERE) if name.endswith(".py") and name != "cases.py")
for family in sys.argv[1:] or families:
    begin()
    importlib.import_module(family)
    with open(os.path.join(HERE, family + ".json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
    print(family, len(cases), "cases")
