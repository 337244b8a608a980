"""The differentiation rules: one function a node, and the only ones there are.

Each rule takes a node and the variable and returns the derivative with
:class:`~derive.notation.Partial` on the parts that are still to be differentiated; no rule
recurses. Vector gradients, g′, g″ and ∂g/∂β all come out of this one table. The outer derivatives
of the elementary functions are those of any calculus text (e.g. DLMF 4.2, 4.20, 4.34, 7.2).
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
    asinh,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from sympy.core.relational import Ge, Le

from derive.conditions import compare, decided
from derive.notation import Activated, Maximum, Minimum, Partial
from derive.steps import Rule
from derive.trees import free_symbols

__all__ = ["CONSTANT", "TABLE", "depends", "rule_for"]

Differentiator = Callable[[Expr, Expr], Expr]

CONSTANT = Rule(
    "constant rule", "what does not depend on the variable has derivative 0", minor=True
)
IDENTITY = Rule("identity", "a variable changes with itself at rate 1", minor=True)
ENTRIES = Rule("independent entries", "∂v_i/∂v_j is 1 if i = j and 0 otherwise: δ_ij")
SUM = Rule("sum rule", "the derivative of a sum is the sum of the derivatives")
SERIES = Rule("sum rule", "the derivative of a sum over an index is the sum of the derivatives")
FACTOR = Rule("constant factor", "a constant factor stands outside the derivative", minor=True)
PRODUCT = Rule("product rule", "(u v)′ = u′ v + u v′")
QUOTIENT = Rule("quotient rule", "(u/v)′ = (u′ v − u v′)/v²")
POWER = Rule("power rule", "(uᶜ)′ = c uᶜ⁻¹ u′")
EXPONENTIAL = Rule("exponential rule", "(cᵘ)′ = cᵘ log(c) u′")
GENERAL_POWER = Rule("power rule", "(uᵛ)′ = uᵛ (v′ log u + v u′/u)")
CASES = Rule("by cases", "inside each case, differentiate the branch that holds there")
ABSOLUTE = Rule("absolute value", "|u|′ = sign(u) u′, and 0 is chosen at the kink")
SIGN = Rule("sign", "sign(u) is constant on both sides of 0, and 0 is chosen at 0")
MAXIMUM = Rule("maximum", "differentiate the larger argument, on a tie the first")
MINIMUM = Rule("minimum", "differentiate the smaller argument, on a tie the first")
ACTIVATION = Rule("chain rule", "∂g(a)/∂v = g′(a) ∂a/∂v")


def depends(node: Expr, variable: Expr) -> bool:
    """Return whether the node mentions the variable; an entry of an array counts as any entry."""
    label = variable.base.label if isinstance(variable, Indexed) else variable
    return label in free_symbols(node)


def _chain(function: type, name: str, formula: str) -> Callable[[Callable[[Expr], Expr]], None]:
    """Enter the outer derivative of an elementary function, with its formula for the reader."""

    def enter(outer: Callable[[Expr], Expr]) -> None:
        def differentiate(node: Expr, variable: Expr) -> Expr:
            (inner,) = node.args
            return outer(inner) * Partial(inner, variable)

        TABLE[function] = (Rule(f"chain rule: {name}", formula), differentiate)

    return enter


def _rule(node_type: type, rule: Rule) -> Callable[[Differentiator], Differentiator]:
    """Enter a rule for a kind of node."""

    def enter(differentiate: Differentiator) -> Differentiator:
        TABLE[node_type] = (rule, differentiate)
        return differentiate

    return enter


TABLE: dict[type, tuple[Rule, Differentiator]] = {}


@_rule(Symbol, IDENTITY)
def symbol(node: Expr, variable: Expr) -> Expr:
    """∂v/∂v = 1."""
    return Integer(1)


@_rule(Indexed, ENTRIES)
def entry(node: Indexed, variable: Expr) -> Expr:
    """∂V_kl/∂V_ij = δ_ki δ_lj."""
    return Mul(*(KroneckerDelta(k, i) for k, i in zip(node.indices, variable.indices, strict=True)))


@_rule(Add, SUM)
def addition(node: Expr, variable: Expr) -> Expr:
    """(u + v)′ = u′ + v′."""
    return Add(*(Partial(term, variable) for term in node.args))


@_rule(Sum, SERIES)
def series(node: Sum, variable: Expr) -> Expr:
    """(Σ_k u_k)′ = Σ_k u_k′."""
    return Sum(Partial(node.function, variable), *node.limits)


def constant_factor(node: Expr, variable: Expr) -> Expr:
    """(c u)′ = c u′."""
    constants, rest = _split(node, variable)
    return Mul(*constants) * Partial(Mul(*rest), variable)


@_rule(Mul, PRODUCT)
def product(node: Expr, variable: Expr) -> Expr:
    """(u v)′ = u′ v + u v′, for any number of factors."""
    factors = node.args
    return Add(
        *(
            Mul(*factors[:k], Partial(factor, variable), *factors[k + 1 :])
            for k, factor in enumerate(factors)
        )
    )


def quotient(node: Expr, variable: Expr) -> Expr:
    """(u/v)′ = (u′ v − u v′)/v²."""
    above, below = _fraction(node)
    return (Partial(above, variable) * below - above * Partial(below, variable)) / below**2


@_rule(Pow, POWER)
def power(node: Expr, variable: Expr) -> Expr:
    """(uᶜ)′ = c uᶜ⁻¹ u′."""
    base, exponent = node.as_base_exp()
    return exponent * base ** (exponent - 1) * Partial(base, variable)


def exponential(node: Expr, variable: Expr) -> Expr:
    """(cᵘ)′ = cᵘ log(c) u′."""
    base, exponent = node.as_base_exp()
    return node * log(base) * Partial(exponent, variable)


def general_power(node: Expr, variable: Expr) -> Expr:
    """(uᵛ)′ = uᵛ (v′ log u + v u′/u)."""
    base, exponent = node.as_base_exp()
    return node * (
        Partial(exponent, variable) * log(base) + exponent * Partial(base, variable) / base
    )


@_rule(Piecewise, CASES)
def cases(node: Piecewise, variable: Expr) -> Expr:
    """The derivative of the branch that holds, also at the break point itself."""
    return Piecewise(
        *((Partial(branch, variable), condition) for branch, condition in node.args),
        evaluate=False,
    )


@_rule(Abs, ABSOLUTE)
def absolute(node: Expr, variable: Expr) -> Expr:
    """|u|′ = sign(u) u′."""
    (inner,) = node.args
    return sign(inner) * Partial(inner, variable)


@_rule(sign, SIGN)
def signum(node: Expr, variable: Expr) -> Expr:
    """sign(u)′ = 0."""
    return Integer(0)


@_rule(Maximum, MAXIMUM)
def maximum(node: Expr, variable: Expr) -> Expr:
    """max(u, v)′ = u′ where u ≥ v, else v′."""
    first, second = node.args
    larger = compare(Ge, first, second)
    return decided(((Partial(first, variable), larger), (Partial(second, variable), S.true)))


@_rule(Minimum, MINIMUM)
def minimum(node: Expr, variable: Expr) -> Expr:
    """min(u, v)′ = u′ where u ≤ v, else v′."""
    first, second = node.args
    smaller = compare(Le, first, second)
    return decided(((Partial(first, variable), smaller), (Partial(second, variable), S.true)))


@_rule(Activated, ACTIVATION)
def activation(node: Activated, variable: Expr) -> Expr:
    """∂g(a; β)/∂v = g′(a; β) ∂a/∂v + ∂g/∂β ∂β/∂v."""
    inner = (node.argument, *node.parameters)
    return Add(
        *(
            node.raised(slot) * Partial(part, variable)
            for slot, part in enumerate(inner)
            if depends(part, variable)
        )
    )


_chain(exp, "exp", "(eᵘ)′ = eᵘ u′")(exp)
_chain(log, "log", "(log u)′ = u′/u")(lambda u: 1 / u)
_chain(sin, "sin", "(sin u)′ = cos(u) u′")(cos)
_chain(cos, "cos", "(cos u)′ = −sin(u) u′")(lambda u: -sin(u))
_chain(tan, "tan", "(tan u)′ = (1 + tan² u) u′")(lambda u: 1 + tan(u) ** 2)
_chain(atan, "atan", "(atan u)′ = u′/(1 + u²)")(lambda u: 1 / (1 + u**2))
_chain(sinh, "sinh", "(sinh u)′ = cosh(u) u′")(cosh)
_chain(cosh, "cosh", "(cosh u)′ = sinh(u) u′")(sinh)
_chain(tanh, "tanh", "(tanh u)′ = (1 − tanh² u) u′")(lambda u: 1 - tanh(u) ** 2)
_chain(asinh, "asinh", "(asinh u)′ = u′/√(1 + u²)")(lambda u: (1 + u**2) ** Rational(-1, 2))
_chain(erf, "erf", "(erf u)′ = 2/√π e^(−u²) u′")(lambda u: 2 / sqrt(pi) * exp(-(u**2)))
_chain(erfc, "erfc", "(erfc u)′ = −2/√π e^(−u²) u′")(lambda u: -2 / sqrt(pi) * exp(-(u**2)))


def _split(node: Expr, variable: Expr) -> tuple[list[Expr], list[Expr]]:
    constants: list[Expr] = []
    rest: list[Expr] = []
    for factor in node.args:
        (rest if depends(factor, variable) else constants).append(factor)
    return constants, rest


def _fraction(node: Expr) -> tuple[Expr, Expr]:
    """Return what stands above and below the fraction line, as written: e^(−u) stays above."""
    below = [
        factor
        for factor in Mul.make_args(node)
        if isinstance(factor, Pow) and factor.exp.is_number and factor.exp.is_negative
    ]
    denominator = Mul(*(1 / factor for factor in below))
    return node * denominator, denominator


def rule_for(node: Expr, variable: Expr) -> tuple[Rule, Differentiator]:
    """Return the rule that rewrites ∂node/∂variable; TypeError for a node that has none."""
    if not depends(node, variable):
        return CONSTANT, lambda node, variable: Integer(0)
    if isinstance(node, Mul):
        constants, _ = _split(node, variable)
        if constants:
            return FACTOR, constant_factor
        if depends(_fraction(node)[1], variable):
            return QUOTIENT, quotient
    if isinstance(node, Pow):
        base, exponent = node.as_base_exp()
        if not depends(base, variable):
            return EXPONENTIAL, exponential
        if depends(exponent, variable):
            return GENERAL_POWER, general_power
    for kind in type(node).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    raise TypeError(f"no differentiation rule for {type(node).__name__} in {node}")
