"""The formula reader: what it accepts, what it means, and one sentence for everything else."""

from itertools import count

import mpmath
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sympy import Abs, Piecewise, Rational, Symbol, exp, log, pi, sqrt, tanh

from derive.budget import limited
from derive.errors import InputError
from derive.formula import X, formula, parameter
from derive.library import entries
from derive.notation import Maximum, Minimum
from derive.pointwise import evaluate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", X),
        ("-x + 2", 2 - X),
        ("x - 1 - 2 - 3", X - 6),
        ("12/x/2*3", 18 / X),
        ("2**-x**2", Rational(2) ** (-(X**2))),
        ("0.5**x", Rational(1, 2) ** X),
        ("0.044715*x", Rational(44715, 10**6) * X),
        ("1e-3*x", X / 1000),
        (".5*x", X / 2),
        ("5.*x", 5 * X),
        ("1.6732632423543772848170429916717", Rational(16732632423543772848170429916717, 10**31)),
        ("sqrt(2/pi)*x", sqrt(2 / pi) * X),
        ("x*tanh(log(1 + exp(x)))", X * tanh(log(1 + exp(X)))),
        ("ln(1 + exp(x))", log(1 + exp(X))),
        ("log1p(exp(x))", log(1 + exp(X))),
        ("abs(x)", Abs(X)),
        ("Abs(sqrt(1 + x**2) - 2)", Abs(sqrt(1 + X**2) - 2)),
        ("max(x, 0)", Maximum(X, 0)),
        ("max(0, x)", Maximum(0, X)),
        ("min(x, 1, x**2)", Minimum(Minimum(X, 1), X**2)),
        ("max(2, 3)*x", 3 * X),
        ("x/x", Rational(1)),
        ("x if 1 < 2 else 1/0", X),
        ("π*x", pi * X),
        ("\n x *\t2 ", 2 * X),
    ],
)
def test_a_formula_means_what_is_written(text, expected):
    assert formula(text) == expected


@pytest.mark.parametrize(
    "name", ["beta", "gamma", "S", "N", "E", "I", "Q", "zeta", "e", "β", "lam"]
)
def test_names_that_mean_something_to_sympy_are_plain_parameters(name):
    assert formula(f"{name}*x") == Symbol(name, real=True) * X


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x if x > 0 else 0", {-1: 0, 0: 0, 2: 2}),
        ("Piecewise((x, x > 0), (0, True))", {-1: 0, 0: 0, 2: 2}),
        ("Piecewise((1, Eq(x, 0)), (2, Ne(x, 1)), (3, True))", {0: 1, 5: 2, 1: 3}),
        ("x if -1 < x <= 1 else 7", {-1: 7, 0: 0, 1: 1, 2: 7}),
        ("x if (x > -1) & (x <= 1) else 7", {-1: 7, 0: 0, 1: 1, 2: 7}),
        ("x if not (x <= -1 or x > 1) else 7", {-1: 7, 0: 0, 1: 1, 2: 7}),
        ("x if ~((x <= -1) | (x > 1)) else 7", {-1: 7, 0: 0, 1: 1, 2: 7}),
        ("1 if x == 0 else 2 if x != 3 else 4", {0: 1, 1: 2, 3: 4}),
        ("Piecewise((x, x > 0), (-x, x <= 0))", {-2: 2, 0: 0, 2: 2}),
        ("Piecewise((1, x < -1), (2, (-1 <= x) & (x < 1)), (3, x >= 1))", {-2: 1, -1: 2, 1: 3}),
        ("sign(x)*3", {-2: -3, 0: 0, 2: 3}),
        ("abs(log(x)) if x > 0 else 0", {1: 0, -1: 0}),
        ("relu(x - 1) + leaky_relu(x)", {3: 5, 0: 0}),
    ],
)
def test_conditions_hold_where_they_say(text, at):
    expression = formula(text)
    assert {point: evaluate(expression, {X: mpmath.mpf(point)}) for point in at} == at


def test_library_names_are_functions_with_default_or_given_parameters():
    assert formula("x*sigmoid(1.7*x)") == X / (1 + exp(-Rational(17, 10) * X))
    assert formula("softplus(x, b=2)") == log(1 + exp(2 * X)) / 2
    assert formula("softplus(x, b=c)") == log(1 + exp(parameter("c") * X)) / parameter("c")


def test_a_case_that_a_value_rules_out_is_not_read():
    text = entries()["soft_exponential"].formula
    assert formula(text, {"a": Rational(0)}) == X
    assert not formula(text, {"a": Rational(1)}).has(Piecewise)


def test_abs_of_what_may_not_be_real_stays_real():
    assert evaluate(formula("abs(log(x))"), {X: mpmath.mpf("0.5")}) == mpmath.log(2)


REFUSED = {
    "": "empty",
    "   ": "empty",
    "x +": "stops after +",
    "x y": r"write \* between",
    "tanh x": r"write tanh\(x\)",
    "x*|x|": r"abs\(x\)",
    "2x": r"write \* between",
    "2(x + 1)": r"write \* between",
    "x(x + 1)": r"write \* between",
    "(x": "never closed",
    "x)": "closes nothing",
    "x^2": r"\*\*",
    "0**x": "only a number above 0",
    "(-2)**x": "only a number above 0",
    "pow(x - x, abs(x))": "only a number above 0",
    "x // 2": "operator",
    "x % 2": "character 3",
    "x − 1": "type -",
    "x = 1": "==",
    "x > 0": "condition",
    "x and 1": "condition",
    "x > 0 & x < 1": "condition",
    "x if x else 0": "comparison",
    "x if x > 0": "cannot be read",
    "Piecewise((x, x > 0))": "without a value",
    "Piecewise((x, x > 0), (1, x < 0))": "without a value",
    "Piecewise(x)": "pairs",
    "Piecewise()": "pairs",
    "exp": r"exp\(x\)",
    "exp()": "1 argument",
    "exp(x, 1)": "1 argument",
    "max(x)": "at least 2",
    "exp(x=1)": "named",
    "softplus(x, c=2)": "it has b",
    "softplus(*x)": "star",
    "softplus(x, **x)": "no parameter",
    "sigmiod(x)": "did you mean sigmoid",
    "lambda*x": "lam",
    "None": "word of Python",
    "x.real": "dot",
    "x.__class__": "dot",
    "__import__('os')": "character",
    "_x": "not allowed",
    "a__b*x": "not allowed",
    "[x]": "character 1",
    "x, 1": "comma",
    "x + ()": "holds nothing",
    "'x'": "character 1",
    "f(x)": "no function",
    "x:=1": "character",
    "(lambda: x)()": "word|character",
    "0x10*x": "decimal",
    "1_0*x": "decimal",
    "1j*x": "number",
    "True*x": "number",
    "inf*x": "inf",
    "X*2": "small x",
    "log(-1)": "real value",
    "log(0)*x": "real value",
    "(-8)**(1/3)": "real value",
    "sqrt(-x**2 - 1)*sqrt(-1)": "real value",
    "tan(pi/2)": "real value",
    "1/0": "divides by 0",
    "x/(1 - 1)": "divides by 0",
    "х": "cyrillic",
    "ｘ": "fullwidth",
    "x\x00": "x00",
    "x\u202e": "character",
    "9**9**9**9": "limit",
    "2**(10**9)*x": "limit",
    "exp(10**9)": "limit",
    "x**(10**9)": "limit",
    "(x + 1)**1000000": "limit",
    "(x**999)**999": "limit",
    "1e999999999": "limit",
    "9" * 500: "limit",
    "x*" + "9" * 3000: "limit",
    "(" * 1000 + "x" + ")" * 1000: "limit",
    "+".join(["x"] * 10_000): "limit",
    "-" * 300 + "x": "limit",
    "gelu(" * 40 + "x" + ")" * 40: "limit",
    " if x > 0 else ".join(["x"] * 120): "limit",
    "a" * 50 + "*x": "limit",
    "x" + "**(1/3)" * 32: "8 powers within each other, the limit",
    "x*" + "exp(-" * 20 + "2" + ")" * 20: "8 powers within each other, the limit",
    "x*" + "cbrt(7/3 + " * 14 + "2" + ")" * 14: "8 powers within each other, the limit",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:24]))
def test_what_is_no_formula_is_refused_in_one_sentence_at_once(text):
    with pytest.raises(InputError, match=REFUSED[text]) as caught:
        formula(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_reading_has_a_limit_of_time_of_its_own(monkeypatch):
    clock = count(step=20.0)
    monkeypatch.setattr("derive.budget.time.thread_time", lambda: next(clock))
    with pytest.raises(InputError, match="takes more than 30 seconds of processor time"):
        formula("x*tanh(log(1 + exp(x)))")


def test_the_error_points_at_the_character():
    with pytest.raises(InputError, match=r"character 9 "):
        formula("1 + x + foo(x)")


ATOMS = ["x", "2", "0.5", "pi", "a", "1e-3", "-x", "x**2"]
WRAPS = [
    "exp({})", "log({})", "tanh({})", "abs({})", "sqrt({})", "({})**2", "sign({})", "-({})",
    "sigmoid({})", "({})**0.5", "erf({})", "1/({})", "mish({})", "sin({})", "not ({})", "({}) > 0",
]  # fmt: skip
JOINS = [
    "({})+({})", "({})*({})", "({})-({})", "({})/({})", "({})**({})", "max({}, {})",
    "min({}, {})", "({}) if x > 0 else ({})", "Piecewise(({}, x < {}), (0, True))", "({}) < ({})",
]  # fmt: skip
FORMULAS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds(lambda wrap, a: wrap.format(a), st.sampled_from(WRAPS), inner),
        st.builds(lambda join, a, b: join.format(a, b), st.sampled_from(JOINS), inner, inner),
    ),
    max_leaves=10,
)
ALPHABET = "xab01279.()+-*/<>=!&|~, eEπβ_'\"[]{}:;@#%^\\\n\t²−"


@given(st.one_of(st.text(max_size=60), st.text(ALPHABET, max_size=60), FORMULAS))
@settings(max_examples=150, deadline=None)
@example("x**x**x")
@example("0**-1")
@example("sqrt(x)**-2.5")
def test_any_text_is_read_or_refused(text):
    try:
        result = formula(text)
    except InputError:
        return
    assert all(symbol.is_real for symbol in result.free_symbols)


PLAIN = {
    "exp": mpmath.exp, "tanh": mpmath.tanh, "erf": mpmath.erf, "atan": mpmath.atan,
    "asinh": mpmath.asinh, "cosh": mpmath.cosh,
}  # fmt: skip
SMOOTH = st.recursive(
    st.sampled_from(["x", "0.3*x", "x + 2", "1.25 - x"]),
    lambda inner: st.one_of(
        st.builds("{}({})".format, st.sampled_from(["tanh", "erf", "atan", "asinh"]), inner),
        st.builds("({}){}({})".format, inner, st.sampled_from("+-*"), inner),
        st.builds("({})/(1 + ({})**2)".format, inner, inner),
    ),
    max_leaves=8,
)


@given(SMOOTH, st.sampled_from(["-2.5", "-0.1", "0.7", "3"]))
@settings(max_examples=100, deadline=None)
def test_the_value_is_that_of_the_same_text_in_plain_mpmath(text, point):
    with mpmath.workdps(40):
        x = mpmath.mpf(point)
        plain = text.replace("0.3", "mpf(3)/10")
        expected = eval(plain, {**PLAIN, "x": x, "mpf": mpmath.mpf})  # the test's own text
        assert mpmath.almosteq(evaluate(formula(text), {X: x}), expected, 1e-30, 1e-30)


@pytest.mark.parametrize("power", ["10**400", "2**1001", "10**-400", "0**2", "(-1)**3", "1**999"])
def test_a_power_of_numbers_within_the_limit_is_worked_out(power):
    base, _, exponent = power.partition("**")
    assert formula(f"{power} + 0*x") == Rational(int(base.strip("()"))) ** int(exponent)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("10**401*x", "'10**401' is beyond 1e±400"),
        ("10**-401*x", "'10**-401' is beyond 1e±400"),
        ("(2*x)**10000000", "the exponent '10000000' is too large"),
        ("x/(2**0.5*3**0.5 - 6**0.5)", "divides by 0"),
        ("x/((1 + sqrt(2))**2 - 3 - 2*sqrt(2))", "divides by 0"),
        ("mish*x", "mish is a function: write mish(x)"),
        ("Piecewise*x", "Piecewise is a function"),
        (f"{'x' * 25} > 12345", f"'{'x' * 25} > 1…' is a condition"),
    ],
)
def test_a_refusal_says_what_is_wrong(text, part):
    with pytest.raises(InputError) as refusal:
        formula(text)
    assert part in str(refusal.value)


def test_reading_has_a_limit_of_time():
    with pytest.raises(InputError, match="processor time"), limited(1e-9):
        formula("x*2**0.5 + exp(1)*x")
