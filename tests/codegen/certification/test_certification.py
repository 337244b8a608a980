"""The certify command: what a name means, its table, its facts, its exit status and its plot."""

from __future__ import annotations

import json

import numpy as np
import pytest

from codegen import scalar
from codegen.certification import errors as measured
from codegen.certification import plot as drawing
from codegen.certification.card import Certified
from codegen.certification.errors import errors
from codegen.certification.plot import draw_errors
from codegen.certification.report import facts, table
from codegen.certification.subject import subjects
from codegen.cli import main
from codegen.scalar.certificate import BOUNDS, CertificateError, Row
from codegen.settings import find_settings
from derive.activation import activation
from derive.errors import InputError

ROW = Row("float32", "value", 1.25, float("inf"), 1234, "two of them", 1.0, 1.0)


@pytest.fixture
def settings(tmp_path):
    return find_settings(tmp_path)


def test_a_formula_a_library_name_and_a_model_name_their_activations(settings):
    _, found = subjects(settings, "x*tanh(b*x)", ("b=2",), (), None)
    assert {symbol: str(a.bound) for symbol, a in found.items()} == {"g": "x*tanh(2*x)"}
    _, found = subjects(settings, "relu", (), (), None)
    assert found["g"].name == "relu"
    _, found = subjects(settings, "softmax(U h(W g(V x)))", ("g=relu", "h=tanh"), (), "float32")
    assert set(found) == {"g", "h"}


def test_a_model_without_activations_has_nothing_to_certify(settings):
    with pytest.raises(InputError, match="no activation"):
        subjects(settings, "softmax(W f(x))", (), (), None)


def test_the_command_prints_measured_errors_within_the_bounds(capsys):
    assert main(["certify", "relu", "--samples", "300", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {(row["dtype"], row["quantity"]) for row in found} == {
        (dtype, quantity) for dtype in BOUNDS for quantity in ("value", "derivative")
    }
    assert all(row["max_ulp"] <= row["bound"] for row in found)
    assert main(["certify", "relu", "--samples", "300", "--dtype", "float32"]) == 0
    assert "value of g" in capsys.readouterr().out


def test_a_missed_bound_exits_with_1_and_names_x_the_value_and_the_truth(monkeypatch, capsys):
    def miss(subject, *_, **__):
        row = Row("float32", "value", 9.0, 0.5, 10, "", 3.0, 4.0)
        raise CertificateError.of(subject.bound, [row], "float32")

    monkeypatch.setattr(scalar, "certify", miss)
    assert main(["certify", "relu"]) == 1
    shown = capsys.readouterr().err
    assert all(part in shown for part in ("0.5", "3.0", "4.0"))
    assert "Traceback" not in shown


def test_facts_are_valid_json_at_infinity():
    (fact,) = facts({"g": [ROW]})
    assert fact["x"] == "inf"
    json.dumps(fact, allow_nan=False)
    assert table({"g": [ROW]}).row_count == 1


def test_the_plot_shows_errors_of_the_emitted_code(tmp_path):
    found = errors(activation("relu"), "float32", 200)
    assert np.all(np.diff(found.x) > 0)
    assert all(np.all(ulp <= BOUNDS["float32"]) for ulp in found.ulp)
    path = tmp_path / "errors.svg"
    draw_errors(path, {"g": [found]}, "relu")
    assert path.read_text().startswith("<?xml")


def test_what_a_certificate_exempts_is_not_drawn():
    found = errors(activation("gelu"), "float64", 400)  # its slope has an irrational zero
    assert np.isnan(found.ulp[1]).any()
    assert all(np.nanmax(ulp) <= BOUNDS["float64"] for ulp in found.ulp)


def test_a_plot_is_of_the_value_that_a_varied_parameter_begins_with(monkeypatch):
    titles = []
    monkeypatch.setattr(scalar, "certify", lambda *given, **options: (ROW,))
    monkeypatch.setattr(measured, "errors", lambda *given: None)
    monkeypatch.setattr(drawing, "draw_errors", lambda path, found, title: titles.append(title))
    assert main(["certify", "tanh(a*x)", "a=2", "--trainable", "a", "--plot", "errors.svg"]) == 0
    assert titles == ["g(x) = tanh(a*x) with a = 2"]


def test_a_plot_that_cannot_be_drawn_is_refused_before_measuring(capsys):
    assert main(["certify", "relu", "--plot", "errors.xyz"]) == 2
    assert ".xyz" in capsys.readouterr().err


def test_a_certified_activation_shows_formula_graph_and_certificate():
    found = Certified(activation("relu"), (ROW,))
    for word in ("<svg", "<math", "1.25 ULP", "two of them", "1,234"):
        assert word in found._repr_html_()
    assert "1.250 ULP at x = inf, 1,234 inputs (two of them)" in str(found)
