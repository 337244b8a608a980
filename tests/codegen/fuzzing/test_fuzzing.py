"""Random models on every run; a sabotaged rule, lowering or kernel is found and made small."""

from __future__ import annotations

import tomllib
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import codegen
from codegen.cli import main
from codegen.fuzzing.compare import check
from codegen.fuzzing.formula import evaluate
from codegen.fuzzing.models import FEATURES, Activations, Model, models
from codegen.fuzzing.oracle import oracle_of
from codegen.fuzzing.run import Found, ModelTrials, Point, fuzz, keep, tried_round
from derive import derive
from derive.activation import activation
from derive.errors import InputError
from derive.formula import X

ONCE_FAILED = Path(__file__).with_name("once_failed.toml")


@settings(
    max_examples=3, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(models(), st.integers(0, 2**32 - 1))
def test_gradients_of_a_random_model_equal_central_differences(model: Model, seed: int) -> None:
    with suppress(InputError):  # v − v, or a model that never reads x
        check(model, seed, oracle_of("differences"), proof=False, kernels=False)


@pytest.mark.parametrize("entry", tomllib.loads(ONCE_FAILED.read_text())["model"])
def test_a_model_that_once_failed_is_proved_and_generated(entry) -> None:
    derive(entry["text"], entry["bindings"], trainable=entry["trainable"]).verify(trials=1)
    recipe = codegen.recipe.Recipe(entry["text"], entry["bindings"], tuple(entry["trainable"]))
    compile(codegen.generate(recipe), entry["text"], "exec")


def test_kernels_with_a_learned_activation_parameter_are_compared_too() -> None:
    def scores(v, np):
        u = v["V"] @ v["x"]
        return v["W"] @ (u * np.tanh(v["g.a"] * u))

    shapes = {"W": (3, 2), "V": (2, FEATURES)}
    bound = {"g": "x*tanh(a*x)"}
    model = Model("softmax(W g(V x))", bound, {"g.a": 1.5}, ["g.a"], shapes, [("scores", scores)])
    check(model, 1, oracle_of("differences"), proof=False)


def test_the_oracle_and_the_derivation_have_numbers_where_exp_is_infinite() -> None:
    text = "x + log(1 + exp(x))"
    model = Model("softmax(A g(B f(x)))", {"g": text}, shapes={"A": (3, 2), "B": (2, FEATURES)})
    bound = activation(text).valued
    model.lines = [
        ("a", lambda v, np: v["B"] @ v["x"]),
        ("scores", lambda v, np: v["A"] @ evaluate(bound, {X: v["a"]}, np)),
    ]
    A, B = np.array([[1e-3, 2e-3], [0, 1e-3], [2e-3, 0]]), np.full((2, FEATURES), 200.0)
    B[1] *= -1
    given, x = {"A": A, "B": B}, np.ones(FEATURES)  # a = (1000, −1000)
    wanted = oracle_of("differences").gradients(model, given, x, 1)
    derivation = derive(model.text, g=text)
    for name, slopes in wanted.items():
        found = derivation.gradient(name).evaluate(x=x, y=1, **given)
        np.testing.assert_allclose(found, slopes, rtol=1e-5, atol=1e-2)  # of scores near 1000
        assert np.any(found)


def test_a_wrong_kernel_is_found_named_and_made_small(monkeypatch) -> None:
    generate = codegen.generate

    def sabotaged(recipe):
        return generate(recipe).replace("+= A[i, k] * B[", "-= A[i, k] * B[")

    monkeypatch.setattr(codegen, "generate", sabotaged)
    tally, found = tried_round(0, ModelTrials("differences"), 0.0)
    assert found is not None
    assert tally.tried > 0
    assert "the kernel's" in found.message
    assert len(found.subject.model.text) < 30


def test_a_finding_is_kept_for_the_next_run(tmp_path: Path) -> None:
    model = Model("softmax(W0 g(f(x)))", {"g": "x*tanh(a*x)"}, {"g.a": 1.5}, ["g.a"])
    keep(tmp_path / "kept.toml", Found(Point(model, 1), "AssertionError: wrong"))
    keep(tmp_path / "kept.toml", Found(Point(model, 2), "AssertionError: wrong again"))
    one, two = tomllib.loads((tmp_path / "kept.toml").read_text())["model"]
    assert one["text"] == two["text"] == model.text
    assert one["bindings"] == {"g": "x*tanh(a*x)", "g.a": 1.5}
    assert two["found"] == "AssertionError: wrong again"


def test_the_command_says_how_many_it_tried(capsys) -> None:
    assert main(["fuzz", "--minutes", "0", "--against", "differences"]) == 0
    assert (
        "0 models against differences: 0 refused, 0 without a certificate, 0 failed"
        in capsys.readouterr().out
    )


def test_minutes_are_a_number(capsys) -> None:
    assert main(["fuzz", "--minutes", "nan"]) == 2
    assert "--minutes is nan, expected a number" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "words"), [("a = [", "no TOML file"), ("model = 1", "no list")])
def test_findings_are_not_kept_in_a_file_of_something_else(
    text: str, words: str, tmp_path: Path, capsys
) -> None:
    (tmp_path / "other.toml").write_text(text)
    assert main(["fuzz", "--minutes", "0", "--keep", str(tmp_path / "other.toml")]) == 2
    assert words in capsys.readouterr().err
    assert (tmp_path / "other.toml").read_text() == text


def test_every_core_tries_models_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen.fuzzing.run.ROUND", 1)
    monkeypatch.setattr("codegen.fuzzing.run.cores", lambda: 2)
    with closing(fuzz(0.001, 3, ModelTrials("differences"))) as rounds:
        tried = [tally.tried for _, (tally, _) in zip(range(2), rounds, strict=False)]
    assert tried == [1, 2]


def test_the_models_of_a_round_share_a_few_activations() -> None:
    some = Activations.all().some(1)
    assert some == Activations.all().some(1) != Activations.all().some(2)
    assert len({*some.known, *some.formulas, *some.learned}) == 10
    used: set[str] = set()

    @settings(max_examples=30, derandomize=True, database=None, phases=[Phase.generate])
    @given(models(some))
    def collect(model: Model) -> None:
        used.update(model.bindings.values())

    collect()
    assert used
    assert used <= {*some.formulas, *some.learned}
