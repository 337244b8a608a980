"""What is right at ±inf, 0, nan and single floats: the limit where there is one, 0 as chosen, nan for nan.

Single floats are those at which an output is not finite, as the slope of max(x − 1, 0)^0.7 is not at 1, or 0,
as 1 − x/3 − x/3 is at 3/2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sympy import S

from codegen.scalar.flats import nearest_float
from codegen.scalar.oracle import truth
from codegen.scalar.pieces import exact
from codegen.scalar.run import run
from codegen.scalar.terms import Terms
from codegen.scalar.write import written

__all__ = ["ended"]

ENDS = np.array([np.inf, -np.inf, 0.0, -0.0, np.nan])


def _same(limit: float, value: float, inside: bool) -> bool:
    """Return whether a value is the truth at an end; at 0 rounding is the error analysis's business."""
    finite = bool(np.isfinite(limit))
    return bool(limit == value or (inside and finite and abs(limit - value) <= 1e-6 * abs(limit)))


def ended(
    terms: Terms,
    levels: Sequence[int],
    dtype: str,
    truth_terms: Terms,
    parameters: Mapping[str, float],
    domain: tuple[float, float] = (-np.inf, np.inf),
    singled: Sequence[float] = (),
) -> tuple[Terms, tuple[int, ...]]:
    """Return the terms with limits selected where plain arithmetic misses them, and their levels."""
    result = Terms(list(terms.nodes), terms.outputs, dict(terms._known))
    ends = np.array([*ENDS, *singled])
    given = {name: np.full(ends.shape, value) for name, value in parameters.items()}
    values = run(written(terms, levels, dtype, tuple(parameters)), ends.astype(dtype), given)
    truths = truth(truth_terms, ends, given)
    x = result.add("x")
    outputs = []
    for output, value, true in zip(terms.outputs, values, truths, strict=True):
        here = output
        for place in np.flatnonzero(~np.isnan(ends)):
            limit = nearest_float(true.high[place], true.exponent[place], dtype)
            if _same(limit, value[place], bool(place >= 2)) or (
                np.isnan(limit) and np.isnan(value[place])
            ):
                continue
            end = result.add("constant", value=exact(float(ends[place])))
            at_end = result.add("eq", x, end)
            here = result.add("select", at_end, result.add("constant", value=exact(limit)), here)
        for border, sign in zip(domain, (-1, 1), strict=True):
            if np.isfinite(border):
                edge = result.add("constant", value=exact(border))
                order = (edge, x) if sign < 0 else (x, edge)
                nothing = result.add("constant", value=S.NaN)
                here = result.add("select", result.add("le", *order), here, nothing)
        if not np.isnan(value[4]):
            here = result.add("select", result.add("eq", x, x), here, x)
        outputs.append(here)
    result.outputs = tuple(outputs)
    return result, (*levels, *([0] * (len(result.nodes) - len(levels))))
