"""Options are checked, and none of them changes a number."""

from __future__ import annotations

import itertools
import re

import pytest

from derive import InputError
from derive.render import render
from derive.render.options import Options
from tests.derive.render.models import derivation

COMBINATIONS = [
    dict(zip(("sign", "layout", "names", "index_base"), choice, strict=True))
    for choice in itertools.product(
        ("log-likelihood", "negative"), ("denominator", "numerator"), ("err", "delta"), (0, 1)
    )
]


@pytest.mark.parametrize(
    ("name", "value"),
    [("sign", "plus"), ("layout", "row"), ("names", "d"), ("detail", "more"), ("index_base", 2)],
)
def test_an_unknown_choice_names_the_known_ones(name: str, value: object) -> None:
    with pytest.raises(InputError, match="is not one of"):
        Options(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("options", COMBINATIONS)
def test_numbers_stay_whatever_the_options(options: dict) -> None:
    made = derivation("residual", g="tanh")
    plain = re.findall(r"^  \((\d+)\)", render(made), re.MULTILINE)
    shown = re.findall(r"^  \((\d+)\)", render(made, "text", Options(**options)), re.MULTILINE)
    assert shown == plain


@pytest.mark.parametrize("form", ["text", "latex", "beamer", "html", "json"])
@pytest.mark.parametrize(
    "part", ["model", "loss", "gradient:W", "gradient", "algorithm", "picture"]
)
def test_every_form_has_every_part(form: str, part: str) -> None:
    whole = render(derivation("hidden"), form)
    assert 0 < len(render(derivation("hidden"), form, Options(part=part))) < len(whole)


@pytest.mark.parametrize("form", ["text", "latex", "beamer", "html", "json"])
def test_an_unknown_part_names_the_known_ones(form: str) -> None:
    with pytest.raises(InputError, match="gradient:W"):
        render(derivation("hidden"), form, Options(part="gradient:Q"))


def test_an_unknown_form_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="text, latex, beamer, html, json"):
        render(derivation("hidden"), "docx")
