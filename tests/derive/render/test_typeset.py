"""SymPy in index notation is written as a lecturer writes it."""

from __future__ import annotations

import pytest
from sympy import (
    Abs,
    Float,
    I,
    KroneckerDelta,
    Mul,
    Piecewise,
    Poly,
    Pow,
    Rational,
    Sum,
    Symbol,
    Tuple,
    exp,
    log,
    oo,
    pi,
    sqrt,
    tanh,
    zoo,
)

from derive.formula import X, formula
from derive.graph import Quantity, Role, size
from derive.notation import Activated, Partial
from derive.render.names import Names
from derive.render.options import Options
from derive.render.tex import to_latex
from derive.render.typeset import Typesetter
from derive.render.unicode import to_text
from derive.sums import index
from tests.derive.render.models import derivation

n, d, m = size("n"), size("d"), size("m")
i, j, k = index("i"), index("j"), index("k")
GOLD = index("i^*")
W = Quantity("W", (m, d), Role.PARAMETER)
z, s, a = (Quantity(name, (d,), Role.HIDDEN) for name in "zsa")
error = Quantity("err_s", (m,), Role.ERROR)
P = Quantity("P", (m,), Role.PROBABILITIES)
L = Symbol("L", real=True)
g = Symbol("g")

FORMULAS = [
    (Sum(z.at(k) * W.at(i, k), (k, 1, d)), "Σ_k W_ik z_k", r"\sum_{k=1}^{d} W_{ik}\,z_k"),
    (-P.at(i) + 1, "1 − P_i", "1 - P_i"),
    (-P.at(i) * z.at(j), "−z_j P_i", r"-z_j\,P_i"),
    (z.at(j) * error.at(i), "err(s)_i z_j", r"{\mathrm{err}(\mathbf{s})}_i\,z_j"),
    (
        z.at(j) * (KroneckerDelta(i, GOLD) - P.at(i)),
        "z_j (δ_{i,i*} − P_i)",
        r"z_j\,(\delta_{i,i^*} - P_i)",
    ),
    (
        Partial(L, W.at(i, j)),
        "∂L/∂W_ij",
        r"\frac{\partial \mathcal{L}}{\partial W_{ij}}",
    ),
    (
        exp(s.at(i)) / Sum(exp(s.at(j)), (j, 1, m)),
        "exp(s_i) / Σ_j exp(s_j)",
        r"\frac{\exp(s_i)}{\sum_{j=1}^{m} \exp(s_j)}",
    ),
    (Activated(g, Tuple(1), a.at(k)), "g′(a_k)", "g'(a_k)"),
    (Activated(g, Tuple(2), a.at(k)), "g″(a_k)".replace("″", "′′"), "g''(a_k)"),
    (
        Activated(g, Tuple(0, 1), a.at(k), Symbol("beta", real=True)),
        "∂g/∂β(a_k)",
        r"\frac{\partial g}{\partial \beta}(a_k)",
    ),
    (1 - tanh(X) ** 2, "1 − tanh²(x)", r"1 - \tanh^2(x)"),
    (X**3 + X, "x³ + x", "x^3 + x"),
    (X / (1 + exp(-X)), "x / (1 + exp(−x))", r"\frac{x}{1 + e^{-x}}"),
    (sqrt(2) / sqrt(pi) * X, "√(2/π) x", r"\sqrt{\frac{2}{\pi}}x"),
    (Rational(44715, 10**6) * X**3, "0.044715 x³", "0.044715x^3"),
    (X / 2, "x/2", r"\frac{x}{2}"),
    (Rational(1, 2) * X * (1 + tanh(X)), "½ x (1 + tanh(x))", r"\tfrac{1}{2}x\,(1 + \tanh(x))"),
    (Abs(X), "|x|", r"\lvert x\rvert"),
    (-oo, "−∞", r"-\infty"),
    (Poly(X**5 - X - 1).real_roots()[0], "1.16730…", r"1.16730\ldots"),
    (-Float("2.718281828459", 13), "−2.71828…", r"-2.71828\ldots"),
    (Piecewise((X, X > 0), (0, True)), "{x if x > 0, 0 otherwise}", None),
    (Piecewise((1 / X, X > 0), (zoo, True)), "{1/x if x > 0, undefined otherwise}", None),
    (log(Sum(exp(s.at(j)), (j, 1, m))), "log Σ_j exp(s_j)", r"\log\sum_{j=1}^{m} \exp(s_j)"),
]


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(derivation("residual").model)


@pytest.mark.parametrize(("expression", "text", "latex"), FORMULAS)
def test_a_formula_reads_as_on_the_board(names: Names, expression, text: str, latex) -> None:
    box = Typesetter(names)(expression)
    assert to_text(box) == text
    if latex is not None:
        assert to_latex(box) == latex


def test_factors_of_a_chain_follow_the_chain(names: Names) -> None:
    v = Quantity("V", (d, n), Role.PARAMETER).at(i, j)
    product = Partial(a.at(k), v) * Partial(z.at(k), a.at(k)) * Partial(L, z.at(k))
    assert to_text(Typesetter(names)(product)) == "∂L/∂z_k ∂z_k/∂a_k ∂a_k/∂V_ij"


def test_indices_may_start_at_zero() -> None:
    names = Names(derivation("hidden").model, Options(index_base=0))
    box = Typesetter(names)(Sum(z.at(k), (k, 1, d)))
    assert to_latex(box) == r"\sum_{k=0}^{d - 1} z_k"


def test_a_long_number_is_cut_and_says_so(names: Names) -> None:
    value = Rational("1.0507009873554804934193349852946")
    assert to_text(Typesetter(names)(value * X)) == "1.05070… x"


@pytest.mark.parametrize(
    "text", ["x*(x+1)/(x-2)", "-(x+1)*x", "-x**2", "(-x)**3", "1/(2*x)", "2**x"]
)
def test_parentheses_keep_the_value(names: Names, text: str) -> None:
    """Read the text back with its products made explicit: the value must be the same."""
    expression = formula(text)
    shown = to_text(Typesetter(names)(expression)).replace("−", "-").replace("·", "*")
    for raised, plain in {"²": "**2", "³": "**3", "ˣ": "**x", "½": "(1/2)"}.items():
        shown = shown.replace(raised, plain)
    parts = shown.replace(" / ", "/").replace(" + ", "+").replace(" - ", "-").split()
    again = formula("*".join(parts))
    for point in (Rational(3, 7), Rational(-5, 3)):
        assert (expression - again).xreplace({X: point}).evalf() == pytest.approx(0)


def test_a_node_without_notation_is_refused(names: Names) -> None:
    with pytest.raises(TypeError, match="no notation for ImaginaryUnit"):
        Typesetter(names)(I)


def test_what_is_rewritten_next_is_marked(names: Names) -> None:
    part = Partial(L, z.at(k))
    box = Typesetter(names, {part})(Mul(part, z.at(k)))
    assert r"\marked" in to_latex(box, colours=True)
    assert r"\marked" not in to_latex(box)


def test_powers_of_entries_stand_above_their_index(names: Names) -> None:
    assert to_latex(Typesetter(names)(Pow(P.at(i), 2))) == "P_i^2"
