"""Writes arrays.json: what NumPy gives for the array functions, with the calls that should give it.

    python3 tests/reference/arrays.py

The cases stand in arrays/, one file per family.
"""

import importlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "arrays"))
FAMILIES = ["indexing", "ordering", "shaping", "statistics", "products", "calculus", "counting"]

for family in FAMILIES:
    importlib.import_module(family)
cases = importlib.import_module("cases").cases
with open(os.path.join(HERE, "arrays.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
print(len(cases), "cases")
