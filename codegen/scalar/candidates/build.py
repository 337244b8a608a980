"""The candidates for a list of expressions, each a list of operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import (
    Abs,
    Basic,
    Expr,
    Integer,
    Piecewise,
    Poly,
    Pow,
    Symbol,
    exp,
    fraction,
    log,
    postorder_traversal,
    zoo,
)

from codegen.scalar.candidates.comparisons import at_places
from codegen.scalar.candidates.fractions import USUAL, FractionLowering, Style
from codegen.scalar.candidates.merge import Merge
from codegen.scalar.candidates.normal import Decay, written_out
from codegen.scalar.candidates.regional import Region
from codegen.scalar.candidates.regions import Normal, regions
from codegen.scalar.candidates.signs import sides
from codegen.scalar.lower import lower
from codegen.scalar.terms import Terms
from derive.conditions import choices, decided, substitute, within
from derive.errors import InputError
from derive.notation import Maximum, Minimum

__all__ = ["PLAIN", "candidates", "rational"]

PLAIN = "differences plain"
WIDEST = 705  # of an exponent v, so that e^v and some of it are within the range of float64
VANISHED, LARGEST = 106, 89  # e^−v is no float32 number; no x is larger than e^v
BEYOND, EPSILON = (Integer(10) ** 50, Integer(10) ** 60), 1e-12
VARIANTS = {
    "which falls first": Style(falling=True),
    PLAIN: Style(plain=True),
    "exponents joined": Style(joined=True),
}


def candidates(
    expressions: Sequence[Expr], variable: Symbol, wide: bool = False
) -> Iterator[tuple[str, Terms]]:
    """Yield the forms in which the expressions may be computed, each with its name.

    ``wide`` tells that exponentials may be computed with a wider range of exponents.
    """
    expressions = [at_places(e, variable) for e in expressions]
    expressions = [without_logarithms_of_powers(in_exponentials(e)) for e in expressions]
    cases = in_cases(expressions)
    found = regions(cases, variable)
    if found is not None:
        first = merged(found, variable)
        yield "rational in the decay", first
        for words, style in VARIANTS.items():
            other = merged(found, variable, style)
            if other.nodes != first.nodes:
                yield f"rational in the decay, {words}", other
        if wide:
            yield from signed(found, variable)
    found = regions(cases, variable, whole=True)
    if found is not None:
        yield "rational in the decay, powers of sums whole", merged(found, variable)
    found = regions(cases, variable, kept=True)
    if found is not None:
        yield "rational in the decay, logarithms kept", merged(found, variable)
    yield "as typed", lower(expressions, variable, careful=True)


def signed(found: Sequence[Normal], variable: Symbol) -> Iterator[tuple[str, Terms]]:
    """Yield the normal forms of a region for all x, where regions differ by the sign of an exponent only."""
    if len(found) != 2:
        return
    for region, signs, forms in found:
        growth = _growth(region, forms, variable)
        if growth is not None:
            lowering = FractionLowering(variable, Terms(), region=region.copy(), growth=growth)
            outputs = [lowering.fraction(form) for form in forms]
            word = "decay" if signs[0] > 0 else "growth"
            yield f"rational in the {word}, signed", lowering.terms.pruned(outputs)


def _growth(region: Region, forms: Sequence[Expr], variable: Symbol) -> Integer | None:
    """Return the most that −v may be in e^−v, so that no numerator overflows in float64; None for too little.

    Where it is more, fractions are as good as 0 in float32, or at their limit, however large x is; but not
    their powers, which may be ever so small.
    """
    decays = region.decays
    vanishing = all(_vanishes(meaning, variable) for meaning in region.generators.values())
    if not region.everywhere or len(decays) != 1 or not vanishing:
        return None
    above = [fraction(form)[0] for form in forms]
    degree = max(1, *(Poly(part, *decays).degree() for part in above))
    largest = LARGEST * max(Poly(part, variable).degree() for part in above)
    most = Integer((WIDEST - largest) // degree)
    return most if most >= VANISHED + largest else None


def _vanishes(meaning: Expr, variable: Symbol) -> bool:
    """Return whether powers of what is as good as 0, or of its inverse, are so themselves.

    Other functions of it are then at their limits, if they have any: a logarithm may have none.
    """
    if isinstance(meaning, exp):
        return meaning.free_symbols == {variable}
    if isinstance(meaning, Pow):
        return bool(abs(meaning.exp) * WIDEST >= VANISHED)
    if isinstance(meaning, Decay) or not meaning.has(Decay):
        return True
    far = [written_out(meaning.replace(Decay, lambda _, size=size: size)) for size in BEYOND]
    ones = dict.fromkeys(far[0].free_symbols - {variable}, Integer(1))  # parameters
    one, other = (value.xreplace(ones).evalf() for value in far)
    return one.is_number and bool(abs(one - other) < EPSILON)


def rational(expressions: Sequence[Expr], variable: Symbol) -> Terms | None:
    """Return the form that is rational in e^−|v|; None where the formula has too many regions of signs."""
    found = regions(in_cases(expressions), variable)
    return None if found is None else merged(found, variable)


def in_exponentials(expression: Expr) -> Expr:
    """Return the expression with 2^x and the like as e^(x log 2), one of the exponentials of the field."""
    powers = {
        power: exp(power.exp * log(power.base))
        for power in expression.atoms(Pow)
        if power.base.is_positive and not power.base.free_symbols and power.exp.free_symbols
    }
    return substitute(expression, powers)


def without_logarithms_of_powers(expression: Expr) -> Expr:
    """Return the expression with log u^b as b log u, or b log |u| for an even b: u^b may be beyond floats."""
    expression = within(expression, without_logarithms_of_powers)
    power = expression.args[0] if isinstance(expression, log) else None
    if not isinstance(power, Pow):
        return expression
    base, exponent = power.base, power.exp
    if base.is_positive and exponent.is_real:
        return exponent * log(base)
    if base.is_real and exponent.is_even and base.free_symbols:
        return exponent * log(Abs(base))
    return expression


def in_cases(expressions: Sequence[Expr]) -> list[Expr]:
    """Return the expressions with max and min as cases, and those outermost; none if they are too many."""
    try:
        return [without_logarithms_of_powers(folded(by_cases(e))) for e in expressions]
    except InputError:  # conditions on cases within cases
        return []


def by_cases(expression: Expr) -> Expr:
    """Return the expression with max and min written as cases, the first on a tie."""
    cases: dict[Basic, Basic] = {}
    for node in postorder_traversal(expression):
        if isinstance(node, Maximum | Minimum):
            arguments = (substitute(argument, cases) for argument in node.args)
            cases[node] = decided(choices(type(node)(*arguments)))
    return substitute(expression, cases)


def folded(expression: Expr) -> Expr:
    """Return the expression with its cases outermost, where all of them have the same conditions.

    An infinity stays as it is written: SymPy's of log 0 does not tell its sign.
    """
    cases = sorted(expression.atoms(Piecewise), key=str)
    conditions = {tuple(condition for _, condition in node.args) for node in cases}
    if len(conditions) != 1 or any(node.atoms(Piecewise) != {node} for node in cases):
        return expression
    (shared,) = conditions
    values = [
        expression.xreplace({node: node.args[k][0] for node in cases}) for k in range(len(shared))
    ]
    if any(value.has(zoo) for value in values):
        return expression
    return Piecewise(*zip(values, shared, strict=True), evaluate=False)


def merged(found: Sequence[Normal], variable: Symbol, style: Style = USUAL) -> Terms:
    """Return the normal forms of all regions of signs as one list of operations."""
    terms = Terms()
    results: dict[tuple[int, ...], list[int]] = {}
    own = [(region.copy(), signs, forms) for region, signs, forms in found]  # lowering adds to them
    for region, signs, forms in own:
        lowering = FractionLowering(variable, terms, region=region, style=style)
        results[signs] = [lowering.fraction(form) for form in forms]
    region = own[0][0]
    bases = [*region.exponents.bases, *sorted(region.sides, key=str)]
    zero = terms.add("constant", value=Integer(0))
    for position, base in reversed(list(enumerate(sides(bases, variable)))):
        within_known = {signs[:position]: region for region, signs, _ in reversed(own)}
        kept: dict[tuple[int, ...], list[int]] = {}
        for known, region in within_known.items():
            size = FractionLowering(variable, terms, region=region).base(base)
            merge = Merge(terms, terms.add("lt", size, zero))
            below, above = (results[*known, sign] for sign in (-1, 1))
            kept[known] = [merge(a, b) for a, b in zip(below, above, strict=True)]
        results = kept
    (outputs,) = results.values()
    return terms.pruned(outputs)
