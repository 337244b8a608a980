"""Outputs evaluated in Arb balls, at growing precision until the ball is tight.

What no precision tells is asked of another form, if the terms have one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flint import arb, ctx

from codegen.scalar.balls import OPERATIONS, NoValueError, UndecidedError, constant
from codegen.scalar.straight import straight
from codegen.scalar.terms import COMPARISONS, Terms

__all__ = ["NOTHING", "PRECISIONS", "TIGHT", "settled"]

PRECISIONS = (128, 256, 640, 1200, 2600, 5400, 11_000, 24_000)
TIGHT = 72  # bits to which a ball is known before it counts as the truth
LOST = 6  # precisions before another form is asked; this holds e^(2^4000)
NOTHING = arb(2) ** -1200  # below half of the smallest subnormal number of any dtype
EVERYTHING = arb(2) ** 1200  # beyond the largest number of any dtype


def settled(
    terms: Terms, x: arb, parameters: Mapping[str, float], tight: int = TIGHT
) -> list[arb | None]:
    """Return balls of so many bits, ±inf, or 0 below every subnormal number.

    None stands for no value, nan for one that no precision tells, in whatever form.
    """
    found = _settled(terms, x, parameters, tight, PRECISIONS[:LOST], vague=arb.nan())
    for form, precisions in (terms.otherwise, PRECISIONS), (lambda: terms, PRECISIONS[LOST:]):
        if all(ball is None or not ball.is_nan() for ball in found):
            break
        other = form() if form else None
        if other is not None:
            again = _settled(other, x, parameters, tight, precisions)
            pairs = zip(found, again, strict=True)
            found = [b if a is not None and a.is_nan() else a for a, b in pairs]
    return found


def _settled(
    terms: Terms,
    x: arb,
    parameters: Mapping[str, float],
    tight: int,
    precisions: Sequence[int],
    vague: arb | None = None,
) -> list[arb | None]:
    """Return the same of one form, at these precisions; ``vague`` for what is infinite at all of them."""
    found: dict[int, arb | None] = {}
    beyond: dict[int, arb] = {}  # what is known to be that large, and no more
    lost = dict.fromkeys(terms.outputs, 0)
    before = ctx.prec
    for ctx.prec in precisions:
        for output, ball in _balls(terms, x, parameters, [o for o in lost if o not in found]):
            if ball is None:
                found[output] = None
            elif not ball.is_finite():
                lost[output] += 1
                if not ball.is_nan() and (ball == arb.pos_inf() or ball == arb.neg_inf()):
                    found[output] = ball
                elif not x.is_finite():
                    found[output] = None
                elif lost[output] == len(precisions):
                    found[output] = vague
            elif ball.rel_accuracy_bits() >= tight:
                found[output] = ball
            elif tight == TIGHT and abs(ball) < NOTHING:
                found[output] = arb(0)
            elif abs(ball) > EVERYTHING:
                beyond[output] = ball
        if len(found) == len(lost):
            break
    ctx.prec = before
    return [found.get(output, beyond.get(output, arb.nan())) for output in terms.outputs]


def _balls(
    terms: Terms, x: arb, parameters: Mapping[str, float], wanted: Sequence[int]
) -> Iterator[tuple[int, arb | None]]:
    """Yield the outputs' balls at the precision that is set; None for no value, nothing if undecided."""
    try:
        balls = straight(terms).outputs(x, parameters)
    except (NoValueError, UndecidedError):
        pass
    else:
        together = dict(zip(terms.outputs, balls, strict=True))
        yield from ((output, together[output]) for output in wanted)
        return
    known: dict[int, Any] = {}
    for output in wanted:
        try:
            yield output, _visit(terms, output, x, parameters, known)
        except NoValueError:
            yield output, None
        except UndecidedError:
            continue


def _visit(
    terms: Terms, number: int, x: arb, parameters: Mapping[str, float], known: dict[int, Any]
) -> Any:
    if number in known:
        return known[number]
    node = terms.nodes[number]
    if node.op == "x":
        value: Any = x
    elif node.op == "parameter":
        value = arb(parameters[str(node.value)])
    elif node.op == "constant":
        value = constant(node.value)
    elif node.op == "select":
        condition = _visit(terms, node.args[0], x, parameters, known)
        value = _visit(terms, node.args[1 if condition else 2], x, parameters, known)
    elif node.op in COMPARISONS:
        try:
            sides = [_visit(terms, argument, x, parameters, known) for argument in node.args]
            value = OPERATIONS[node.op](*sides)
        except NoValueError:  # as what is compared with nan
            value = False
    else:
        arguments = [_visit(terms, argument, x, parameters, known) for argument in node.args]
        value = OPERATIONS[node.op](*arguments)
    known[number] = value
    return value
