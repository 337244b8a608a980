"""Start every parameter at a size that keeps values and errors of the size of one.

The mean square of each named quantity is followed through the model's graph, entries taken as
independent and normal: a matrix is drawn so that the sums it enters have the mean square that
their taker wants. For sums that feed an activation g this is 1 / E[g′(t)²], t ~ N(0, 1), and at
most 1: the steeper g, the smaller its argument, which gives sin(30x) a first layer of the size that
SIREN prescribes (Sitzmann et al. 2020). For g = tanh it is LeCun's rule (1998), and for ReLU after
ReLU He's (2015).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import ndtri
from sympy import Add, Expr, Indexed, Mul, Pow, Sum, Symbol

from codegen.training.network import Network, Parameters
from derive.graph import Definition
from derive.notation import Activated

__all__ = ["initial_parameters"]

SCORE_POWER = 0.25  # mean square of the first scores: near enough to even odds to learn at once
LEAST_POWER, MOST_POWER = 1e-4, 1.0  # of an activation's argument
NORMAL = ndtri((np.arange(4096) + 0.5) / 4096)  # as many equally likely values of N(0, 1)


def initial_parameters(network: Network, seed: int, feature_power: float = 1.0) -> Parameters:
    """Draw the parameters: matrices normal, bias vectors 0, activation parameters at their values.

    ``feature_power`` is the mean square of the features.
    """
    powers = _Powers(network, feature_power).all()
    draw = np.random.default_rng([seed, 1])
    start = _activation_parameters(network)
    drawn = []
    for parameter, shape in zip(network.model.parameters, network.shapes, strict=True):
        if parameter.name in start:
            value = np.full(shape, start[parameter.name])
        else:
            value = draw.standard_normal(shape) * np.sqrt(powers[parameter.name])
        drawn.append(np.ascontiguousarray(value, network.dtype))
    return tuple(drawn)


def _activation_parameters(network: Network) -> Mapping[str, float]:
    """Return the declared value of each trainable activation parameter, by its name."""
    values = {}
    for definition in network.model.definitions:
        for node in definition.right.atoms(Activated):
            activation = network.model.activations[node.symbol.name]
            assert activation is not None  # a generated module has every activation bound
            for symbol, name in zip(node.parameters, activation.trainable, strict=True):
                values[symbol.name] = float(activation.parameters[name])
    return values


class _Powers:
    """The mean square of an entry of every quantity; a parameter's is chosen where it is used."""

    def __init__(self, network: Network, feature_power: float) -> None:
        self.network = network
        self.model = network.model
        self.powers = {self.model.features.name: feature_power}
        self.start = _activation_parameters(network)

    def all(self) -> Mapping[str, float]:
        for definition in self.model.definitions:
            self.choose(definition)
            self.powers[definition.quantity.name] = self.power(definition.right)
        return self.powers

    def choose(self, definition: Definition) -> None:
        """Choose the power of each parameter that this definition is the first to use."""
        for parameter in self.model.parameters:
            if len(parameter.sizes) == 1:
                self.powers.setdefault(parameter.name, 0.0)
        wanted = self.wanted(definition)
        for term in Add.make_args(definition.right):
            named = {entry.base.label.name for entry in term.atoms(Indexed)}
            new = dict.fromkeys(named - self.powers.keys(), 1.0)
            self.powers |= new
            found = self.power(term)
            if new and found > 0:
                self.powers |= dict.fromkeys(new, (wanted / found) ** (1 / len(new)))

    def wanted(self, definition: Definition) -> float:
        """Return the power that the takers of this quantity want."""
        if definition.quantity == self.model.scores:
            return SCORE_POWER
        name = definition.quantity.name
        for taker in self.model.definitions:
            for node in sorted(taker.right.atoms(Activated), key=str):
                if any(entry.base.label.name == name for entry in node.argument.atoms(Indexed)):
                    slope = self.mean_square("derivative", node, NORMAL)
                    return float(np.clip(1 / slope, LEAST_POWER, MOST_POWER)) if slope else 1.0
        return 1.0

    def power(self, node: Expr) -> float:
        """Return the mean square of an expression whose parts are independent."""
        if isinstance(node, Indexed):
            return self.powers[node.base.label.name]
        if isinstance(node, Activated):
            spread = np.sqrt(self.power(node.argument))
            return self.mean_square("value", node, spread * NORMAL)
        if isinstance(node, Sum):
            terms = [self.network.lengths[last] for _, _, last in node.limits]
            return float(np.prod(terms)) * self.power(node.function)
        if isinstance(node, Add):
            return sum(map(self.power, node.args))
        if isinstance(node, Mul):
            return float(np.prod([self.power(part) for part in node.args]))
        if isinstance(node, Pow):
            return self.power(node.base) ** float(node.exp)
        return self.start[node.name] ** 2 if isinstance(node, Symbol) else float(node) ** 2

    def mean_square(self, kind: str, node: Activated, at: np.ndarray) -> float:
        """Return the mean square of the activation's value or derivative, infinite ones as 0."""
        function = self.elementwise(kind, node.symbol.name)
        dtype = self.network.dtype
        learned = [np.full(1, self.start[s.name], dtype) for s in node.parameters]
        with np.errstate(all="ignore"):
            values = np.asarray(function(at.astype(dtype), *learned), np.float64)
            square = float(np.mean(np.where(np.isfinite(values), values, 0.0) ** 2))
        return square if np.isfinite(square) else 1.0

    def elementwise(self, kind: str, symbol: str) -> Callable[..., np.ndarray]:
        several = len(self.model.activations) > 1
        return getattr(self.network.module, f"{kind}_{symbol}" if several else kind)
