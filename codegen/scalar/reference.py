"""The float64 program to which every float32 is compared: cheap, yet within 2^−12 ULP of float32."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from codegen.scalar.code import Quantities
from codegen.scalar.endings import ended
from codegen.scalar.measure import function, over
from codegen.scalar.oracle import truth
from codegen.scalar.problem import Problem
from codegen.scalar.sample import samples
from codegen.scalar.search import Search
from codegen.scalar.write import written
from derive.formula import X

__all__ = ["reference"]

LOOSE = 2.0**12  # ULP of float64, the budget of its error analysis
CLOSE = 2.0**-12  # ULP of float32, at most
SAMPLES = 20_000
LARGEST = 2.0**128  # from here on a float32 is infinite


def reference(wanted: Quantities) -> Callable[..., object] | None:
    """Return a function of a float64 that gives g and g′; None where the cheap one is not close enough.

    It is measured against Arb at sampled float32 numbers.
    """
    problem = Problem.of((wanted.value, wanted.slope), X, "float64")
    design = Search(problem, LOOSE).designs()[0]
    terms, levels = ended(
        design.terms, design.levels, "float64", problem.terms, {}, singled=problem.singled
    )
    found = function(written(terms, levels, "float64", ()), "g")
    points = samples("float32", SAMPLES, problem.marks).astype(np.float64)
    for values, true in zip(over(found, 2)(points), truth(problem.terms, points), strict=True):
        with np.errstate(invalid="ignore"):
            rounded = np.where(np.abs(values) >= LARGEST, np.copysign(np.inf, values), values)
        if not true.ulp_distance(rounded, "float32").max() <= CLOSE:
            return None
    return found
