"""Which exponentials of a formula are powers of one another: e^(2x), e^(−x) and e^(x/2) are of e^(x/2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Expr, Piecewise, Pow, Rational, cosh, exp, expand, gcd, sinh, tanh

__all__ = ["Exponents", "as_exponentials", "expanded", "gather", "has_powers_of_sums"]


MOST_DEGREE = 12  # of powers of one base


def expanded(exponent: Expr, whole: bool = False) -> Expr:
    """Return a sum of products; an e^(x + 0.1) inside stays one, for e^0.1 is of degree 1 in e^(1/10).

    ``whole`` leaves powers of sums: e^−(x − c)² is small where e^−x² and e^(2cx) are small and large.
    """
    return expand(exponent, power_exp=False, multinomial=not whole)


def as_exponentials(expression: Expr) -> Expr:
    """Return the expression with its hyperbolic functions written in exponentials.

    Conditions stay as they are: where they overflow nobody would notice.
    """
    if isinstance(expression, Piecewise):
        cases = [(as_exponentials(branch), condition) for branch, condition in expression.args]
        return Piecewise(*cases, evaluate=False)
    if expression.has(Piecewise):
        return expression.func(*(as_exponentials(part) for part in expression.args))
    return (
        expression.replace(tanh, lambda v: (exp(2 * v) - 1) / (exp(2 * v) + 1))
        .replace(sinh, lambda v: (exp(v) - exp(-v)) / 2)
        .replace(cosh, lambda v: (exp(v) + exp(-v)) / 2)
    )


@dataclass(frozen=True)
class Exponents:
    """The base exponents; every exponent of the formula is a sum of whole multiples of them."""

    bases: tuple[Expr, ...]
    whole: bool = False

    def multiples(self, exponent: Expr) -> dict[int, int] | None:
        """Return how often each base stands in the exponent; None if it is not such a sum."""
        result: dict[int, int] = {}
        rest = expanded(exponent, self.whole)
        for position, base in enumerate(self.bases):
            ratio = _leading_ratio(rest, base)
            if ratio is not None and ratio.q == 1:
                result[position] = int(ratio)
                rest = expanded(rest - ratio * base, self.whole)
        return result if rest == 0 else None


def has_powers_of_sums(arguments: Iterable[Expr]) -> bool:
    """Return whether it makes a difference that powers of sums stay whole."""
    return any(power.base.is_Add for argument in arguments for power in argument.atoms(Pow))


def gather(arguments: Iterable[Expr], whole: bool = False) -> Exponents:
    """Return bases for the exponents, the simplest first, found by subtracting multiples of those known.

    e^(1.702x) and e^(2x) are no powers of e^(x/500) but of two bases: of such a degree no polynomial is.
    """
    bases: list[Expr] = []
    factors: list[list[Rational]] = []
    order = sorted(
        {expanded(a, whole) for a in arguments}, key=lambda a: (len(a.as_ordered_terms()), str(a))
    )
    for argument in order:
        rest = argument
        for position, base in enumerate(bases):
            ratio = _leading_ratio(rest, base)
            if ratio is not None and _degree([*factors[position], ratio]) <= MOST_DEGREE:
                factors[position].append(ratio)
                rest = expanded(rest - ratio * base, whole)
        if rest != 0:
            positive = rest if not rest.could_extract_minus_sign() else expanded(-rest, whole)
            bases.append(positive)
            factors.append([Rational(1)])
    pairs = zip(bases, factors, strict=True)
    return Exponents(
        tuple(expanded(base * _common(ratios), whole) for base, ratios in pairs), whole
    )


def _degree(ratios: list[Rational]) -> Rational:
    """Return the highest of the powers that exponentials with these ratios are of one base."""
    return max(map(abs, ratios)) / _common(ratios)


def _common(ratios: list[Rational]) -> Rational:
    result = ratios[0]
    for ratio in ratios[1:]:
        result = gcd(result, ratio)
    return abs(result)


def _leading_ratio(expression: Expr, base: Expr) -> Rational | None:
    """Return the r with which expression − r·base loses all of base's terms; None if there is none."""
    terms = expression.as_coefficients_dict()
    wanted = base.as_coefficients_dict()
    ratios = {terms.get(term, 0) / coefficient for term, coefficient in wanted.items()}
    if len(ratios) != 1:
        return None
    (ratio,) = ratios
    return ratio if ratio != 0 and ratio.is_Rational else None
