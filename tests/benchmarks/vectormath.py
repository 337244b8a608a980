"""Time the vector maths against NumPy, SciPy and, with --peer, PyTorch: ns an element, one core.

    python tests/benchmarks/vectormath.py [NAME …] [--peer PYTHON]

16,384 elements stay in cache; every figure is the best of many runs. PYTHON is an interpreter that
has PyTorch. Nothing is asserted: times are for reading.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable

import numpy as np
from numba import njit
from scipy import special

from codegen.vectormath.catalogue import CATALOGUE
from codegen.vectormath.measure import implementation
from codegen.vectormath.oracle import base_name

SIZE = 16_384
SECONDS = 0.1
NUMPY: dict[str, Callable[..., np.ndarray]] = {
    name: getattr(np, "arctan" if name == "atan" else "arcsinh" if name == "asinh" else name)
    for name in (
        "exp",
        "expm1",
        "log",
        "log1p",
        "tanh",
        "sinh",
        "cosh",
        "asinh",
        "sin",
        "cos",
        "atan",
    )
} | {
    "sigmoid": special.expit,
    "erf": special.erf,
    "erfc": special.erfc,
    "normal_cdf": special.ndtr,
}
PEER = """
import json, sys, time, torch
torch.set_num_threads(1)
names, size, seconds = json.loads(sys.argv[1])
torch.manual_seed(0)
found = {}
F = torch.nn.functional
table = dict(sigmoid=torch.sigmoid, softplus=F.softplus, normal_cdf=torch.special.ndtr)
for name in names:
    function = table.get(name) or getattr(torch, name, None)
    if function is None:
        continue
    for dtype in (torch.float32, torch.float64):
        x = torch.rand(size, dtype=dtype) * 4 + 0.1
        out, best, stop = torch.empty_like(x), 1.0, time.perf_counter() + seconds
        call = (lambda: function(x)) if name == "softplus" else (lambda: function(x, out=out))
        while time.perf_counter() < stop:
            start = time.perf_counter()
            call()
            best = min(best, time.perf_counter() - start)
        found[f"{name} {str(dtype)[6:]}"] = best / size * 1e9
print(json.dumps(found))
"""


def _best(call: Callable[[], object]) -> float:
    """Return the least time of a call, in ns an element."""
    call()
    best, stop = 1.0, time.perf_counter() + SECONDS
    while time.perf_counter() < stop:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best / SIZE * 1e9


def _ours(name: str) -> float:
    row, function = CATALOGUE[name], implementation(name)
    x = (np.random.default_rng(0).random(SIZE) * 4 + 0.1).astype(row.dtype)
    low, y = np.zeros_like(x), np.empty_like(x)
    if row.family == "dd":

        @njit(error_model="numpy")
        def loop(x: np.ndarray, low: np.ndarray, y: np.ndarray) -> None:
            for i in range(x.size):
                high, rest = function(x[i], low[i])
                y[i] = high + rest

        return _best(lambda: loop(x, low, y))

    @njit(error_model="numpy")
    def plain(x: np.ndarray, y: np.ndarray) -> None:
        for i in range(x.size):
            y[i] = function(x[i])

    return _best(lambda: plain(x, y))


def _numpy(base: str, dtype: str) -> float | None:
    if base not in NUMPY:
        return None
    x = (np.random.default_rng(0).random(SIZE) * 4 + 0.1).astype(dtype)
    y = np.empty_like(x)
    return _best(lambda: NUMPY[base](x, out=y))


def _peer(python: str | None, names: list[str]) -> dict[str, float]:
    if python is None:
        return {}
    command = [python, "-c", PEER, json.dumps([names, SIZE, SECONDS])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter with PyTorch")
    options = parser.parse_args()
    one = [
        n for n, row in CATALOGUE.items() if row.arity == 1 or (row.family, row.arity) == ("dd", 2)
    ]
    bases = list(dict.fromkeys(base_name(n) for n in one))
    bases = [b for b in bases if not options.names or b in options.names]
    peer = _peer(options.peer, bases)
    columns = ("f32", "f64", "wide", "dd")
    print(
        f"{'ns an element':14}",
        *(f"{c:>7}" for c in columns),
        "   NumPy f32, f64   PyTorch f32, f64",
    )
    for base in bases:
        ours = [
            f"{_ours(f'{base}_{c}'):7.2f}" if f"{base}_{c}" in CATALOGUE else " " * 7
            for c in columns
        ]
        others = [_numpy(base, d) for d in ("float32", "float64")]
        others += [peer.get(f"{base} {d}") for d in ("float32", "float64")]
        print(f"{base:14}", *ours, *(f"{t:9.2f}" if t else " " * 9 for t in others), flush=True)


if __name__ == "__main__":
    main()
