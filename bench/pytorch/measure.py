"""PyTorch, measured as measure.js measures a library of JavaScript.

python3 measure.py '<job as JSON>' prints a line of JSON per workload. The data of a workload is a
file of float64 numbers and a list of what is where, written by data.js of this folder.
"""

import json
import sys
import time

job = json.loads(sys.argv[1])

import torch

torch.set_num_threads(1)

from workloads import Unsupported, make


def now():
    return time.perf_counter() * 1e3


def load(entry):
    """The data, each array as a flat float64 tensor, or as it is if it is no array."""
    with open(entry["file"], "rb") as file:
        raw = bytearray(file.read())
    numbers = torch.frombuffer(raw, dtype=torch.float64) if raw else torch.empty(0)

    def unpacked(value):
        if isinstance(value, dict) and "at" in value:
            return numbers[value["at"] : value["at"] + value["length"]]
        if isinstance(value, dict):
            return {name: unpacked(part) for name, part in value.items()}
        return value

    return unpacked(entry["data"])


def median(values):
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def timed(call, times):
    start = now()
    for _ in range(times):
        call()
    return (now() - start) / times


def measure(entry):
    call, norms = make(entry["kind"], load(entry), entry["dtype"])
    start = now()
    values = [call()]
    first = now() - start
    compared = norms() if norms else []
    # The first call may have prepared something: the second one tells how long a call takes.
    start = now()
    values.append(call())
    ms = now() - start
    if ms > job["once"]:
        return {"ms": ms, "best": ms, "first": first, "values": values, "norms": compared}
    calls, start = 0, now()
    while calls < 2 or now() - start < job["warm"]:
        began = now()
        value = call()
        ms = now() - began
        if len(values) < 3:
            values.append(value)
        calls += 1
    times = max(1, round(job["repeat"] / timed(call, max(1, int(job["repeat"] / ms)))))
    repeats = [timed(call, times) for _ in range(job["repeats"])]
    return {
        "ms": median(repeats),
        "best": min(repeats),
        "first": first,
        "values": values,
        "norms": compared,
    }


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def loop(entry):
    """W12: many steps in one loop; bytes on the way."""
    call, _ = make(entry["kind"], load(entry), entry["dtype"])
    start = now()
    for _ in range(5):
        call()
    steps = max(20, min(job["steps"], int(job["limit"] / ((now() - start) / 5))))
    every = max(1, steps // 40)
    samples = []
    start = now()
    for i in range(1, steps + 1):
        call()
        if i % every == 0:
            samples.append({"step": i, "rss": resident()})
    return {"steps": steps, "step": (now() - start) / steps, "samples": samples}


def foreseen(entry):
    """A chain too long is not tried."""
    if entry["kind"] != "deep" or not before:
        return None
    ms = before["ms"] * entry["data"]["steps"] / before["steps"]
    return None if ms <= job["patience"] else f"a call would take about {ms / 1000:.0f} s"


before = {}
for entry in job["workloads"]:
    skipped = None if job.get("steps") else foreseen(entry)
    try:
        if skipped:
            answer = {"skipped": skipped}
        else:
            answer = loop(entry) if job.get("steps") else measure(entry)
            before = {"ms": answer.get("ms"), "steps": entry["data"].get("steps")}
    except Unsupported as error:
        answer = {"unsupported": str(error)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"[:300]}
    row = {"id": entry["id"], "dtype": entry["dtype"], "version": torch.__version__, **answer}
    print(json.dumps(row), flush=True)
