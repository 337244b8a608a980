"""The four programs of a module, cut from one list of lowered equations by what each must give.

With an L2 term there is also what it adds to L and to each gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from codegen.lower import lower, lower_penalty, lower_update
from codegen.program import (
    Array,
    Assign,
    Entry,
    Expression,
    Program,
    Reduction,
    Role,
    Statement,
    reads,
    writes,
)
from codegen.update import Updates, updates
from derive.derivation import Derivation
from derive.objective import LABELS
from derive.steps import Kind

__all__ = ["Penalty", "Programs", "as_result", "lower_to_programs"]


@dataclass(frozen=True)
class Penalty:
    """An L2 term: the name of its strength, L_α, and ∂L_α/∂W as factors of ∂L/∂W and of W.

    ``numbers`` are those of its equations, that of L_α first.
    """

    strength: str
    value: Expression
    gradients: Updates
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Programs:
    """The programs of a module before any pass, the updates, and the L2 term where there is one.

    ``in_tiles`` are those of L and of the gradients for many classes, none before any pass.
    """

    likelihood: Program
    gradients: Program
    probabilities: Program
    classes: Program
    updates: Updates
    penalty: Penalty | None = None
    in_tiles: tuple[Program, ...] = ()

    def __iter__(self) -> Iterator[Program]:
        return iter(
            (self.likelihood, self.gradients, self.probabilities, self.classes, *self.in_tiles)
        )

    def after(
        self,
        improve: Callable[[Program], Program],
        tiled: Callable[[Program], Program | None] | None = None,
    ) -> Programs:
        """Return the programs after a pass, or several, and with ``tiled`` those in tiles too."""
        given = (self.likelihood, self.gradients, self.probabilities, self.classes)
        likelihood, gradients, probabilities, classes = map(improve, given)
        found = [tiled(program) for program in given[:2]] if tiled else []
        return replace(
            self,
            likelihood=likelihood,
            gradients=gradients,
            probabilities=probabilities,
            classes=classes,
            in_tiles=tuple(replace(p, name=f"{p.name}_in_tiles") for p in found if p),
        )


def lower_to_programs(derivation: Derivation) -> Programs:
    """Lower the data set's equations and return what computes L, the gradients, P and the class."""
    data = derivation.weighted_dataset
    objective = data.objective
    model = objective.model
    given = [quantity for quantity in objective.inputs if quantity != objective.strength]
    computed = tuple(
        equation
        for equation in data.equations
        if equation.kind not in (Kind.ACTIVATION, Kind.PENALISED, Kind.UPDATE)
    )
    statements = lower(computed, (*given, LABELS))
    known = {a.name: a for s in statements for a in (*reads(s), *writes(s))}
    parameters = tuple(known[quantity.name] for quantity in model.parameters)
    inputs = (*parameters, known[model.features.name], known["y"], known["omega"])
    loss = next(array for array in known.values() if array.role is Role.LOSS)
    gradients = {array.of: array for array in known.values() if array.role is Role.GRADIENT}

    def cut(name: str, body: tuple[Statement, ...], *outputs: Array) -> Program:
        return Program(name, inputs, outputs, body)

    result = Array(
        objective.probabilities.quantity.name, known[model.scores.name].sizes, Role.RESULT
    )
    decision = _decision(known[model.scores.name])
    ascent = _ascent(data, known)
    return Programs(
        cut("likelihood", statements, loss),
        replace(
            cut("add_gradients", statements, loss, *(gradients[p.name] for p in parameters)),
            apart=ascent.apart,
        ),
        cut("probabilities", tuple(as_result(s, result) for s in statements), result),
        cut("classes", (*statements, decision), decision.target.array),
        ascent,
        _penalty(data, known),
    )


def _ascent(data: Derivation, known: Mapping[str, Array]) -> Updates:
    """Return the updates; where it is L_α that is ascended, its gradients are written out."""
    slopes = {e.left: e.right for e in data.of_kind(Kind.PENALISED)}
    strength = data.objective.strength.name if data.objective.strength else None
    return updates(
        lower_update(replace(equation, right=equation.right.xreplace(slopes)), known, strength)
        for equation in data.of_kind(Kind.UPDATE)
    )


def _penalty(data: Derivation, known: Mapping[str, Array]) -> Penalty | None:
    strength = data.objective.strength
    if strength is None:
        return None
    value, *slopes = data.of_kind(Kind.PENALISED)
    gradients = updates(
        lower_update(replace(slope, left=slope.left.variable), known, strength.name)
        for slope in slopes
    )
    numbers = (value.number, *(slope.number for slope in slopes))
    return Penalty(strength.name, lower_penalty(value, known, strength.name), gradients, numbers)


def _decision(scores: Array) -> Assign:
    """Return the choice of the likeliest class: exp is increasing, so that of the largest score."""
    label = Array("labels", scores.sizes[:1], Role.RESULT)
    largest = Reduction("argmax", "i", scores.sizes[1], Entry(scores, ("b", "i")))
    return Assign((Entry(label, ("b",)),), largest)


def as_result(statement: Assign, result: Array) -> Assign:
    """Return the statement with the array of that name as a result for the caller."""
    if statement.target.array.name != result.name:
        return statement
    return replace(statement, targets=(replace(statement.target, array=result),))
