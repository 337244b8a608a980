"""The Remez exchange finds best approximations."""

from itertools import pairwise

import mpmath
import pytest
from mpmath import mpf

from codegen.vectormath.minimax import fit, round_to


def test_best_line_for_the_square_root_is_the_known_one():
    found = fit(mpmath.sqrt, mpf(0), mpf(1), 1, lambda x: mpf(1))
    assert float(found.error) == pytest.approx(1 / 8, rel=0.01)
    assert [float(c) for c in found.coefficients] == pytest.approx([1 / 8, 1], rel=0.02)


def test_best_cubic_for_x_to_the_fourth_is_chebyshevs():
    found = fit(lambda x: x**4, mpf(-1), mpf(1), 3, lambda x: mpf(1))
    assert float(found.error) == pytest.approx(2**-3, rel=0.01)


def test_error_alternates_degree_plus_two_times():
    found = fit(mpmath.exp, mpf(-1), mpf(1), 4, lambda x: mpmath.exp(-x))
    xs = [mpf(i) / 500 for i in range(-500, 501)]
    errors = [mpmath.polyval(found.coefficients[::-1], x) * mpmath.exp(-x) - 1 for x in xs]
    signs = [e > 0 for e in errors]
    assert 1 + sum(a != b for a, b in pairwise(signs)) == 6
    assert max(abs(e) for e in errors) <= found.error * mpf("1.02")


def test_rounded_coefficients_fit_their_type():
    found = fit(mpmath.exp, mpf(-1), mpf(1), 6, lambda x: mpf(1), digits=24)
    assert all(round_to(c, 24) == c for c in found.coefficients)
