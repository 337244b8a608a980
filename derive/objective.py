"""The objective: class probabilities and the log-likelihood, for one example or for a data set.

One example: P_i = exp(s_i)/Σ_j exp(s_j), L = Σ_i δ_{i,i*} s_i − log Σ_j exp(s_j). A data set of B
examples gives every vector a leading index b, one row an example, and L = Σ_b ω_b L_b; the
parameters stay as they are. Both are the same kind of graph, differentiated by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, Indexed, Integer, KroneckerDelta, Sum, Symbol, exp, log

from derive.graph import Definition, Model, Quantity, Role
from derive.sums import EXAMPLES, index
from derive.trees import free_symbols, replaced

__all__ = ["GOLD", "LABELS", "LOSS", "WEIGHTS", "Objective", "of_data", "of_example"]

GOLD = index("i^*")
LABELS = Quantity("y", (EXAMPLES,), Role.LABELS)
WEIGHTS = Quantity("omega", (EXAMPLES,), Role.WEIGHTS)
LOSS = Quantity("L", (), Role.LOSS)
EXAMPLE = index("b")


@dataclass(frozen=True)
class Objective:
    """A model with its loss: definitions in order of use, the last two those of P and L.

    ``rows`` says that quantities have a leading index of examples; ``weighted`` that each example's
    log-likelihood is multiplied by its weight. ``penalty`` defines L_α, L with an L2 term of that
    ``strength``; see :mod:`derive.penalty`.
    """

    model: Model
    definitions: tuple[Definition, ...]
    rows: bool = False
    weighted: bool = False
    strength: Quantity | None = None
    penalty: Definition | None = None

    @property
    def loss(self) -> Definition:
        return self.definitions[-1]

    @property
    def probabilities(self) -> Definition:
        return self.definitions[-2]

    @cached_property
    def defined(self) -> dict[Symbol, Definition]:
        """Map the label of each defined quantity to its definition."""
        penalty = () if self.penalty is None else (self.penalty,)
        return {Symbol(d.quantity.name, real=True): d for d in (*self.definitions, *penalty)}

    @property
    def inputs(self) -> tuple[Quantity, ...]:
        """Return what is given and not defined: features, parameters, weights, α."""
        return (
            self.model.features,
            *self.model.parameters,
            *((WEIGHTS,) if self.weighted else ()),
            *((self.strength,) if self.strength else ()),
        )

    def consumers(self, quantity: Quantity) -> Iterator[Definition]:
        """Yield the definitions that L is computed by and that mention the quantity."""
        yield from self._users.get(Symbol(quantity.name, real=True), ())

    @cached_property
    def _users(self) -> dict[Symbol, list[Definition]]:
        """Map each label to the definitions on the way to L that mention it, in order."""
        users: dict[Symbol, list[Definition]] = {}
        for definition in self.definitions:
            if definition is not self.probabilities:
                for label in free_symbols(definition.right):
                    users.setdefault(label, []).append(definition)
        return users


def of_example(model: Model) -> Objective:
    """Return the log-likelihood of one example with gold label i*."""
    return Objective(model, (*model.definitions, *_softmax_and_loss(model.scores, GOLD)))


def _softmax_and_loss(scores: Quantity, gold: Expr) -> tuple[Definition, Definition]:
    """Return P and L of a score vector; with a leading index of examples, L of all of them."""
    lead = (EXAMPLE,) if len(scores.sizes) > 1 else ()
    classes = scores.sizes[-1]
    i, j = index("i"), index("j")
    exponentials = Sum(exp(scores.at(*lead, j)), (j, 1, classes))
    probabilities = Definition(
        Quantity("P", scores.sizes, Role.PROBABILITIES),
        (*lead, i),
        exp(scores.at(*lead, i)) / exponentials,
    )
    likelihood = Sum(KroneckerDelta(i, gold) * scores.at(*lead, i), (i, 1, classes)) - log(
        exponentials
    )
    return probabilities, Definition(LOSS, (), likelihood)


def of_data(model: Model, *, weighted: bool = False) -> Objective:
    """Return the log-likelihood of B examples, every vector a matrix with examples as rows."""
    lifted = {
        quantity.name: replace(
            quantity, name=_row_name(quantity), sizes=(EXAMPLES, *quantity.sizes)
        )
        for quantity in (model.features, *(d.quantity for d in model.definitions))
    }
    data = replace(
        model,
        features=lifted[model.features.name],
        definitions=tuple(
            Definition(lifted[d.quantity.name], (EXAMPLE, *d.indices), _lift(d.right, lifted))
            for d in model.definitions
        ),
    )
    probabilities, loss = _softmax_and_loss(data.scores, LABELS.at(EXAMPLE))
    weight = WEIGHTS.at(EXAMPLE) if weighted else Integer(1)
    total = replace(loss, right=Sum(weight * loss.right, (EXAMPLE, 1, EXAMPLES)))
    definitions = (*data.definitions, probabilities, total)
    return Objective(data, definitions, rows=True, weighted=weighted)


def _row_name(quantity: Quantity) -> str:
    """Name the matrix of all feature vectors X; other quantities keep their names."""
    return "X" if quantity.role is Role.FEATURES else quantity.name


def _lift(expression: Expr, lifted: dict[str, Quantity]) -> Expr:
    """Give every entry of a lifted quantity its example's index."""
    place = {
        entry: lifted[entry.base.label.name].at(EXAMPLE, *entry.indices)
        for entry in expression.atoms(Indexed)
        if entry.base.label.name in lifted
    }
    return replaced(expression, place)
