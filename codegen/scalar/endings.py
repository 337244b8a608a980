"""What is right at ±inf, 0, nan and single floats: the limit where there is one, 0 as chosen, nan for nan.

Single floats are those at which an output is not finite, as the slope of max(x − 1, 0)^0.7 is not at 1, or 0,
as 1 − x/3 − x/3 is at 3/2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sympy import S

from codegen.scalar.limits import Grown, Limits
from codegen.scalar.run import run
from codegen.scalar.served import EVERYWHERE, Domain
from codegen.scalar.terms import Terms
from codegen.scalar.write import written

__all__ = ["ended"]

ENDS = np.array([np.inf, -np.inf, 0.0, -0.0, np.nan])


def _same(limit: float, value: float, inside: bool) -> bool:
    """Return whether a value is the truth at an end; at 0 rounding is the error analysis's business."""
    finite = bool(np.isfinite(limit))
    return bool(
        limit == value
        or (inside and finite and abs(limit - value) <= 1e-6 * abs(limit))
        or (np.isnan(limit) and np.isnan(value))
    )


def ended(
    terms: Terms,
    levels: Sequence[int],
    dtype: str,
    truth_terms: Terms,
    parameters: Mapping[str, float],
    domain: Domain = EVERYWHERE,
    singled: Sequence[float] = (),
) -> tuple[Terms, tuple[int, ...]]:
    """Return the terms with limits selected where plain arithmetic misses them, and their levels."""
    grown = Grown(terms.copied(), list(levels))
    limits = Limits(truth_terms, dtype, parameters)
    places = np.array([*ENDS, *singled])
    count = limits.count
    at = np.repeat(places, count)
    each = {name: np.tile(values, places.size) for name, values in limits.given.items()}
    values = run(written(terms, levels, dtype, tuple(parameters)), at.astype(dtype), each)
    truths = limits.at(at, each)
    result, x = grown.terms, grown.add("x")
    outputs = []
    for k, output in enumerate(terms.outputs):
        here = output
        true, found = (rows[k].reshape(-1, count) for rows in (truths, values))
        for place, end in enumerate(places):
            wanted = true[place]
            if np.isnan(end) or all(map(_same, wanted, found[place], [place >= 2] * count)):
                continue
            instead = limits.emitted(grown, output, k, float(end), wanted)
            if instead is None:
                if place >= ENDS.size:
                    continue  # it was one for some parameters only
                instead = grown.constant(float(wanted[0]))
            at_end = grown.add("eq", x, grown.constant(float(end)))
            here = grown.add("select", at_end, instead, here)
        for asked in _inside(grown, x, domain):
            here = grown.add("select", asked, here, grown.add("constant", value=S.NaN))
        if not np.isnan(found[4, 0]):
            here = grown.add("select", grown.add("eq", x, x), here, x)
        outputs.append(here)
    result.outputs = tuple(outputs)
    return result, tuple(grown.levels)


def _inside(grown: Grown, x: int, domain: Domain) -> Iterator[int]:
    """Yield what has to hold of x in a domain: at its low end, its high end, and each gap in between."""
    lows = [grown.add("le", grown.constant(low), x) if low > -np.inf else None for low, _ in domain]
    highs = [
        grown.add("le", x, grown.constant(high)) if high < np.inf else None for _, high in domain
    ]
    for high, low in zip([None, *highs], [*lows, None], strict=True):
        sides = [side for side in (high, low) if side is not None]
        if sides:
            yield grown.add("or", *sides) if len(sides) > 1 else sides[0]
