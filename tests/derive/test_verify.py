"""A wrong line never passes: every rule is sabotaged in turn and the proof names a step."""

import re

import pytest
from sympy import Indexed

from derive import VerificationError, backprop, derive, rules
from derive.cli import main
from derive.rules import TABLE
from derive.verify import TOLERANCE

# for each rule a model, or an activation, in whose derivation it is used
NETWORK = "softmax(W g(V f(x) + b) + c)"
WHERE = {
    "Symbol": "x**2",
    "Indexed": None,
    "Add": "x + x**2",
    "Sum": None,
    "Mul": "x*tanh(x)",
    "Pow": "x**3",
    "Piecewise": "Piecewise((x, x > 0), (x**2, True))",
    "Abs": "x*abs(x)",
    "Maximum": "max(x, -x)",
    "Minimum": "min(x, -x/2)",
    "Activated": None,
    "sign": "x*sign(x)",
}


def formula_for(kind):
    name = kind.__name__
    if name in WHERE:
        return WHERE[name] or "tanh"
    return f"{name}(x)" if name != "log" else "log(1 + x**2)"


def sabotaged(kind, monkeypatch, change):
    rule, differentiate = TABLE[kind]
    monkeypatch.setitem(
        TABLE, kind, (rule, lambda node, variable: change(differentiate(node, variable)))
    )


@pytest.mark.parametrize("fault", ["sign", "factor"])
@pytest.mark.parametrize("kind", sorted(TABLE, key=lambda kind: kind.__name__), ids=str)
def test_a_fault_in_any_rule_fails_the_check_which_names_the_step(kind, fault, monkeypatch, capsys):
    typed = [NETWORK, f"g={formula_for(kind)}"]
    honest = derive(NETWORK, g=formula_for(kind)).equations
    faults = {"sign": lambda e: -e, "factor": lambda e: 2 * e}
    if kind.__name__ == "sign":  # its derivative is 0
        faults = {"sign": lambda e: e - 1, "factor": lambda e: e + 1}
    sabotaged(kind, monkeypatch, faults[fault])
    assert derive(NETWORK, g=formula_for(kind)).equations != honest
    assert main([*typed, "--check", "--trials", "1"]) == 1
    assert re.search(r"equation \(\d+\), step \d+: .+ does not hold", capsys.readouterr().err)


def test_a_parameter_beside_a_vector_that_depends_on_it_is_no_fault():
    derive("z = V x + b; softmax(W (z * (z + b)))").verify(trials=1)


def test_an_exchanged_index_in_a_rule_fails_the_check_which_names_the_step(monkeypatch, capsys):
    rule, differentiate = TABLE[Indexed]

    def exchanged(node, variable):
        return differentiate(node, variable.func(variable.base, *reversed(variable.indices)))

    monkeypatch.setitem(TABLE, Indexed, (rule, exchanged))
    assert main(["softmax(W f(x))", "--check", "--trials", "1"]) == 1
    assert re.search(r"step \d+: independent entries.* does not hold", capsys.readouterr().err)


def test_no_form_shows_a_line_that_does_not_hold(monkeypatch, capsys):
    sabotaged(Indexed, monkeypatch, lambda e: -e)
    for form in ("text", "latex", "beamer", "html", "json"):
        assert main(["softmax(W f(x))", "--to", form]) == 1
        shown = capsys.readouterr()
        assert not shown.out
        assert "does not hold" in shown.err


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("constant_factor", "3*x"),
        ("quotient", "x*exp(x)/(1 + x**2)"),
        ("exponential", "2**x"),
        ("general_power", "(1 + x**2)**x"),
    ],
)
def test_a_flipped_sign_in_a_rule_chosen_by_form_fails_the_proof(name, formula, monkeypatch):
    derive(NETWORK, g=formula).verify(trials=1)
    honest = getattr(rules, name)
    monkeypatch.setattr(rules, name, lambda node, variable: -honest(node, variable))
    with pytest.raises(VerificationError, match="equation"):
        derive(NETWORK, g=formula).verify(trials=1)


def test_the_table_of_sabotage_covers_every_rule():
    assert {kind.__name__ for kind in TABLE} >= set(WHERE)


@pytest.mark.parametrize("module", ["contract", "fold", "collect"])
def test_a_wrong_sum_manipulation_fails_the_proof(module, monkeypatch):
    honest = getattr(backprop, module)
    monkeypatch.setattr(backprop, module, lambda *arguments: -honest(*arguments))
    with pytest.raises(VerificationError, match="equation"):
        derive(NETWORK, g="tanh").verify(trials=1)


def test_a_wrong_matrix_form_fails_the_proof(monkeypatch):
    honest = backprop.matrix_form
    monkeypatch.setattr(backprop, "matrix_form", lambda *a: 2 * honest(*a))
    with pytest.raises(VerificationError, match="matrix form"):
        derive(NETWORK, g="tanh").verify(trials=1)


def test_a_parameter_may_bear_the_name_of_the_one_hot_rows():
    derive("softmax(Y g(E f(x)))").verify(trials=1)


def test_every_check_of_an_honest_derivation_is_far_below_the_tolerance():
    checks = list(derive(NETWORK, g="mish").checks(trials=2))
    assert len(checks) > 50
    assert max(check.residual for check in checks) < TOLERANCE / 1e6
    assert {check.what for check in checks} >= {"left = right", "matrix form", "SymPy's diff of L"}


@pytest.mark.parametrize(
    ("model", "formula"),
    [
        ("softmax(U g(W g(V f(x))))", "exp(x**4)"),
        ("z = g(V f(x)); softmax(W (z + g(U z)))", "x**9"),
        ("softmax(W g(V f(x)))", "sin(1e9*x)"),
        ("softmax(W g(V f(x)))", "1/x**7"),
        ("softmax(g(W f(x)))", "exp(1e100*x)"),
    ],
)
def test_a_right_line_holds_however_steep_the_activation(model, formula):
    derive(model, g=formula).verify(trials=1)


def test_a_slope_that_is_infinite_at_a_point_is_a_number_of_the_proof():
    derive("softmax(W g(V f(x)))", g="abs(x)**x").verify(trials=1)


def test_checks_are_the_same_for_the_same_seed():
    derivation = derive("softmax(W g(V f(x)))", g="tanh")
    one, two = ([c.residual for c in derivation.checks(1, seed=3)] for _ in range(2))
    assert one == two


def test_a_slope_is_compared_where_the_activation_has_a_value():
    derive(g="log(x)").verify()  # 1/x has one below 0 too


@pytest.mark.parametrize("formula", ["log(x - 1000)", "acosh(x/50)", "sqrt(1 - (x + 5)**2)"])
def test_a_domain_that_is_short_or_far_out_is_found(formula: str) -> None:
    derive(g=formula).verify(trials=1)


@pytest.mark.parametrize("formula", ["log(-x)", "log(log(x))", "log(max(x, 0))"])
def test_points_are_found_where_an_activation_has_values_on_one_side_only(formula):
    derive(g=formula).verify()


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("x**a", 2),  # of which no other exponent is real for x < 0
        ("clip(max(0.5, x), -1, a)", 0.5),  # a tie for every x below a
        ("clip(x, min(x + a, 0), abs(hypot(x, min(x, 0))))", 0.5),  # for every x above 0
    ],
)
def test_what_holds_beside_a_trained_value_only_is_no_fault(formula, value):
    derive(g=formula, trainable=["g.a"], **{"g.a": value}).verify(trials=1)
