"""Measure what each operation costs in a vectorised loop and write `codegen/scalar/costs.toml`.

    python -m codegen.benchmarks.operations

Nothing else takes the time of operations: designs are chosen from the committed table, so that they are the
same on every machine. A function costs what its near one does (:mod:`codegen.emit.near`): most x lie there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numba
import numpy as np
import tomlkit
from numpy.typing import NDArray

from codegen import scalar
from codegen.emit.specialise import Specialiser
from codegen.scalar.functions import function_name, library
from codegen.scalar.terms import FUNCTIONS, MULTIPLES
from codegen.vectormath import imports, sources

__all__ = ["main", "measured"]

COUNT = 8192  # elements, which are in the nearest cache with their results
REPEATS = 200
FILLING = (
    24  # operations beside those that are measured: arithmetic, not memory, is what takes the time
)
CHAIN = 8  # operations of one kind in a row
NEAR = 512.0  # the greatest |x| of near functions
Loop = Callable[[NDArray[Any], Any, NDArray[Any]], None]
COSTS = Path(scalar.__file__).parent / "costs.toml"
HEADER = (
    "Nanoseconds an element of a vectorised loop, by level and operation; written by\n"
    "`python -m codegen.benchmarks.operations`. Only ratios matter: the search adds them up."
)
ARGUMENTS = {"loose": "y, low", "dd": "y, low", "far": "y, low, power"}  # a plain y elsewhere
FOUR = ("add", "sub", "mul", "div")
PLAIN = {"add": "y + b", "sub": "y - b", "mul": "y * b", "div": "y / b", "sqrt": "np.sqrt(y)",
         "select": "select(y < {k}, {k}, y)"}  # fmt: skip
CHOICE = "select(y < {k}, {k}, y), select(y < {k}, 0.0, low)"


def _in_pairs(suffix: str) -> dict[str, str]:
    found = {op: f"{op}_{suffix}(y, low, b, 1e-20)" for op in FOUR}
    found |= {f"{op}_floats": f"{op}_floats_{suffix}(y + low, b)" for op in FOUR}
    return found | {"sqrt": f"sqrt_{suffix}(y, low)", "select": CHOICE}


LOOSE = {**_in_pairs("loose"), "div": "div_loose(b, 1e-20, y, low)",
         "div_floats": "div_floats_loose(b, y + low)"}  # fmt: skip
FAR = {op: f"{op}_far(y, low, power, b, 1e-20, 1.0)" for op in FOUR}
FAR |= {
    "sqrt": "sqrt_far(y, low, power)",
    "select": f"{CHOICE}, select(y < {{k}}, 1.0, power)",
}
ARITHMETIC = {
    "f32": PLAIN,
    "wide": PLAIN,
    "f64": PLAIN,
    "loose": LOOSE,
    "dd": _in_pairs("dd"),
    "far": FAR,
}


def main() -> None:
    """Write the table."""
    document = tomlkit.document()
    for line in HEADER.splitlines():
        document.add(tomlkit.comment(line))
    for level in ARITHMETIC:
        table = tomlkit.table()
        for op, cost in measured(level).items():
            table.add(op, float(f"{cost:.2g}"))
        document.add(level, table)
    COSTS.write_text(tomlkit.dumps(document), encoding="utf-8")


def measured(level: str) -> dict[str, float]:
    """Return nanoseconds an element for arithmetic and for each function of a level."""
    empty = _loop(level, "", 0)
    found = {
        op: _apart(level, _loop(level, text, CHAIN), empty) / CHAIN
        for op, text in ARITHMETIC[level].items()
    }
    found["select"] /= 2  # the other half is what it compares
    functions = {
        op: _apart(level, _loop(level, call, 1, scope), empty)
        for op, call, scope in _functions(level)
    }
    return found | functions | ({"function": max(functions.values())} if functions else {})


def _functions(level: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield each function of a level, how its near one is called, and where that is found."""
    arguments = ARGUMENTS.get(level, "y")
    for op in FUNCTIONS:
        name = function_name(op, level)
        if op in MULTIPLES or name is None or (level not in ARGUMENTS and name.endswith("_dd")):
            continue
        probe = f"probe_{_dtype(level)}"
        text = f"@scalar\ndef {probe}({arguments}):\n    return {name}({arguments})\n"
        specialised = Specialiser(f"{sources([name])}\n\n{text}")
        near = specialised.near(probe, NEAR)
        called = [name, *sorted(specialised.twins)]
        scope: dict[str, Any] = {}
        exec("\n".join([*imports(called), sources(called), text, specialised.text()]), scope)
        yield op, f"{near}({arguments})", scope


def _dtype(level: str) -> str:
    return "float32" if level == "f32" else "float64"


def _loop(level: str, call: str, count: int, scope: Mapping[str, Any] | None = None) -> Loop:
    """Return a compiled loop with so many calls in a row."""
    kind = f"np.{_dtype(level)}"
    lines = ["y = x[i]", *(f"y = fma(y, b, {kind}({0.02 + k / 100}))" for k in range(FILLING))]
    if level in ARGUMENTS:
        lines.append("low, power = y * 1e-20, np.rint(y)")
    arguments = ARGUMENTS.get(level, "y")
    lines += [f"{arguments} = {call.format(k=f'{kind}({k / 8})')}" for k in range(count)]
    lines.append("out[i] = y + low" if level in ARGUMENTS else "out[i] = y")
    body = "\n        ".join(lines)
    text = f"def kernel(x, b, out):\n    for i in range(x.size):\n        {body}\n"
    known = {**library(), **(scope or {}), "np": np}
    exec(compile(text, "<cost>", "exec"), known)
    compiled: Loop = numba.njit(error_model="numpy", _nrt=False)(known["kernel"])
    return compiled


def _apart(level: str, loop: Loop, other: Loop) -> float:
    """Return by how much a loop takes longer than another, in nanoseconds an element, timed in turn."""
    x = np.linspace(0.1, 3.0, COUNT).astype(_dtype(level))
    out, b = np.empty_like(x), x.dtype.type(0.5)
    best = {loop: np.inf, other: np.inf}
    for round_ in range(1 + REPEATS):
        for each in (loop, other):
            start = time.perf_counter()
            each(x, b, out)
            if round_:  # the first compiles
                best[each] = min(best[each], time.perf_counter() - start)
    return float(best[loop] - best[other]) / COUNT * 1e9


if __name__ == "__main__":
    main()
