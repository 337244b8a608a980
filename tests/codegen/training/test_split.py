"""The held-out rows: a share of every class, spread over the data, the same every time."""

import numpy as np
import pytest

from codegen.training.split import stratified_split
from derive.errors import InputError


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.2, 0.25, 0.5, 0.9])
def test_every_class_gives_that_share_and_no_row_is_in_both(fraction):
    codes = np.repeat([0, 1, 2], [40, 100, 60])
    np.random.default_rng(0).shuffle(codes)
    train, test = stratified_split(codes, fraction)
    assert sorted([*train, *test]) == list(range(200))
    assert np.bincount(codes[test], minlength=3).tolist() == [
        round(fraction * n) for n in (40, 100, 60)
    ]


def test_held_out_rows_are_spread_evenly_over_the_data():
    _, test = stratified_split(np.zeros(100, int), 0.2)
    assert test.tolist() == list(range(2, 100, 5))


def test_a_class_always_keeps_a_row_to_train_on():
    codes = np.array([0, 0, 0, 1, 2, 2])
    train, _ = stratified_split(codes, 0.99)
    assert set(codes[train]) == {0, 1, 2}


@pytest.mark.parametrize("fraction", [1.0, -0.1, 2, float("nan")])
def test_a_fraction_outside_0_and_1_is_refused(fraction):
    with pytest.raises(InputError, match="expected at least 0 and below 1"):
        stratified_split(np.array([0, 1]), fraction)
