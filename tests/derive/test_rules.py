"""Each differentiation rule against central differences in 50 digits."""

import itertools

import numpy as np
import pytest
from sympy import (
    Abs,
    IndexedBase,
    KroneckerDelta,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    cos,
    exp,
    gamma,
    log,
    pi,
    sign,
    sin,
    sqrt,
    tan,
)

from derive.arithmetic import HighPrecision
from derive.calculus import derivative, differentiate
from derive.formula import X
from derive.graph import size
from derive.notation import Activated, Maximum, Minimum, Partial
from derive.rules import TABLE, rule_for
from derive.sums import index

x = X
ELEMENTARY = [f for f, (rule, _) in TABLE.items() if rule.name.startswith("chain rule: ")]
FORMULAS = [
    x**3 - 2 * x + 7,
    x * exp(x) * sin(x),
    (x**2 + 1) / (exp(x) + x**2),
    1 / (1 + exp(-x)),
    (x**2 + 1) ** (x + Rational(1, 3)),
    Rational(3, 2) ** (x**2),
    sqrt(x**2 + 4) * log(2 + cos(x)),
    tan(x / 5) / (2 + sin(x)) ** 3,
    Piecewise((x**2, x > 1), (sin(x), x > -1), (x, True)),
    Abs(x**2 - 2) * sign(x - 3),
    Maximum(x**3, x) + Minimum(sin(x), 2 * x),
    Maximum(Minimum(x, 6), 0),
]


def slope(expression, at):
    """Return the derivative by central differences in 50 digits."""
    arithmetic = HighPrecision()
    h = arithmetic.step
    up, down = (
        arithmetic.scalar(expression, {x: np.asarray(arithmetic.context.mpf(at) + shift)}).item()
        for shift in (h, -h)
    )
    return float((up - down) / (2 * h))


def value(expression, at):
    arithmetic = HighPrecision()
    return float(arithmetic.scalar(expression, {x: np.asarray(arithmetic.context.mpf(at))}).item())


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
@pytest.mark.parametrize("at", [-2.3, -0.7, 0.4, 1.9])
def test_derivative_equals_central_differences(formula, at):
    assert value(derivative(formula, x), at) == pytest.approx(slope(formula, at), rel=1e-13)


@pytest.mark.parametrize("function", ELEMENTARY, ids=str)
def test_every_elementary_function_is_differentiated_rightly(function):
    formula = function(x / 2 + Rational(7, 5))
    assert value(derivative(formula, x), 0.3) == pytest.approx(
        slope(formula, 0.3), rel=1e-13, abs=0
    )


@pytest.mark.parametrize(
    ("formula", "at", "chosen"),
    [
        (Abs(x), 0, 0),
        (sign(x), 0, 0),
        (Maximum(3 * x, x), 0, 3),
        (Maximum(x, 3 * x), 0, 1),
        (Minimum(3 * x, x), 0, 3),
        (Piecewise((x, x > 0), (2 * x, True)), 0, 2),
        (Piecewise((x, x >= 0), (2 * x, True)), 0, 1),
    ],
    ids=str,
)
def test_derivative_at_a_break_point_is_the_selected_branch(formula, at, chosen):
    assert value(derivative(formula, x), at) == chosen


def test_each_step_begins_where_the_last_one_ended_and_no_derivative_is_left():
    result, steps = differentiate(x * exp(-(x**2)) / (1 + x**2), x)
    assert steps[0].before == Partial(x * exp(-(x**2)) / (1 + x**2), x)
    for one, following in itertools.pairwise(steps):
        assert one.after == following.before
    assert steps[-1].after == result
    assert not result.has(Partial)


def test_an_activation_changes_with_its_argument_and_with_its_parameters():
    g, beta = Symbol("g"), Symbol("beta")
    found = derivative(Activated(g, (0, 0), x**3, x**2 + beta), x)
    inner, outer = (Activated(g, orders, x**3, x**2 + beta) for orders in ((1, 0), (0, 1)))
    assert found == 3 * x**2 * inner + 2 * x * outer


def test_entries_are_independent_and_a_sum_is_differentiated_term_by_term():
    i, j, k, p, q = (index(name) for name in "ijkpq")
    V, f = (IndexedBase(Symbol(name, real=True)) for name in "Vf")
    node = Sum(V[k, j] * f[j], (j, 1, size("n")))
    rule, differentiate = rule_for(node, V[p, q])
    assert rule.name == "sum rule"
    assert differentiate(node, V[p, q]) == Sum(Partial(V[k, j] * f[j], V[p, q]), *node.limits)
    rule, differentiate = rule_for(V[k, j], V[p, q])
    assert rule.name == "independent entries"
    assert differentiate(V[k, j], V[p, q]) == KroneckerDelta(k, p) * KroneckerDelta(j, q)
    with pytest.raises(ValueError, match="shorter"):
        differentiate(V[k, j], V[i])


def test_a_quotient_is_differentiated_by_the_quotient_rule():
    assert rule_for(sin(x) / (1 + x**2), x)[0].name == "quotient rule"


def test_conditions_stay_as_they_were_written():
    written = Piecewise((x**2, 2 * x > 2), (sin(x), True), evaluate=False)
    found = rule_for(written, x)[1](written, x)
    assert [condition for _, condition in found.args] == [c for _, c in written.args]


@pytest.mark.parametrize(("node", "minor"), [(pi, True), (x, True), (3 * x, True), (x**3, False)])
def test_what_a_lecturer_would_not_write_is_minor(node, minor):
    assert rule_for(node, x)[0].minor is minor


def test_a_node_without_a_rule_is_refused_by_name():
    with pytest.raises(TypeError, match="gamma"):
        derivative(gamma(x), x)
