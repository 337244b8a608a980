"""A parameter's name is refused where it would hide another, and not where helpers have one like it."""

from __future__ import annotations

import pytest

from codegen.collisions import check_names
from derive.errors import InputError

HELPER = "@scalar\ndef add_to_triple(a, b, c, term):\n    a = a + term\n    return a, b, c\n"
HIDES = "@scalar\ndef g_value_float32(x, a):\n    a = a * x\n    return a\n"


def test_the_arguments_of_helpers_are_their_own() -> None:
    check_names(HELPER, ["W", "a"])  # a trainable a beside sin was refused


def test_scalar_code_of_an_activation_may_not_hide_its_parameter() -> None:
    with pytest.raises(InputError, match="the parameter 'a' has a name that the generated module"):
        check_names(HELPER + HIDES, ["W", "a"])
