"""Compose formulas at random, and hold all that is made of each to it: lines, texts, forms, code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from codegen.scalar.candidates.build import candidates
from codegen.scalar.code import quantities, scalar_code
from codegen.scalar.levels import FORMATS
from codegen.scalar.oracle import truth
from codegen.scalar.stated import stated
from derive import derive
from derive.activation import Activation, activation
from derive.formula import X

__all__ = ["FormulaTrials", "Typed", "check", "formulas"]

MODEL = "softmax(W g(V f(x)))"
NUMBERS = {"a": 1.25, "b": 0.5}
LEAVES = ["x", "1.7*x", "x - 0.3", "-x", "x**2", "x**3", "0.5", "a*x", "x + b"]
ONE = [
    *("({})**2", "abs({})**1.5", "sqrt(abs({}))", "cbrt({})", "1/(1 + ({})**2)", "x*({})", "a*({})"),
    *("exp({})", "exp(-({})**2)", "2**(-abs({}))", "log(1 + exp({}))", "log(1 + abs({}))"),
    *("log(abs({}))", "log(max({}, 0.1))", "log(2 + cos({}))", "log(cosh({}))", "sigmoid({})"),
    *("tanh({})", "sinh({})", "1/cosh({})", "asinh({})", "atan({})", "asin(tanh({}))", "acosh(1 + ({})**2)"),
    *("sin({})", "cos({})", "erf({})", "erfc({})", "Phi({})", "hypot({}, min(x, 0))", "abs({})"),
    *("sign({})", "max({}, 0)", "min({}, 1)", "clip({}, -1, b)", "max({}, 0)**0.5", "({})**a"),
]  # fmt: skip
TWO = [
    *("({}) + ({})", "({}) - ({})", "({})*({})", "({})/(1 + ({})**2)", "({})/(1 + abs({}))"),
    *("max({}, {})", "min({}, {})", "clip(x, min({}, 0), abs({}))", "hypot({}, {})"),
    *("({}) if x > 0 else ({})", "({}) if x**2 > 1 else ({})", "({}) if -1 <= x < 3 else ({})"),
]
THREE = ["({}) if ({}) > 0 else ({})", "({}) if ({}) < x else ({})"]
FORMS = ("text", "latex", "beamer", "html", "json")
PLACES = np.array([-31.5, -2.25, -0.7, -0.06, 0.3, 1.1, 4.5, 17.0])
CLOSE = 1e-13
SINGLE = 2.0 ** FORMATS["float32"][1]  # what is smaller is 0 in forms with wider exponents


@dataclass(frozen=True)
class Typed:
    """A formula as a user types it, the numbers of its parameters, whether they are learned, a dtype."""

    text: str
    learned: bool
    dtype: str
    values: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        names = set(re.findall("[a-z]+", self.text)) & set(NUMBERS)
        object.__setattr__(self, "values", {name: NUMBERS[name] for name in sorted(names)})

    def __str__(self) -> str:
        bound = [f"{name}={value}" for name, value in self.values.items()]
        return " ".join([repr(self.text), *bound, *(["(learned)"] * self.learned), self.dtype])

    def activation(self) -> Activation:
        """Return the activation; raise InputError for what is none."""
        return activation(self.text, self.values, tuple(self.values) if self.learned else ())


def formulas() -> st.SearchStrategy[Typed]:
    """Return the strategy of formulas of a few parts; whatever comes first is the simplest."""

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds(str.format, st.sampled_from(ONE), inner),
            st.builds(str.format, st.sampled_from(TWO), inner, inner),
            st.builds(str.format, st.sampled_from(THREE), inner, inner, inner),
        )

    texts = st.recursive(st.sampled_from(LEAVES), larger, max_leaves=4)
    return st.builds(Typed, texts, st.booleans(), st.sampled_from(["float32", "float64"]))


@np.errstate(all="ignore")
def check(typed: Typed) -> None:
    """Raise AssertionError where a line or a form is another function, CertificateError without code."""
    bound = typed.activation()
    derivation = derive(MODEL, g=bound)
    derivation.verify(trials=1)
    for form in FORMS:
        getattr(derivation, form)()
    _hold_forms(bound)
    scalar_code("g", bound, (typed.dtype,))


def _hold_forms(bound: Activation) -> None:
    wanted = quantities(bound)
    expressions = (wanted.value, wanted.slope)
    given = {name: np.full(PLACES.size, number) for name, number in wanted.defaults.items()}

    def values(terms: Any) -> list[np.ndarray]:
        return [found.floats() for found in truth(terms, PLACES, given)]

    right = values(stated(expressions, X))
    for name, terms in candidates(expressions, X, wide=True):
        for word, one, other in zip(("value", "derivative"), values(terms), right, strict=True):
            same = np.isclose(one, other, rtol=CLOSE, atol=SINGLE if "signed" in name else 0)
            wrong = ~same & np.isfinite(other)
            assert not wrong.any(), (
                f"the {word} in the form {name} is {one[wrong][0]} at {PLACES[wrong][0]}, "
                f"expected {other[wrong][0]}"
            )


@dataclass(frozen=True)
class FormulaTrials:
    """Formulas, to be tried by :func:`codegen.fuzzing.run.fuzz`."""

    what = "formulas"

    def subjects(self, seed: int) -> st.SearchStrategy[Typed]:
        """Return the strategy of formulas, the same for every seed."""
        return formulas()

    def check(self, subject: Typed) -> None:
        """Raise what is wrong with a formula."""
        check(subject)
