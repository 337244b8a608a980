"""Equations as a lecturer states them: lines with their rules, cases, matrix form, words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, cast

from sympy import Expr, MatrixExpr

from derive.gradient import by_cases
from derive.notation import Partial
from derive.render.box import (
    Box,
    Cases,
    Fence,
    Letter,
    Script,
    Space,
    row,
    words,
)
from derive.render.box import (
    Kind as Sort,
)
from derive.render.matrices import TIMES, TOP, MatrixTypesetter, as_jacobian
from derive.render.names import Names
from derive.render.options import Options
from derive.render.penalised import penalised_matrix, slope
from derive.render.reading import reading
from derive.render.repeats import repeats
from derive.render.sign import minimised
from derive.render.signs import MINUS, PLUS, RELATIONS
from derive.render.terms import loss_lines
from derive.render.typeset import Typesetter
from derive.render.unicode import to_text
from derive.render.written import SOFTMAX
from derive.steps import Equation, Kind, Rule, lines
from derive.verify import Check, checks

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = ["Line", "Presenter", "Statement"]

ARROW = Letter("←", r"\leftarrow", Sort.RELATION)
EQUALS = RELATIONS["=="]


@dataclass(frozen=True)
class Line:
    """One line of a derivation and the rule that led to it; None for what is only stated."""

    right: Box
    rule: Rule | None = None


@dataclass(frozen=True)
class Statement:
    """A numbered equation ready to be laid out; parts it does not have are None."""

    equation: Equation
    left: Box
    lines: tuple[Line, ...]
    cases: Cases | None = None
    matrix_left: Box | None = None
    matrix: Box | None = None
    shaped: Box | None = None  # the matrix form with the shape under each factor
    shape: Box | None = None
    words: str | None = None
    relation: Box = EQUALS

    @property
    def number(self) -> int:
        return self.equation.number

    @property
    def right(self) -> Box:
        """Return the result: the last line."""
        return self.lines[-1].right


class Presenter:
    """State the equations of a derivation under given options.

    Without ``ranges`` the sums in the lines of a derivation show their indices alone; what each
    runs over stands in the definitions.
    """

    def __init__(
        self, derivation: Derivation, options: Options | None = None, *, ranges: bool = True
    ) -> None:
        self.ranges = ranges
        self.options = options or Options()
        negative = self.options.sign == "negative"
        self.derivation = minimised(derivation) if negative else derivation
        self.rows = derivation.objective.rows
        self.names = Names(derivation.model, self.options, rows=self.rows)
        self.scalar = Typesetter(self.names)
        self.plain = MatrixTypesetter(self.names)
        self.shaped = MatrixTypesetter(self.names, shapes=True)
        self.original = derivation
        self._stated: dict[int, Statement] = {}

    @classmethod
    def proved(
        cls, derivation: Derivation, options: Options | None = None, *, ranges: bool = True
    ) -> Presenter:
        """Return a presenter of lines that hold; VerificationError naming the first that does not.

        What is printed is what was compared: under the sign and the layout of the options.
        """
        presenter = cls(derivation, options, ranges=ranges)
        for part in (presenter,) if presenter.rows else (presenter, presenter.dataset):
            for check in part.proof:
                check.require()
        return presenter

    @property
    def proof(self) -> tuple[Check, ...]:
        """Compare both sides of every line that is shown, at small sizes.

        Once for each derivation, sign and layout: whatever else differs, the lines are the same.
        """
        kept = self.original.kept
        key = ("proof", self.options.sign, self.options.layout)
        if key not in kept:
            kept[key] = tuple(self._compared())
        return cast("tuple[Check, ...]", kept[key])

    def _compared(self) -> Iterator[Check]:
        equations = self.derivation.equations
        if self.rows:  # shown without their steps
            equations = tuple(replace(equation, steps=()) for equation in equations)
        objective = self.derivation.objective
        yield from checks(objective, equations, quick=True, turned=self.jacobian)

    @cached_property
    def dataset(self) -> Presenter:
        """Return the presenter of the data set's equations."""
        return Presenter(self.original.dataset, self.options)

    def statements(self, *kinds: Kind) -> Iterator[Statement]:
        """Yield the statements of these kinds, of all where none is given."""
        for equation in self.derivation.equations:
            if not kinds or equation.kind in kinds:
                yield self.state(equation)

    def state(self, equation: Equation) -> Statement:
        """Return one equation of the derivation as a statement, made when it is first asked for."""
        if equation.number not in self._stated:
            self._stated[equation.number] = self._state(equation)
        return self._stated[equation.number]

    def _state(self, equation: Equation) -> Statement:
        if equation.kind is Kind.UPDATE:
            return self._update(equation)
        if equation.kind is Kind.PENALISED:
            return self._penalised(equation)
        matrix = self.jacobian(equation) or equation.matrix
        return Statement(
            equation=equation,
            left=self.scalar(equation.left),
            lines=tuple(self._lines(equation)),
            cases=self._cases(equation),
            matrix_left=self.whole(equation),
            matrix=self._matrix(equation, self.plain, matrix),
            shaped=self._matrix(equation, self.shaped, matrix),
            shape=self.shape(equation),
            words=reading(equation, self.names, self.spell),
        )

    @cached_property
    def repeated(self) -> dict[int, int]:
        """Return which equations repeat the steps of which, where the whole is shown."""
        if self.options.detail == "full" or self.options.part is not None:
            return {}
        return repeats(self.derivation.equations, self.derivation.model)

    def _lines(self, equation: Equation) -> Iterator[Line]:
        if (earlier := self.repeated.get(equation.number)) is not None:
            rule = Rule(f"as ({earlier})", f"the same steps as for equation ({earlier})")
            yield Line(self.scalar(equation.right), rule)
            return
        if equation.kind is Kind.LOSS and not self.rows:
            yield from map(Line, loss_lines(self.names))
        steps = list(lines(equation.steps, self.options.detail))
        if not steps:
            yield Line(self.scalar(equation.right))
        for position, step in enumerate(steps):
            following = steps[position + 1].where if position + 1 < len(steps) else ()
            typesetter = Typesetter(self.names, following, ranges=self.ranges)
            yield Line(typesetter(step.after), step.rule)

    def _cases(self, equation: Equation) -> Cases | None:
        if self.rows or equation.kind not in (Kind.ERROR, Kind.GRADIENT):
            return None
        found = by_cases(equation, self.derivation)
        if found is None:
            return None
        first = self.scalar(equation.indices[0])
        gold = row(words("if "), first, EQUALS, self.names.gold())
        other = row(words("if "), first, RELATIONS["!="], self.names.gold())
        return Cases(((self.scalar(found.gold), gold), (self.scalar(found.other), other)))

    def _matrix(
        self, equation: Equation, typesetter: MatrixTypesetter, matrix: Expr | None
    ) -> Box | None:
        if equation.kind is Kind.PROBABILITIES:
            scores = self.names.whole(self.derivation.model.scores.name)
            return row(SOFTMAX, Fence(scores))
        return None if matrix is None or equation.kind is Kind.LOSS else typesetter(matrix)

    def whole(self, equation: Equation) -> Box:
        """Return the left-hand side of the matrix form: z, err(z) or ∂L/∂W."""
        name = equation.quantity.name
        if equation.kind is Kind.GRADIENT:
            return self.slope(name.removeprefix("d"))
        return self.names.whole(name)

    def slope(self, name: str) -> Box:
        """Return ∂L/∂(a whole quantity)."""
        return slope(self, name, self.names.loss())

    def jacobian(self, equation: Equation) -> MatrixExpr | None:
        """Return the matrix form in the numerator layout; None where it is not shown so."""
        if equation.matrix is None or not self._turned(equation):
            return None
        return as_jacobian(equation.matrix, rows=self.rows)

    def _turned(self, equation: Equation) -> bool:
        """Return whether the layout turns this result; errors that are rows already stay."""
        turned = [Kind.GRADIENT, Kind.PENALISED] + [Kind.ERROR] * (not self.rows)
        return self.options.layout == "numerator" and equation.kind in turned

    def shape(self, equation: Equation) -> Box | None:
        """Return the shape of what the equation gives: m × d; None for a number."""
        sizes = list(equation.quantity.sizes)
        if not sizes:
            return None
        if len(sizes) == 1:
            sizes.append(1)
        if self._turned(equation):
            sizes.reverse()
        rows, columns = (
            self.scalar(size) if size != 1 else Letter("1", "1", Sort.NUMBER) for size in sizes
        )
        return row(rows, TIMES, columns)

    def count(self, size: Expr) -> str:
        """Return a size as text: d₁."""
        return to_text(self.scalar(size))

    def spell(self, name: str) -> str:
        """Return a name of a quantity or an activation as text."""
        known = name in self.derivation.model.activations
        return to_text(self.names.activation(name) if known else self.names.whole(name))

    def _penalised(self, equation: Equation) -> Statement:
        left, right = penalised_matrix(self, equation) if equation.steps else (None, None)
        return Statement(
            equation=equation,
            left=self.scalar(equation.left),
            lines=tuple(self._lines(equation)),
            matrix_left=left,
            matrix=right,
            shape=self.shape(equation),
        )

    def _update(self, equation: Equation) -> Statement:
        descending = self.options.sign == "negative"
        sign = MINUS if descending else PLUS
        name = equation.quantity.name
        (slope_entry,) = equation.right.atoms(Partial)
        direction = slope(self, name, self.scalar(slope_entry.expression))
        if self.options.layout == "numerator" and equation.quantity.sizes:
            direction = Script(Fence(direction), sup=TOP)
        step = row(self.names.whole(name), sign, self.names.learning_rate(), Space(), direction)
        entry = row(
            self.scalar(equation.left),
            sign,
            self.names.learning_rate(),
            Space(),
            self.scalar(slope_entry),
        )
        return Statement(
            equation=equation,
            left=self.scalar(equation.left),
            lines=(Line(entry),),
            matrix_left=self.names.whole(name),
            matrix=step,
            shape=self.shape(equation),
            relation=ARROW,
        )
