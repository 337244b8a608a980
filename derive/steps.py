"""What a derivation is made of: rules, the steps that apply them, and numbered equations.

A :class:`Step` is one line becoming the next; a step may itself be a little derivation, whose lines
are its ``substeps``. A lecture shows neither every atom nor a leap: :func:`lines` chooses by
detail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from sympy import Expr, MatrixExpr, Symbol

from derive.graph import Quantity

__all__ = ["Detail", "Equation", "Kind", "Rule", "Step", "lines"]

Detail = Literal["brief", "lecture", "full"]


class Kind(Enum):
    """What an equation states."""

    FORWARD = "forward"
    PROBABILITIES = "probabilities"
    LOSS = "loss"
    ERROR = "error"
    GRADIENT = "gradient"
    ACTIVATION = "activation"
    PENALISED = "penalised"  # L_α = L − α/2 Σ ‖W‖², and its gradients
    UPDATE = "update"


@dataclass(frozen=True)
class Rule:
    """A rule by its short name, with the sentence that teaches it.

    A minor rule (a constant, a factor pulled out) makes no line of its own in a lecture.
    """

    name: str
    teaching: str
    minor: bool = False


@dataclass(frozen=True)
class Step:
    """One line becoming the next by a rule; ``where`` are the parts of ``before`` it rewrote."""

    rule: Rule
    before: Expr
    after: Expr
    where: tuple[Expr, ...] = ()
    substeps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Equation:
    """left = right, numbered, with the steps that lead from left to right (none: a definition).

    ``indices`` are the free indices of both sides, in the order of the entries of ``quantity``: the
    thing that the equation gives (an error or a gradient is a quantity too: err_z, dW).
    ``matrix`` is the right-hand side in matrix form, a SymPy MatrixExpr; None where it has none.
    """

    number: int
    kind: Kind
    quantity: Quantity
    indices: tuple[Symbol, ...]
    left: Expr
    right: Expr
    steps: tuple[Step, ...] = ()
    matrix: MatrixExpr | None = None


def lines(steps: tuple[Step, ...], detail: Detail = "lecture") -> Iterator[Step]:
    """Yield the steps to show, each line beginning where the last one ended.

    brief shows the outermost steps, full every rule applied, lecture joins the minor ones to the
    rule they prepare or finish.
    """
    if detail == "brief":
        yield from (step for step in steps if step.before != step.after)
        return
    atoms = [step for step in _atoms(steps) if step.before != step.after]
    if detail == "full":
        yield from atoms
        return
    pending: Step | None = None
    for step in atoms:
        if pending is None:
            pending = step
        elif step.rule.minor or pending.rule.minor:
            major = pending if step.rule.minor else step
            pending = replace(major, before=pending.before, after=step.after, where=major.where)
        else:
            yield pending
            pending = step
    if pending is not None:
        yield pending


def _atoms(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        if step.substeps:
            yield from _atoms(step.substeps)
        else:
            yield step
