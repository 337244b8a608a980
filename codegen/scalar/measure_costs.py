"""Measure what each operation costs in a vectorised loop and write `costs.toml`.

    python -m codegen.scalar.measure_costs [--missing LEVEL]

With --missing only functions that a level's table lacks are measured, in proportion to those that it and
others have, so that the table of one machine is completed on another.

Nothing else in the package takes the time: designs are chosen from the committed table, so that they
are the same on every machine.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import cast

import numba
import numpy as np
import tomlkit

from codegen.scalar.functions import function_name, library
from codegen.scalar.terms import FUNCTIONS, MULTIPLES

__all__ = ["main", "measured"]

COUNT = 16_384
REPEATS = 60
CHAIN = 4  # operations in a row, so that loads and stores do not count
COSTS = Path(__file__).parent / "costs.toml"
HEADER = (
    "Nanoseconds an element of a vectorised loop, by level and operation; written by\n"
    "`python -m codegen.scalar.measure_costs`. Only ratios matter: the search adds them up."
)
ONE = {"add": "{y} + b", "sub": "{y} - b", "mul": "{y} * b", "div": "{y} / b",
       "sqrt": "np.sqrt({y})", "select": "select({y} < b, {y}, b)"}  # fmt: skip
PAIR = {name: f"{name}_dd({{y}}, low, b, 1e-20)" for name in ("add", "sub", "mul", "div")}
PAIR |= {
    f"{name}_floats": f"{name}_floats_dd({{y}} + low, b)" for name in ("add", "sub", "mul", "div")
}
PAIR |= {"sqrt": "sqrt_dd({y}, low)", "select": "(select({y} < b, {y}, b), low)"}
LOOSE = {name: f"{name}_loose({{y}}, low, b, 1e-20)" for name in ("add", "sub", "mul", "div")}
LOOSE |= {
    f"{name}_floats": f"{name}_floats_loose({{y}} + low, b)"
    for name in ("add", "sub", "mul", "div")
}
LOOSE |= {"div": "div_loose(b, 1e-20, {y}, low)", "div_floats": "div_floats_loose(b, {y} + low)"}
LOOSE |= {"sqrt": "sqrt_loose({y}, low)", "select": PAIR["select"]}
FAR = {
    name: f"{name}_far({{y}}, low, power, b, 1e-20, 1.0)" for name in ("add", "sub", "mul", "div")
}
FAR |= {
    "sqrt": "sqrt_far({y}, low, power)",
    "select": "(select({y} < b, {y}, b), low, select({y} < b, power, 1.0))",
}
LEVELS = {
    "f32": "float32",
    "wide": "float64",
    "f64": "float64",
    "loose": "float64",
    "dd": "float64",
    "far": "float64",
}
ARITHMETIC = {"loose": LOOSE, "dd": PAIR, "far": FAR}
# Of an operation; with what follows it as arguments
TARGETS = {"loose": "y, low", "dd": "y, low", "far": "y, low, power"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missing", metavar="LEVEL", choices=LEVELS)
    level = parser.parse_args(arguments).missing
    if level is not None:
        COSTS.write_text(_completed(level), encoding="utf-8")
        return
    document = tomlkit.document()
    for line in HEADER.splitlines():
        document.add(tomlkit.comment(line))
    for level in LEVELS:
        table = tomlkit.table()
        for op, cost in measured(level).items():
            table.add(op, cost)
        document.add(level, table)
    COSTS.write_text(tomlkit.dumps(document), encoding="utf-8")


def _completed(level: str) -> str:
    """Return the table with the functions of a level that it lacks, scaled as functions of float64 are."""
    document = tomlkit.parse(COSTS.read_text(encoding="utf-8"))
    table, here = cast("dict[str, dict[str, float]]", document), measured(level)
    known = measured("f64")
    scale = median(table["f64"][op] / known[op] for op in FUNCTIONS if op in known)
    for op in (*FUNCTIONS, "function"):
        if op in here and op not in table[level]:
            table[level][op] = _rounded(scale * here[op])
    return tomlkit.dumps(document)


def measured(level: str) -> dict[str, float]:
    """Return nanoseconds an element for arithmetic and for each function of a level."""
    found: dict[str, float] = {}
    empty = _time(level, "y = {y}", 1)
    target = TARGETS.get(level, "y")
    for op, text in ARITHMETIC.get(level, ONE).items():
        found[op] = _rounded((_time(level, f"{target} = {text}", CHAIN) - empty) / CHAIN)
    functions = {op: function_name(op, level) for op in FUNCTIONS if op not in MULTIPLES}
    for op, name in functions.items():
        if name is None or (level not in ARITHMETIC and name.endswith("_dd")):
            continue
        found[op] = _rounded(_time(level, f"{target} = {name}({target})", 1) - empty)
    if any(op in found for op in functions):
        found["function"] = max(found[op] for op in functions if op in found)
    return found


def _rounded(cost: float) -> float:
    return float(f"{max(cost, 0.005):.2g}")


def _time(level: str, statement: str, count: int) -> float:
    """Return the least time an element of a loop that does the statement so often, in nanoseconds."""
    first = ["y = x[i]", "low, power = y * 1e-20, np.rint(y)"]
    result = "y + low" if level in TARGETS else "y"
    body = [*first, *[statement.format(y="y")] * count, f"out[i] = {result}"]
    loop = "".join(f"        {line}\n" for line in body)
    text = f"def kernel(x, b, out):\n    for i in range(x.size):\n{loop}"
    scope = {**library(), "np": np}
    exec(compile(text, "<cost>", "exec"), scope)
    kernel = numba.njit(error_model="numpy")(scope["kernel"])
    dtype = np.dtype(LEVELS[level])
    x = np.linspace(0.1, 3.0, COUNT).astype(dtype)
    out, b = np.empty_like(x), dtype.type(1.5)
    kernel(x, b, out)
    best = np.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        kernel(x, b, out)
        best = min(best, time.perf_counter() - start)
    return best / COUNT * 1e9


if __name__ == "__main__":
    main()
