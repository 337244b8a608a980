"""Names that look like what was typed."""

import pytest

from derive.spelling import did_you_mean


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("tahn", "tanh"), ("tanhh", "tanh"), ("Tan", "tan"), ("sgin", "sign"), ("expp", "exp")],
)
def test_the_name_that_looks_most_like_it_is_offered(typed: str, meant: str) -> None:
    assert did_you_mean(typed, ["tan", "tanh", "sin", "sign", "exp"]) == f" (did you mean {meant}?)"


def test_nothing_is_offered_where_nothing_looks_like_it() -> None:
    assert did_you_mean("qqq", ["tan", "tanh"]) == ""
