"""The listing on a slide is the committed kernel, and its numbers are the derivation's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from codegen.listing import listing
from derive import derive
from derive.steps import Kind

ROOT = Path(__file__).parents[2]


def test_each_line_stands_in_the_generated_module() -> None:
    module = (ROOT / "generated" / "mish.py").read_text(encoding="utf-8").splitlines()
    lines = listing(derive(g="mish")).splitlines()
    assert lines[1].strip() == "…"
    assert [line for line in lines if line.strip() != "…" and line not in module] == []


@pytest.mark.parametrize(
    "model", ["softmax(W f(x))", "softmax(W g(V f(x) + b) + c)", "softmax(W (g(U x) * (V x)))"]
)
def test_every_equation_that_is_computed_has_its_number(model: str) -> None:
    made = derive(model)
    shown = {int(number) for number in re.findall(r"# \((\d+)\)", listing(made))}
    computed = {e.number for e in made.equations if e.kind not in (Kind.UPDATE, Kind.ACTIVATION)}
    assert shown == computed


def test_the_listing_is_an_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["gradscribe.kernel"] == {"listing": "codegen.listing:listing"}
