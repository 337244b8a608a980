"""A domain is intervals of x: which points it has, and how a certificate names it."""

from __future__ import annotations

import numpy as np

from codegen.scalar.served import EVERYWHERE, in_words, inside

HOLED = ((-np.inf, -0.5), (0.0, 0.0), (0.25, 8.0))


def test_a_point_is_in_one_of_the_intervals() -> None:
    points = np.array([-np.inf, -0.5, -0.1, -0.0, 0.1, 0.25, 8.0, 9.0, np.nan])
    assert inside(HOLED, points).tolist() == [1, 1, 0, 1, 0, 1, 1, 0, 1]
    assert inside(EVERYWHERE, points).all()


def test_a_domain_is_named_where_it_ends() -> None:
    assert in_words(EVERYWHERE) == ""
    assert in_words(HOLED) == "on [-inf, -0.5] and {0} and [0.25, 8], nan outside"
