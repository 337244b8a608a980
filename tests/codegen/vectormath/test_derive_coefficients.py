"""The committed coefficients are what the derivation gives."""

from pathlib import Path

import mpmath
import pytest

import codegen.vectormath as package
from codegen.vectormath.approximations import APPROXIMATIONS
from codegen.vectormath.constants import constants, literal
from codegen.vectormath.derive_coefficients import (
    FAMILIES,
    render_polynomial,
    render_turns,
    render_two_over_pi,
)
from codegen.vectormath.minimax import PRECISION, round_to
from codegen.vectormath.turns import TURN_HIGH, TURN_LOW
from codegen.vectormath.two_over_pi import TWO_OVER_PI_WORDS

FOLDER = Path(package.__file__).parent
FAMILY = {family.suffix: family for family in FAMILIES}
ROW = {approximation.name: approximation for approximation in APPROXIMATIONS}


def committed(suffix):
    return (FOLDER / FAMILY[suffix].folder / "polynomials.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "suffix"), [(row.name, suffix) for row in APPROXIMATIONS for suffix in row.families]
)
def test_polynomial_is_derived_again_to_the_same_text(name, suffix):
    with mpmath.workprec(PRECISION):
        text = render_polynomial(ROW[name], FAMILY[suffix])
    assert text in committed(suffix)


@pytest.mark.parametrize("suffix", FAMILY)
def test_constants_are_derived_again_to_the_same_text(suffix):
    with mpmath.workprec(PRECISION):
        lines = [f"{name} = {text}\n" for name, text in constants(suffix).items()]
    assert "".join(lines) in committed(suffix)


@pytest.mark.parametrize("suffix", FAMILY)
def test_every_polynomial_of_the_family_is_committed(suffix):
    for row in APPROXIMATIONS:
        present = f"def {row.name}_{suffix}(" in committed(suffix)
        assert present == (suffix in row.families), row.name


def test_words_of_two_over_pi_add_up_to_it():
    assert render_two_over_pi() == (FOLDER / "two_over_pi.py").read_text(encoding="utf-8")
    with mpmath.workprec(1400):
        total = sum(
            mpmath.mpf(w) * mpmath.mpf(2) ** (-48 * i) for i, w in enumerate(TWO_OVER_PI_WORDS)
        )
        assert 0 <= 2 / mpmath.pi - total < mpmath.mpf(2) ** (-48 * 27)


def test_words_of_turns_are_powers_of_two_less_whole_turns():
    assert render_turns() == (FOLDER / "turns.py").read_text(encoding="utf-8")
    with mpmath.workprec(400):
        for k, (high, low) in enumerate(zip(TURN_HIGH, TURN_LOW, strict=True)):
            rest = mpmath.mpf(2) ** (8 * k) - mpmath.mpf(high) - mpmath.mpf(low)
            turns = rest / (2 * mpmath.pi)
            assert abs(turns - mpmath.nint(turns)) < mpmath.mpf(2) ** -106
            assert abs(high) <= mpmath.pi


def test_literal_refuses_a_number_that_the_type_cannot_hold():
    with pytest.raises(ArithmeticError, match="does not read back"):
        literal(round_to(mpmath.mpf(1) / 3, 30), single=True)
