"""g″ and the Hessian-vector product: derived by the rules, held against differences."""

import numpy as np
import pytest
from sympy import Rational, S, Symbol

from derive import derive
from derive.activation import activation
from derive.arithmetic import Float64
from derive.directional import with_changes
from derive.formula import X
from derive.given import given_values
from derive.numeric import Evaluator
from derive.partials import partials
from derive.steps import Kind
from derive.subgradient import second_derivative
from tests.derive.test_derivation import inputs

STEP = 1e-5
MODELS = {
    "softmax(W f(x))": {},
    "softmax(W g(V f(x) + b) + c)": {"g": "mish"},
    "softmax(W g(V^T g(V f(x))))": {"g": "silu"},
    "softmax(W (silu(U f(x)) * (V f(x))) + c)": {},
}


def at(data, equations, arrays, x, y):
    """Return an evaluator that knows every quantity that the equations give, changes apart."""
    point = Evaluator(data.objective, given_values(data.objective, x, y, arrays), Float64())
    point = point.holding({"omega": np.linspace(0.5, 2, len(y))}).forward()
    for equation in equations:
        name = equation.quantity.name
        if not name.startswith("dot_") and name not in point.values.arrays:
            array = point.array(equation.right, equation.indices, equation.quantity.sizes)
            point = point.holding({name: array})
    return point


@pytest.mark.parametrize("model", MODELS)
def test_every_quantity_changes_as_differences_say(model):
    derivation = derive(model, MODELS[model])
    data = derivation.weighted_dataset
    equations = with_changes(data.objective, data.equations)
    arrays, x, y = inputs(derivation, 0, batch=5)
    given = {**arrays, "X": x}
    rng = np.random.default_rng(1)
    directions = {name: rng.normal(size=array.shape) for name, array in given.items()}
    ends = []
    for step in (STEP, -STEP):
        moved = {name: array + step * directions[name] for name, array in given.items()}
        ends.append(at(data, equations, moved, moved.pop("X"), y).values.arrays)
    up, down = ends
    point = at(data, equations, arrays, x, y)
    point = point.holding({f"dot_{name}": array for name, array in directions.items()})
    changes = [e for e in equations if e.quantity.name.startswith("dot_")]
    for equation in changes:
        name = equation.quantity.name
        found = point.array(equation.right, equation.indices, equation.quantity.sizes)
        point = point.holding({name: found})
        quantity = name.removeprefix("dot_")
        expected = (up[quantity] - down[quantity]) / (2 * STEP)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6, err_msg=name)
    named = {equation.quantity.name for equation in changes}
    assert {*(f"dot_d{name}" for name in arrays), "dot_err_X"} <= named


def test_the_change_of_softmax_reads_as_in_the_books():
    data = derive("softmax(W f(x))").weighted_dataset
    (change,) = (
        e for e in with_changes(data.objective, data.equations) if e.quantity.name == "dot_P"
    )
    assert str(change.right) == "(dot_s[b, i] - Sum(P[b, j]*dot_s[b, j], (j, 1, m)))*P[b, i]"


@pytest.mark.parametrize(
    ("formula", "place", "chosen"),
    [
        ("relu", 0, S.Zero),
        ("x*abs(x)", 0, S.Zero),  # within [−2, 2]
        ("sin(x)/x", 0, Rational(-1, 3)),  # the limit, where the formula reads 0/0
        ("elu", 0, S.One),  # of the branch e^x − 1, which the formula selects at 0
    ],
)
def test_second_derivative_at_a_break_point_follows_the_convention(formula, place, chosen):
    assert second_derivative(activation(formula)).subs(X, place) == chosen


@pytest.mark.parametrize("name", ["mish", "sin(x)/x", "elu"])
def test_second_derivative_is_proved_line_by_line(name):
    derivation = derive("softmax(W g(V f(x)))", g=name)
    second = derivation.second_order
    assert second.equations[: len(derivation.equations)] == derivation.equations
    (added,) = second.equations[len(derivation.equations) :]
    assert added.kind is Kind.ACTIVATION
    assert added.left.orders == (2,)
    alone = [check for check in second.checks(trials=1) if check.equation == added]
    assert len(alone) > len(added.steps)
    assert all(check.passed for check in alone)


def test_second_derivative_of_a_trainable_activation_is_in_the_models_names():
    second = derive("softmax(W g(V f(x)))", g="swish", trainable=["g.beta"]).second_order
    assert Symbol("beta", real=True) in second.equations[-1].right.free_symbols


def test_second_derivatives_in_trainable_parameters_are_proved_line_by_line():
    formula = "c*tanh(b*x)"
    derivation = derive(
        "softmax(W g(V f(x)))", {"g.b": 2, "g.c": 1}, g=formula, trainable=["g.b", "g.c"]
    )
    second = derivation.second_order
    added = second.equations[len(derivation.equations) :]
    orders = [equation.left.orders for equation in added]
    assert orders == [(2, 0, 0), (1, 1, 0), (1, 0, 1), (0, 2, 0), (0, 1, 1), (0, 0, 2)]
    for equation in added:
        alone = [check for check in second.checks(trials=1) if check.equation == equation]
        assert alone
        assert all(check.passed for check in alone)
    lines = second.text().splitlines()
    assert any(line.split(" = ")[0].endswith("∂²g/∂b∂c(x)") for line in lines)
    assert any(line.split(" = ")[0].endswith("∂²g/∂b²(x)") for line in lines)


def test_partials_are_those_of_sympy():
    g = activation("tanh(b*x)", {"b": 2}, ["b"])
    (b,) = g.symbols
    at = {X: Rational(1, 3), b: Rational(3, 2)}
    for (in_x, in_b), found in partials(g).items():
        expected = g.bound
        for variable, order in ((X, in_x), (b, in_b)):
            expected = expected.diff(variable, order) if order else expected
        assert abs((found - expected).xreplace(at).evalf(40)) < 1e-35
