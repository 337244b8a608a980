"""Far x apart: an x that ends where the outputs are x or a constant, and what stands beyond."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Symbol, exp, log

from codegen.scalar.candidates.apart import FAR, apart
from codegen.scalar.lower import lower
from codegen.scalar.oracle import truth
from codegen.scalar.run import run
from codegen.scalar.terms import Terms
from codegen.scalar.write import written

X = Symbol("x", real=True)
POINTS = np.array([-1e300, -1e9, -2.0, 0.0, 3.0, 1e9, 1e300])


def parted(expression: object) -> Terms | None:
    """Return the terms of an expression with its far x apart, in float64."""
    terms = lower([expression], X)  # type: ignore[list-item]
    return apart(terms, POINTS, truth(terms, POINTS), "float64")


def test_what_overflows_is_computed_of_an_x_that_ends() -> None:
    terms = parted(X / (1 + exp(-(X**3))))
    assert terms is not None
    (values,) = run(written(terms, [0] * len(terms.nodes), "float64", ()), POINTS)
    assert values[0] == values[1] == 0
    assert list(values[-2:]) == [1e9, 1e300]
    assert values[4] == pytest.approx(3.0)


def test_one_side_is_enough() -> None:
    terms = parted(log(1 + exp(X)) * 1)
    assert terms is not None
    ends = [node.value for node in terms.nodes if node.op == "constant"]
    assert FAR in ends


def test_what_is_simple_on_no_side_stays() -> None:
    assert parted(X**3) is None
