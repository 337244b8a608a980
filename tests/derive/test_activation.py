"""The library, and what a value of an activation binding may be."""

import mpmath
import pytest
from sympy import Rational, exp, log, tanh

from derive.activation import activation, library, random_smooth
from derive.errors import InputError
from derive.formula import X, parameter
from derive.pointwise import evaluate


@pytest.mark.parametrize("name", library())
def test_every_activation_of_the_library_is_a_function_of_x(name):
    entry = library()[name]
    assert entry.bound.free_symbols == {X}
    assert {symbol.name for symbol in entry.expression.free_symbols - {X}} == set(entry.parameters)
    assert 1940 < entry.year <= 2030
    assert entry.source
    assert entry.kinks
    assert mpmath.isfinite(evaluate(entry.bound, {X: mpmath.mpf("0.3")}))


def erf_gelu(x):
    return x * mpmath.ncdf(x)


ORACLES = {
    "relu": lambda x: max(x, 0),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "selu": lambda x: (
        mpmath.mpf("1.0507009873554804934193349852946")
        * (x if x > 0 else mpmath.mpf("1.6732632423543772848170429916717") * mpmath.expm1(x))
    ),
    "sigmoid": lambda x: mpmath.exp(x) / (1 + mpmath.exp(x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "silu": lambda x: x * (1 + mpmath.tanh(x / 2)) / 2,
    "gelu": erf_gelu,
    "mish": lambda x: x * (1 - 2 / ((1 + mpmath.exp(x)) ** 2 + 1)),
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "squareplus": lambda x: 2 / (mpmath.sqrt(x**2 + 4) - x),
    "softsign": lambda x: x / (1 + abs(x)),
    "symlog": lambda x: mpmath.sign(x) * mpmath.log1p(abs(x)),
    "hardshrink": lambda x: x if abs(x) > 0.5 else 0,
    "softshrink": lambda x: mpmath.sign(x) * max(abs(x) - mpmath.mpf(1) / 2, 0),
    "smelu": lambda x: 0 if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4,
    "siren_sine": lambda x: mpmath.sin(30 * x),
    "cloglog": lambda x: -mpmath.expm1(-mpmath.exp(x)),
    "tanhshrink": lambda x: x - mpmath.tanh(x),
    "logish": lambda x: x * mpmath.log1p(1 / (1 + mpmath.exp(-x))),
}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("point", ["-7", "-2.5", "-0.3", "0", "0.4", "1", "3.7", "20"])
def test_the_values_are_those_of_the_literature(name, point):
    with mpmath.workdps(40):
        x = mpmath.mpf(point)
        value = evaluate(library()[name].bound, {X: x})
        assert mpmath.almosteq(value, ORACLES[name](x), 1e-25, 1e-25)


def test_parameters_are_exact_and_replace_the_defaults():
    swish = activation("swish", {"beta": 1.7})
    assert swish.parameters == {"beta": Rational(17, 10)}
    assert swish.bound == X / (1 + exp(-Rational(17, 10) * X))
    assert library()["swish"].parameters == {"beta": 1}


def test_a_trainable_parameter_stays_a_symbol_with_a_value():
    swish = activation("swish", {"beta": "1.5"}, ["beta"])
    assert swish.symbols == (parameter("beta"),)
    assert swish.bound == X / (1 + exp(-parameter("beta") * X))
    assert swish.valued == X / (1 + exp(-Rational(3, 2) * X))
    assert activation(swish).trainable == ("beta",)


def test_a_formula_is_an_activation_once_its_parameters_have_values():
    tish = activation("x*tanh(log(1+exp(beta*x))/beta)", {"beta": 2})
    assert tish.bound == X * tanh(log(1 + exp(2 * X)) / 2)
    assert str(tish).endswith("with beta=2")
    assert str(tish).startswith("g(x) = ")


def test_a_value_at_which_a_case_collapses_gives_that_case():
    assert activation("soft_exponential", {"a": 0}).bound == X
    assert activation("soft_exponential", {"a": -1}).bound == log(X)


def test_activations_are_equal_by_value_and_hashable():
    assert activation("mish") == activation("mish")
    assert len({activation("mish"), activation("mish"), activation("gelu")}) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("swsh",), "did you mean swish"),
        (("",), "empty"),
        (("g",), "no activation"),
        (("a*x",), "a=1"),
        (("a*x + c*x", {"a": 1}), "parameter c"),
        (("softplus", {"beta": 2}), "it has b"),
        (("gelu", {}, ["b"]), "it has none"),
        (("softplus", {"b": "two"}), "two"),
        (("softplus", {"b": float("nan")}), "nan"),
        (("softplus", {"b": 0}), "divides by 0"),
        ((3,), "library name"),
        ((None,), "library name"),
    ],
)
def test_bad_bindings_are_answered_by_one_sentence(arguments, message):
    with pytest.raises(InputError, match=message):
        activation(*arguments)


def test_random_smooth_activations_differ_by_seed_and_repeat_by_it():
    assert random_smooth(1) == random_smooth(1)
    assert random_smooth(1) != random_smooth(2)
    assert random_smooth(3).bound.free_symbols == {X}
