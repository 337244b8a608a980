"""Random formulas are derived, shown, compared form by form and certified; what fails is made small."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.cli import main
from codegen.fuzzing import formulas
from codegen.fuzzing.formulas import FormulaTrials, Typed, check
from codegen.fuzzing.run import tried_round


@pytest.mark.parametrize(
    ("text", "learned"),
    [
        ("min(min(max(-x, 0), 6)/6, x - 0.3)", False),
        ("log(max(x, 0))", False),
        ("(x**2 if x > 0 else b*x) - tanh(a*x)", True),
    ],
)
def test_a_formula_is_held_to_its_word(text: str, learned: bool) -> None:
    check(Typed(text, learned, "float32"))


def test_a_wrong_form_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(expressions, variable, wide):
        return [
            (
                "of another function",
                formulas.stated([e + variable**2 for e in expressions], variable),
            )
        ]

    monkeypatch.setattr(formulas, "candidates", wrong)
    tally, found = tried_round(0, FormulaTrials(), 0.0)
    assert tally.tried == 1
    assert found is not None
    assert "the value in the form of another function is" in found.message
    assert len(found.subject.text) < 8


def test_the_command_says_how_many_it_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", "--formulas", "--minutes", "0"]) == 0
    assert capsys.readouterr().out == "0 formulas: 0 refused, 0 without a certificate, 0 failed\n"


@pytest.mark.parametrize("what", ["--formulas", "--texts"])
def test_what_is_no_model_is_not_kept(what: str, tmp_path: Path, capsys) -> None:
    assert main(["fuzz", what, "--minutes", "0", "--keep", str(tmp_path / "kept.toml")]) == 2
    assert "is for models" in capsys.readouterr().err
