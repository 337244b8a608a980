"""A derivation: one model, its numbered equations, each the replay of its steps from L.

``derive(MODEL, ...)`` is the front door. Equation numbers belong to the derivation: the same in
every form, for one example and for the data set.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import Symbol

from derive.activation import Activation
from derive.activation_equations import activation_equations, second_derivative_equations
from derive.arguments import mapping, text, texts, whole
from derive.backprop import equations
from derive.budget import limited
from derive.errors import InputError
from derive.gradient import Gradient
from derive.graph import Model
from derive.model import parse_model
from derive.notation import Partial
from derive.objective import Objective, of_data, of_example
from derive.penalty import gradient_target, penalty_equations, with_l2
from derive.render.shown import Shown
from derive.selection import check_parameters, needed
from derive.steps import Equation, Kind
from derive.verify import Check, checks, verify

__all__ = ["Derivation", "derive"]

LEARNING_RATE = Symbol("eta", real=True)


@dataclass(frozen=True)
class Derivation(Shown):
    """The proved equations of one model: forward, P, L, errors, gradients, activations, updates.

    With an L2 term, its equations stand before the updates.
    ``wrt`` names the parameters whose gradients were asked for; none: all of them.
    """

    objective: Objective
    equations: tuple[Equation, ...]
    wrt: tuple[str, ...] = ()

    @property
    def model(self) -> Model:
        return self.objective.model

    @cached_property
    def dataset(self) -> Derivation:
        """The same derivation for a data set, examples as rows, equation numbers unchanged."""
        return self._of(of_data(self.model))

    @cached_property
    def weighted_dataset(self) -> Derivation:
        """The data set's derivation with a weight ω_b on each example, which kernels compute."""
        return self._of(of_data(self.model, weighted=True))

    def _of(self, objective: Objective) -> Derivation:
        strength = self.objective.strength
        whole = _derivation(with_l2(objective, strength.name if strength else None))
        return whole.with_respect_to(*self.wrt)

    @cached_property
    def kept(self) -> dict[Hashable, Any]:
        """What one form worked out and the next needs too: a proof, the listing of the kernel."""
        return {}

    @cached_property
    def second_order(self) -> Derivation:
        """The same derivation with g″ of each activation after it, equation numbers unchanged."""
        more = second_derivative_equations(self.model)
        numbered = (replace(e, number=k) for k, e in enumerate(more, len(self.equations) + 1))
        return replace(self, equations=(*self.equations, *numbered))

    def with_respect_to(self, *parameters: str) -> Derivation:
        """Return what the gradients of these parameters need, numbers unchanged; none: all."""
        if not parameters:
            return self
        check_parameters(parameters, [quantity.name for quantity in self.model.parameters])
        return replace(self, equations=needed(self.equations, parameters), wrt=parameters)

    def equation(self, name: str) -> Equation:
        """Return the equation that gives a quantity: "z", "L", "err_s", "dW"."""
        for equation in self.equations:
            if equation.quantity.name == name and equation.kind is not Kind.UPDATE:
                return equation
        known = ", ".join(equation.quantity.name for equation in self.equations)
        raise InputError(f"no equation gives {name!r}; this derivation gives {known}")

    def of_kind(self, *kinds: Kind) -> Iterator[Equation]:
        """Yield the equations of these kinds in order."""
        return (equation for equation in self.equations if equation.kind in kinds)

    def gradient(self, parameter: str) -> Gradient:
        """Return ∂L/∂(that parameter); InputError if the model has no parameter of that name."""
        names = [quantity.name for quantity in self.model.parameters]
        if parameter not in names:
            raise InputError(
                f"the model has no parameter {parameter!r}; its parameters are {', '.join(names)}"
            )
        return Gradient(self, self.equation(f"d{parameter}"))

    def verify(self, trials: int = 5, seed: int = 0) -> None:
        """Check every step numerically, here and for the data set; raise naming the one that fails.

        Each trial draws sizes, values and labels at random and compares in 50 digits. Raises
        :class:`~derive.errors.VerificationError`.
        """
        drawn = whole(trials, "trials", 1), whole(seed, "seed", 0)
        verify(self.objective, self.equations, *drawn)
        if not self.objective.rows:
            self.dataset.verify(trials, seed)

    def checks(self, trials: int = 5, seed: int = 0) -> Iterator[Check]:
        """Yield each comparison of :meth:`verify` with its residual, the data set last."""
        drawn = whole(trials, "trials", 1), whole(seed, "seed", 0)
        yield from checks(self.objective, self.equations, *drawn)
        if not self.objective.rows:
            yield from self.dataset.checks(trials, seed)


@limited()
def derive(
    model: str = "softmax(W g(V f(x)))",
    parameters: Mapping[str, float | str] | None = None,
    /,
    *,
    trainable: Sequence[str] = (),
    l2: str | None = None,
    **activations: str | Activation,
) -> Derivation:
    """Derive the gradients of a classifier's log-likelihood.

    ``model`` is written as on the slide; each activation symbol is bound by keyword to a library
    name or a formula in x (``g="mish"``), parameters by the mapping (``{"g.beta": 1.5}``);
    ``trainable`` names activation parameters that get a gradient. ``l2`` names the strength α of
    an L2 term: what is ascended is then L − α/2 Σ ‖W‖² over the weight matrices. Raises
    :class:`~derive.errors.InputError`.
    """
    bindings = {**activations, **mapping(parameters, "parameters")}
    parsed = parse_model(model, bindings, texts(trainable, "trainable"))
    return _derivation(with_l2(of_example(parsed), l2 if l2 is None else text(l2, "l2")))


@limited()
def _derivation(objective: Objective) -> Derivation:
    derived = equations(objective)
    rest = [
        *activation_equations(objective.model),
        *penalty_equations(objective),
        *_updates(objective),
    ]
    numbered = (replace(e, number=k) for k, e in enumerate(rest, len(derived) + 1))
    return Derivation(objective, (*derived, *numbered))


def _updates(objective: Objective) -> Iterator[Equation]:
    """Yield W ← W + η ∂L/∂W for each parameter; with an L2 term it is L_α that is ascended."""
    ascended = (objective.penalty or objective.loss).quantity.at()
    for parameter in objective.model.parameters:
        indices = gradient_target(parameter)
        entry = parameter.at(*indices)
        right = entry + LEARNING_RATE * Partial(ascended, entry)
        yield Equation(0, Kind.UPDATE, parameter, indices, entry, right)
