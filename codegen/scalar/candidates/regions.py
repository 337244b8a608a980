"""The regions of signs of expressions, and their normal forms in each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from sympy import Abs, Add, Expr, Piecewise, Pow, Symbol, erf, erfc, exp, log, sign

from codegen.scalar.candidates.comparisons import differences
from codegen.scalar.candidates.exponents import as_exponentials, gather, has_powers_of_sums
from codegen.scalar.candidates.normal import Kept
from codegen.scalar.candidates.regional import Region
from codegen.scalar.candidates.signs import sides, sign_of
from derive.conditions import within

__all__ = ["Normal", "regions"]

MOST_REGIONS = 4

Normal = tuple[Region, tuple[int, ...], tuple[Expr, ...]]  # a region, its signs, normal forms


def regions(
    expressions: Sequence[Expr], variable: Symbol, whole: bool = False, kept: bool = False
) -> list[Normal] | None:
    """Return the normal forms of the expressions in each region of signs; None where too many, or of none.

    A region comes with the signs of :func:`sides`, in that order. ``whole`` keeps powers of sums in
    exponents, ``kept`` logarithms that are sums; None where there are none.
    """
    if not expressions:
        return None
    written = [as_exponentials(expression) for expression in expressions]
    outside = [_without_cases(expression) for expression in written]
    outside += [apart for expression in written for apart in differences(expression, variable)]
    arguments = {node.args[0] for e in outside for node in e.atoms(exp) if node.free_symbols}
    roots = [node for e in outside for node in e.atoms(Pow) if _is_root(node)]
    arguments |= {node.args[0] / root.exp.q for root in roots for node in root.atoms(exp)}
    signed = {node.args[0] for e in outside for node in e.atoms(erf, erfc, Abs, sign)}
    if any(root.exp.q == 2 for root in roots):
        signed.add(variable)
    if whole and not has_powers_of_sums(arguments):
        return None
    if kept and not any(e.has(log) for e in outside):
        return None
    exponents = gather(arguments, whole)
    signed = {inner for inner in signed if inner.free_symbols}
    bases = [*exponents.bases, *sorted(signed, key=str)]
    decisive = sides(bases, variable)
    if 2 ** len(decisive) > MOST_REGIONS:
        return None
    result = []
    for signs in product((1, -1), repeat=len(decisive)):
        known = dict(zip(decisive, signs, strict=True))
        chosen = {base: sign_of(base, known, variable) for base in bases}
        region = Region(
            exponents,
            tuple(chosen[base] for base in exponents.bases),
            {**known, **{inner: chosen[inner] for inner in signed}},
            variable=variable,
            everywhere=not signed,
            kept=kept,
        )
        result.append((region, signs, tuple(region.normal(e) for e in written)))
    return None if kept and not any(_keeps(region) for region, *_ in result) else result


def _keeps(region: Region) -> bool:
    return any(isinstance(meaning, Kept) for meaning in region.generators.values())


def _is_root(node: Pow) -> bool:
    return node.exp.is_Rational and not node.exp.is_Integer and bool(node.free_symbols)


def _without_cases(expression: Expr) -> Expr:
    """Return the expression with its branches and their exponentials, but without its conditions."""
    if isinstance(expression, Piecewise):
        return Add(*(_without_cases(branch) for branch, _ in expression.args))
    return within(expression, _without_cases)
