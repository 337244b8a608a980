"""Certify an activation: a million samples against Arb, or every float32 there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from codegen.scalar.certificate import BOUNDS, CertificateError, Row, errors, rows, worse
from codegen.scalar.code import Typed, code_hash, kept, quantities
from codegen.scalar.exhaustive import every_float32
from codegen.scalar.measure import function, over
from codegen.scalar.oracle import truth
from codegen.scalar.problem import crowded
from codegen.scalar.record import write
from codegen.scalar.reference import reference
from codegen.scalar.sample import neighbours, samples
from codegen.scalar.settings import settings
from codegen.scalar.stated import stated
from derive.activation import Activation
from derive.formula import X

__all__ = ["certify"]

Progress = Callable[[str, int, int], None]
BLOCK = 20_000
NAMES = ("value", "derivative")


def certify(
    activation: Activation,
    samples: int = 1_000_000,
    exhaustive: bool = False,
    progress: Progress | None = None,
    dtypes: Sequence[str] = ("float32", "float64"),
    record: bool = False,
) -> tuple[Row, ...]:
    """Return the largest error of each quantity in each dtype.

    ``exhaustive`` tries all 2³² inputs in float32 (fixed parameters only). ``progress`` is called with the
    dtype, what is done and what is to do. ``record`` enters the rows into the committed record. Raises
    CertificateError, naming x, the value and the truth, where a bound is missed.
    """
    found: list[Row] = []
    for dtype in dtypes:
        tell = None if progress is None else _telling(progress, dtype)
        if exhaustive and dtype == "float32" and not activation.trainable:
            here = _every(activation, tell)
        else:
            here = _sampled(activation, dtype, samples, tell)
        missed = [row for row in here if row.max_ulp > BOUNDS[dtype]]
        if missed:
            raise CertificateError.of(activation.bound, missed, dtype)
        if record:
            write(code_hash(activation, dtype), str(activation.bound), here)
        found.extend(here)
    return tuple(found)


def _telling(progress: Progress, dtype: str) -> Callable[[int, int], None]:
    return lambda done, whole: progress(dtype, done, whole)


def _function(found: Typed, dtype: str) -> Callable[..., object]:
    return function(found.text, f"g_value_and_derivative_{dtype}")


def _every(activation: Activation, tell: Callable[[int, int], None] | None) -> tuple[Row, ...]:
    wanted = quantities(activation)
    terms = stated((wanted.value, wanted.slope), X)
    code = _function(kept("g", activation, "float32"), "float32")
    exact = reference(wanted) or _function(kept("g", activation, "float64"), "float64")
    return every_float32(code, exact, NAMES, terms, tell)


def _sampled(
    activation: Activation, dtype: str, count: int, tell: Callable[[int, int], None] | None
) -> tuple[Row, ...]:
    """Return the rows over samples, then over the neighbours of the worst of them."""
    wanted = quantities(activation)
    terms = stated((wanted.value, wanted.slope), X)
    marks = crowded(terms, wanted.defaults)
    found = kept("g", activation, dtype)
    run = over(_function(found, dtype), 2, tuple(wanted.defaults))
    points = samples(dtype, count, marks)
    worst: tuple[Row, ...] = ()
    blocks = [points[start : start + BLOCK] for start in range(0, points.size, BLOCK)]
    for number in range(len(blocks) + 1):
        with np.errstate(all="ignore"):
            if number < len(blocks):
                block = blocks[number]
            else:
                block = neighbours([row.where for row in worst], BLOCK // 8, dtype).astype(dtype)
            given = settings(wanted.defaults, block.size, dtype)
            values = run(block, *(column.astype(dtype) for column in given.values()))
        exact = truth(terms, block.astype(np.float64), given)
        off = errors(dtype, block, values, exact, terms, found.domain, given)
        worst = worse(worst, rows(dtype, NAMES, block, values, exact, off, found.domain))
        if tell is not None:
            tell(min((number + 1) * BLOCK, points.size), points.size)
    return worst
