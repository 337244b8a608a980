"""The two programs that differentiating through a loss needs besides those of a module.

One gives the error at the features along with the gradients, for whatever computes the features; the
other the Hessian times a direction, for whoever differentiates the gradients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from codegen.lower import lower
from codegen.passes import improve
from codegen.passes.name_sums import name_sums
from codegen.program import Array, Assign, Program, Role, reads, writes
from codegen.programs import as_result
from derive.derivation import Derivation
from derive.directional import change_of, with_changes
from derive.objective import LABELS

__all__ = ["SecondOrder", "second_order"]


@dataclass(frozen=True)
class SecondOrder:
    """Gradients with the error at the features, and the Hessian times a direction."""

    gradients: Program
    curvature: Program

    def __iter__(self) -> Iterator[Program]:
        return iter((self.gradients, self.curvature))


def second_order(derivation: Derivation, apart: tuple[str, ...] = ()) -> SecondOrder:
    """Return the programs, improved, of the data set's equations and their changes along a direction.

    ``apart`` are the parameters that an L2 term leaves alone where it changes others.
    """
    data = derivation.weighted_dataset
    objective, model = data.objective, data.objective.model
    moved = tuple(change_of(quantity) for quantity in (*model.parameters, model.features))
    equations = with_changes(objective, data.second_order.equations)
    statements = lower(equations, (*objective.inputs, *moved, LABELS))
    known = {a.name: a for s in statements for a in (*reads(s), *writes(s))}
    error = f"err_{model.features.name}"
    names = [quantity.name for quantity in model.parameters]
    examples = [*names, model.features.name, "y", "omega"]
    directions = [quantity.name for quantity in moved]

    def cut(name: str, inputs: list[str], *outputs: str) -> Program:
        results = [_output(known[output]) for output in outputs]
        body: tuple[Assign, ...] = statements
        for result in results:
            if result.role is Role.RESULT:
                body = tuple(as_result(statement, result) for statement in body)
        given = tuple(known[n] for n in inputs)
        program = Program(name, given, tuple(results), body, apart=apart)
        return improve(name_sums(program))

    return SecondOrder(
        cut("gradients_and_error", examples, "L", *(f"d{n}" for n in names), error),
        cut("curvature", [*examples, *directions], *(f"dot_d{n}" for n in names), f"dot_{error}"),
    )


def _output(array: Array) -> Array:
    return array if array.role in (Role.LOSS, Role.GRADIENT) else replace(array, role=Role.RESULT)
