"""Measure a function's greatest error, by samples against Arb or over all of float32."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np
from numba import njit

from codegen.vectormath.catalogue import CATALOGUE, POSITIVE, Function
from codegen.vectormath.extract import MODULES
from codegen.vectormath.oracle import base_name, exact, relative_error, ulps
from codegen.vectormath.points import around, low_parts, points
from codegen.vectormath.reference import REFERENCE
from codegen.vectormath.scan import scan_kernel

__all__ = ["Measurement", "error_at", "exhaust", "implementation", "kernel", "sample"]

Arguments = tuple[np.ndarray, np.ndarray]
NEAR_LIMIT = MappingProxyType({"float32": 2.0**14, "float64": 2.0**38})
# beyond these a low part, or the result, leaves float64's range and float64's own rounding is due
LEAST_RELATIVE, MOST_RELATIVE, EDGE_ULPS = 2.0**-960, 2.0**1020, 4.0
LEAST_LOOSE, MOST_LOOSE = 1e-300, 1e300
CHUNK = 1 << 26
STRIDE = 257
SEARCHES = 3
NEIGHBOURS = 200


@dataclass(frozen=True)
class Measurement:
    """Report the greatest error of one function.

    Attributes:
        name: of the function.
        error: in the unit of its catalogue bound.
        x: where it occurs, high part.
        low: the low part of that argument, 0 for functions of one argument.
        count: how many arguments were tried.
        exhaustive: whether those were all arguments of the format.
    """

    name: str
    error: float
    x: float
    low: float
    count: int
    exhaustive: bool


def implementation(name: str) -> Callable[..., Any]:
    """Return the Python function of a catalogue name."""
    for module in MODULES:
        found = getattr(import_module(f"codegen.vectormath.{module}"), name, None)
        if found is not None:
            return found
    raise KeyError(f"{name!r} is not a function of codegen.vectormath; see CATALOGUE")


@cache
def kernel(name: str) -> Callable[..., None]:
    """Compile a loop from x, low to high, rest; low and rest idle where there are none."""
    function = implementation(name)
    row = CATALOGUE[name]
    if row.family in ("dd", "loose"):

        def loop(x, low, y, rest):  # type: ignore[no-untyped-def]
            for i in range(x.size):
                y[i], rest[i] = function(x[i], low[i])

    elif row.arity == 2:

        def loop(x, low, y, rest):  # type: ignore[no-untyped-def]
            for i in range(x.size):
                y[i] = function(x[i], low[i])

    else:

        def loop(x, low, y, rest):  # type: ignore[no-untyped-def]
            for i in range(x.size):
                y[i] = function(x[i])

    return njit(error_model="numpy", nogil=True)(loop)


def _evaluate(row: Function, x: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y, rest = np.empty_like(x), np.zeros_like(x)
    kernel(row.name)(x, low, y, rest)
    return y, rest


def _limit(base: str, x: float) -> float:
    """Return the value at an argument that is not finite, or where there is none."""
    if base == "erfcx":
        return math.inf if x < 0 else 1 / x if x > 0 else x
    return REFERENCE[base.removesuffix("_pair").removesuffix("_scaled")](x)


def _inside(row: Function, x: float) -> bool:
    """Tell whether x lies where the function does not return NaN by its contract."""
    if row.domain == POSITIVE:
        return x >= 0 or math.isnan(x)
    return "near" not in row.name or abs(x) <= NEAR_LIMIT[row.dtype]


def _error(row: Function, x: float, low: float, y: float, rest: float) -> float:
    base = base_name(row.name)
    if row.family == "loose" and not (math.isfinite(x) and LEAST_LOOSE < abs(y) < MOST_LOOSE):
        return 0.0  # outside its domain anything will do
    if not _inside(row, x):
        return 0.0 if math.isnan(y) else math.inf
    bits = 130 if row.family in ("dd", "loose") else 80
    truth = exact(base, x, low, bits) if math.isfinite(x) else None
    if truth is None:
        limit = float(np.dtype(row.dtype).type(_limit(base, x)))
        same = y == limit or (math.isnan(y) and math.isnan(limit))
        return 0.0 if same else math.inf
    if truth.is_zero() and y == 0.0:
        return 0.0 if math.copysign(1.0, y) == math.copysign(1.0, _limit(base, x)) else math.inf
    if row.family in ("f64", "f32"):
        return ulps(y, truth, row.dtype)
    size = abs(truth)
    if row.family == "wide":
        if size < LEAST_RELATIVE:
            return 0.0 if abs(y) < 2 * LEAST_RELATIVE else math.inf
        return 0.0 if size > 2 * MOST_RELATIVE and y == math.inf else relative_error(y, 0.0, truth)
    if size < LEAST_RELATIVE or size > MOST_RELATIVE:
        return 0.0 if ulps(y + rest, truth, "float64") <= EDGE_ULPS else math.inf
    return relative_error(y, rest, truth)


def error_at(name: str, x: float, low: float = 0.0) -> float:
    """Return the error of a function at one argument, in the unit of its bound."""
    row = CATALOGUE[name]
    arguments = np.array([x], dtype=row.dtype), np.array([low], dtype=row.dtype)
    y, rest = _evaluate(row, *arguments)
    return _error(row, float(arguments[0][0]), float(arguments[1][0]), float(y[0]), float(rest[0]))


def _arguments(row: Function, x: np.ndarray, generator: np.random.Generator) -> Arguments:
    with np.errstate(all="ignore"):
        x = x.astype(row.dtype)
        low = low_parts(x, generator) if row.arity == 2 else np.zeros_like(x)
        total = x + low
        return total, np.where(np.isfinite(total), low - (total - x), 0).astype(row.dtype)


def sample(name: str, count: int, seed: int = 0) -> Measurement:
    """Measure at `count` arguments and by a search around the worst of them.

    Args:
        name: of the catalogue; float32, float64, wide (at float32 numbers) or double-double.
        count: how many arguments to draw.
        seed: of the generator.
    """
    row = CATALOGUE[name]
    generator = np.random.default_rng(seed)
    kind = "float32" if row.family == "wide" else row.dtype
    x, low = _arguments(row, points(count, kind, generator), generator)
    worst, tried = (-1.0, 0.0, 0.0), 0
    for _ in range(SEARCHES + 1):
        y, rest = _evaluate(row, x, low)
        found = [
            (_error(row, *map(float, values)), float(values[0]), float(values[1]))
            for values in zip(x, low, y, rest, strict=True)
        ]
        tried += len(found)
        leaders = sorted({*found, worst}, key=lambda f: (-f[0], f[1]))[:5]
        worst = leaders[0]
        near = [around(f[1], NEIGHBOURS, kind, generator) for f in leaders if math.isfinite(f[1])]
        x, low = _arguments(row, np.concatenate(near), generator)
    return Measurement(name, *worst, tried, exhaustive=False)


@cache
def _scans(name: str) -> tuple[tuple[Callable[[int, int, int], tuple[float, int]], int], ...]:
    """Compile the comparisons of a float32 function, each with the stride of its bit patterns.

    At all patterns with the wide function, which computes in float64 by other polynomials and
    keeps 2⁻³⁹; at every 257th with the C library. Where no wide function is, the library at all.
    """
    base = base_name(name)
    near = NEAR_LIMIT["float32"] if "near" in name else math.inf
    library = scan_kernel(implementation(name), REFERENCE[base], near)
    if f"{base}_wide" not in CATALOGUE or f"{base}_wide" in CATALOGUE[name].needs:
        return ((library, 1),)
    wide = scan_kernel(implementation(name), implementation(f"{base}_wide"), near)
    return ((wide, 1), (library, STRIDE))


def exhaust(name: str, progress: Callable[[float], None] = lambda done: None) -> Measurement:
    """Measure a float32 function at all 2³² arguments; the worst is measured again against Arb."""
    starts = range(0, 1 << 32, CHUNK)
    found: list[tuple[float, int]] = []
    scans = _scans(name)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [(scan, start, step) for start in starts for scan, step in scans]
        for result in pool.map(lambda job: job[0](job[1], job[1] + CHUNK, job[2]), jobs):
            found.append(result)
            progress(len(found) / len(jobs))
    leaders = sorted(found, key=lambda f: (-f[0], f[1]))[:5]
    bits = np.array([where % (1 << 32) for _, where in leaders], dtype=np.uint32)
    settled = [(error_at(name, float(x)), float(x)) for x in bits.view(np.float32)]
    error, x = max(settled, key=lambda s: s[0])
    return Measurement(name, max(error, 0.0), x, 0.0, 1 << 32, exhaustive=True)
