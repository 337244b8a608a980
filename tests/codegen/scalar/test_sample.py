"""Points crowd where code may be wrong, and are the same on every machine."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest

from codegen.scalar.lower import lower
from codegen.scalar.sample import (
    SPECIAL,
    closest,
    from_ordinal,
    grid,
    hidden,
    landmarks,
    neighbours,
    ordinal,
    samples,
    touched,
)
from codegen.scalar.settings import spread
from derive.calculus import derivative
from derive.formula import X, formula

MARKS = (0.1, -709.782712893384, 3e-310)
# What is generated depends on these points. They come of integers, exact powers of two and single additions
# and multiplications, so that another processor or NumPy gives the same; a change here changes generated/.
HASHES = {"float32": "8f781bea963670e9", "float64": "aff4cd79bc21ceb1"}


@pytest.mark.parametrize("dtype", HASHES)
def test_points_have_the_same_bits_on_every_machine(dtype):
    points = [samples(dtype, 3000, MARKS), grid(dtype, MARKS, [0.7]), spread(0.01, 50, dtype)]
    digest = hashlib.sha256(b"".join(each.tobytes() for each in points)).hexdigest()
    assert digest[:16] == HASHES[dtype]


@pytest.mark.parametrize("dtype", HASHES)
def test_samples_begin_with_the_special_values_and_reach_every_magnitude(dtype):
    points = samples(dtype, 6000, MARKS)
    np.testing.assert_array_equal(points[: len(SPECIAL)], np.array(SPECIAL, dtype))
    assert np.signbit(points[1])
    rest = points[len(SPECIAL) :].astype(float)
    assert np.isfinite(rest).all()
    sizes = np.abs(rest[rest != 0])
    assert sizes.min() < 4 * np.finfo(dtype).smallest_subnormal
    assert sizes.max() > np.finfo(dtype).max / 2.0**40


def test_ordinals_count_the_floats_in_order():
    x = np.array([-np.inf, -1.0, -5e-324, 0.0, 5e-324, 1.0, np.nextafter(1.0, 2.0), np.inf])
    places = ordinal(x)
    assert (np.diff(places) > 0).all()
    assert places[3] == 0
    assert places[6] - places[5] == 1
    np.testing.assert_array_equal(from_ordinal(places), x)


def test_landmarks_hold_sign_changes_and_thresholds_to_the_last_bit():
    found = landmarks(lower([formula("exp(x) - 2")], X))
    root, overflow = np.log(2.0), np.log(np.finfo(float).max)
    assert any(abs(x - root) <= np.spacing(root) for x in found)
    assert any(abs(x - overflow) <= np.spacing(overflow) for x in found)


def test_small_landmarks_are_kept_where_there_are_very_many():
    found = landmarks(lower([formula("sin(5*x)")], X))
    assert any(abs(x - np.pi / 5) <= np.spacing(np.pi / 5) for x in found)


def test_neighbours_are_the_next_floats_on_both_sides():
    found = set(neighbours([1.5], 40, "float32").astype(np.float32).tolist())
    near = np.float32(1.5)
    assert {float(np.nextafter(near, s, dtype=np.float32)) for s in (0.0, 2.0)} <= {
        float(np.float32(x)) for x in found
    }


def test_zeros_too_close_to_a_kink_for_the_grid_are_found():
    g = formula("x*tanh(sqrt(abs(x - 0.044715)))")
    terms = lower([g, derivative(g, X)], X)
    places = (*landmarks(terms), 0.044715)
    assert any(0.029 < place < 0.03 for place in hidden(terms, places))
    assert hidden(lower([formula("x/(1 + exp(-x))")], X), (0.0,)) == ()


def test_places_where_an_output_only_touches_0_are_found():
    sine, silu = (lower([formula(text)], X) for text in ("2 + 2*sin(x)", "x/(1 + exp(-x))"))
    found = touched(sine)
    assert any(abs(place + np.pi / 2) < 1e-12 for place in found)
    assert touched(silu) == ()


def test_an_output_that_changes_sign_twice_close_together_is_met_between():
    (found,) = [
        place for place in closest(lower([formula("erf(x) - sin(2*x)")], X)) if -4 < place < -3.9
    ]
    assert math.sin(2 * found) < math.erf(found)
