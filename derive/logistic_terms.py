"""Write g′ with σ(u) = 1/(1 + e^(−u)) where that is shorter: silu′ = σ(x) (1 + x (1 − σ(x))).

Nothing is looked up: where some power of 1 + eᵘ stands below, e^(ku) is written by σ, and what
then cancels is cancelled. (The derivation proves the line once more, like every other.)
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Dummy, Expr, Function, Mul, Piecewise, Poly, Pow, exp, expand_mul, factor

from derive.notation import Activated, Sigmoid
from derive.trees import replaced

__all__ = ["in_logistic_terms"]

LONGEST = 80  # operations; what is longer does not become a form that people know


def in_logistic_terms(slope: Expr) -> Expr | None:
    """Return an equal formula with σ for the exponentials, or None where it is not shorter."""
    if isinstance(slope, Piecewise):
        return _in_each_case(slope)
    if slope.has(Piecewise, Activated) or slope.count_ops() > LONGEST:
        return None
    held: dict[Expr, Expr] = {node: Dummy(real=True) for node in _outermost(slope)}
    outside = replaced(slope, held)
    found = [_written(outside, exponent) for exponent in sorted(_exponents(outside), key=str)]
    if not found:
        return None
    back = {dummy: node for node, dummy in held.items()}
    best = replaced(min(found, key=_length), back)
    return best if _length(best) < _length(slope) else None


def _in_each_case(slope: Piecewise) -> Expr | None:
    values = [in_logistic_terms(value) for value, _ in slope.args]
    if not any(value is not None for value in values):
        return None
    pairs = zip(values, slope.args, strict=True)
    return Piecewise(
        *((old if new is None else new, condition) for new, (old, condition) in pairs),
        evaluate=False,
    )


def _length(expression: Expr) -> int:
    return int(expression.count_ops(visual=False))


def _outermost(node: Expr) -> Iterator[Expr]:
    """Yield the functions other than exp that no other function is around."""
    if isinstance(node, Function) and not isinstance(node, exp):
        yield node
    else:
        for part in node.args:
            yield from _outermost(part)


def _exponents(expression: Expr) -> set[Expr]:
    """Return each u for which a power of 1 + eᵘ stands below."""
    return {
        term.args[0]
        for node in expression.atoms(Pow)
        if node.exp.is_Integer and node.exp.is_negative and isinstance(node.base, Add)
        for term in node.base.args
        if isinstance(term, exp) and node.base - term == 1
    }


def _written(expression: Expr, exponent: Expr) -> Expr:
    s = Dummy(positive=True)
    falling = exponent.could_extract_minus_sign()
    power = (1 - s) / s if falling else s / (1 - s)
    place = {
        node: power ** (node.args[0] / exponent)
        for node in expression.atoms(exp)
        if (node.args[0] / exponent).is_Integer
    }
    others = {node: Dummy(positive=True) for node in expression.atoms(exp) - place.keys()}
    held = replaced(expression, {**place, **others})
    terms = (_cancelled(term, s) for term in Add.make_args(held))
    back = {dummy: node for node, dummy in others.items()}
    return replaced(Add(*terms), {s: Sigmoid(-exponent if falling else exponent), **back})


def _cancelled(term: Expr, s: Expr) -> Expr:
    """Cancel in the factors of a term that have s; 1 − s is kept together in a sum that is left."""
    with_s = [part for part in Mul.make_args(term) if part.has(s)]
    rest = [part for part in Mul.make_args(term) if not part.has(s)]
    number, whole = factor(Mul(*with_s)).as_coeff_Mul()
    parts = []
    for part in Mul.make_args(whole):
        if isinstance(part, Add) and part.has(s) and part.is_polynomial(s):
            falls = part.subs(s, 0).could_extract_minus_sign()  # s − 1 becomes −(1 − s)
            upright = -part if falls else part
            number = number if upright is part else -number
            written = _around_one_minus(expand_mul(abs(number) * upright), s)
            number /= abs(number)
            if number < 0 and _mostly_negative(written):
                written, number = Add(*(-term for term in written.args)), -number
            parts.append(written)
        else:
            parts.append(part)
    return Mul(number, *rest, *parts)


def _mostly_negative(part: Expr) -> bool:
    return 2 * sum(term.could_extract_minus_sign() for term in part.args) > len(part.args)


def _around_one_minus(part: Expr, s: Expr) -> Expr:
    """Return A + B s, or (A + B) − B (1 − s) where that is no longer."""
    poly = Poly(part, s)
    if poly.degree() != 1:
        return part
    slope, start = poly.all_coeffs()
    turned = Add(start + slope, Mul(-slope, 1 - s))
    return turned if _length(turned) <= _length(part) else part
