"""The domain on which code serves, as intervals of x: outside them it returns nan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["EVERYWHERE", "Domain", "in_words", "inside"]

Domain = tuple[tuple[float, float], ...]  # disjoint, in order, ends included
EVERYWHERE: Domain = ((-np.inf, np.inf),)


def inside(domain: Domain, points: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which of some points are in a domain; nan is in each."""
    found = np.isnan(points)
    for low, high in domain:
        found |= (low <= points) & (points <= high)
    return found


def in_words(domain: Domain) -> str:
    """Return where code serves, and what it returns elsewhere; nothing where it serves everywhere."""
    if domain == EVERYWHERE:
        return ""
    spans = (f"[{low:.9g}, {high:.9g}]" if low < high else f"{{{low:.9g}}}" for low, high in domain)
    return f"on {' and '.join(spans)}, nan outside"
