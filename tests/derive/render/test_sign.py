"""Under the negative log-likelihood the same rules are replayed from −L, and every step holds."""

from __future__ import annotations

import pytest

from derive.render.sign import minimised
from derive.steps import Kind
from derive.verify import verify
from tests.derive.render.models import MODELS, derivation


@pytest.mark.parametrize("name", MODELS)
def test_every_step_from_minus_l_is_verified(name: str) -> None:
    negative = minimised(derivation(name))
    verify(negative.objective, negative.equations, trials=1, seed=3)


@pytest.mark.parametrize("rows", [False, True])
def test_only_the_root_changes_its_sign(rows: bool) -> None:
    made = derivation("hidden").dataset if rows else derivation("hidden")
    negative = minimised(made)
    for ours, theirs in zip(negative.equations, made.equations, strict=True):
        assert ours.number == theirs.number
        if theirs.kind in (Kind.ERROR, Kind.GRADIENT):
            root = theirs.quantity.name == "err_s"
            assert ours.right.equals(-theirs.right) if root else ours.right == theirs.right


def test_a_selection_stays_selected() -> None:
    made = derivation("hidden").with_respect_to("W")
    assert [e.number for e in minimised(made).equations] == [e.number for e in made.equations]
