"""The four programs of a module, cut from one list of lowered equations by what each must give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from codegen.lower import lower, lower_update
from codegen.program import (
    Array,
    Assign,
    Entry,
    Program,
    Reduction,
    Role,
    Statement,
    reads,
    writes,
)
from derive.derivation import Derivation
from derive.objective import LABELS
from derive.steps import Kind

__all__ = ["Programs", "lower_to_programs"]


@dataclass(frozen=True)
class Programs:
    """The programs of a module before any pass, and the update of each parameter."""

    likelihood: Program
    gradients: Program
    probabilities: Program
    classes: Program
    updates: tuple[Assign, ...]

    def __iter__(self) -> Iterator[Program]:
        return iter((self.likelihood, self.gradients, self.probabilities, self.classes))

    def after(self, improve: Callable[[Program], Program]) -> Programs:
        """Return the programs after a pass, or several."""
        likelihood, gradients, probabilities, classes = map(improve, self)
        return Programs(likelihood, gradients, probabilities, classes, self.updates)


def lower_to_programs(derivation: Derivation) -> Programs:
    """Lower the data set's equations and return what computes L, the gradients, P and the class."""
    data = derivation.weighted_dataset
    objective = data.objective
    model = objective.model
    computed = tuple(
        equation
        for equation in data.equations
        if equation.kind not in (Kind.ACTIVATION, Kind.UPDATE)
    )
    statements = lower(computed, (*objective.inputs, LABELS))
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
    return Programs(
        cut("likelihood", statements, loss),
        cut("add_gradients", statements, loss, *(gradients[p.name] for p in parameters)),
        cut("probabilities", tuple(_renamed(s, result) for s in statements), result),
        cut("classes", (*statements, decision), decision.target.array),
        tuple(lower_update(e, known) for e in data.equations if e.kind is Kind.UPDATE),
    )


def _decision(scores: Array) -> Assign:
    """Return the choice of the likeliest class: exp is increasing, so that of the largest score."""
    label = Array("labels", scores.sizes[:1], Role.RESULT)
    largest = Reduction("argmax", "i", scores.sizes[1], Entry(scores, ("b", "i")))
    return Assign((Entry(label, ("b",)),), largest)


def _renamed(statement: Assign, result: Array) -> Assign:
    """Return the statement with the array of that name as a result for the caller."""
    if statement.target.array.name != result.name:
        return statement
    return replace(statement, targets=(replace(statement.target, array=result),))
