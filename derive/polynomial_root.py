"""A real root of a polynomial that no radicals write: ``ComplexRootOf``, to as many bits as asked for."""

from __future__ import annotations

from functools import lru_cache

from mpmath import mp, mpf
from sympy.polys.rootoftools import ComplexRootOf

__all__ = ["polynomial_root"]


@lru_cache(maxsize=4096)
def polynomial_root(node: ComplexRootOf, bits: int) -> mpf:
    """Return a real root by bisection of the interval that isolates it.

    SymPy's own evaluation may take minutes for a polynomial of degree 20.
    """
    with mp.workprec(bits + 64):
        between = node._get_interval()
        ends = between.a, between.b
        low, high = (mpf(int(end.numerator)) / int(end.denominator) for end in ends)
        coefficients = [mpf(int(c)) for c in node.poly.all_coeffs()]
        falls = mp.polyval(coefficients, low) > 0 or mp.polyval(coefficients, high) < 0
        for _ in range(bits + 64):
            middle = (low + high) / 2
            if (mp.polyval(coefficients, middle) > 0) == falls:
                low = middle
            else:
                high = middle
        return (low + high) / 2
