"""One training: data and recipe in, epochs and weights out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.sparse import issparse

from codegen.plan import module_of
from codegen.recipe import Recipe
from codegen.training.data import read_examples
from codegen.training.engine import opened_engine
from codegen.training.initialise import initial_parameters
from codegen.training.loop import Epoch, Plan, ascend
from codegen.training.network import Network, Parameters, lengths_of
from codegen.training.prepare import Prepared, prepare
from codegen.training.rate import suggested_rate
from codegen.training.shards import sharded, write_shards
from codegen.training.weights import Card, Weights, check_names
from derive.errors import InputError
from derive.model import parse_model

__all__ = ["Request", "Training", "begin", "check_rate"]


@dataclass(frozen=True)
class Request:
    """What to train, on what, and how; a rate of None is worked out from the data.

    With an engine each batch is divided among the shards, which its workers share; there are as
    many as a batch has rows at most.
    """

    recipe: Recipe
    data: str
    dtype: str
    hidden: Sequence[int] = ()
    epochs: int = 100
    rate: float | None = None
    batch_size: int = 32
    seed: int = 0
    test_fraction: float = 0.2
    engine: str | None = None
    workers: int | None = None
    shards: int = 8


@dataclass(frozen=True, eq=False)
class Training:
    """A network at its start, its data and the plan of its ascent.

    ``done`` is the last epoch of a run that was cut off and goes on here.
    """

    request: Request
    network: Network
    prepared: Prepared
    start: Parameters
    plan: Plan
    done: Epoch | None = None

    @property
    def size(self) -> int:
        """Return how many numbers are learnt."""
        return sum(parameter.size for parameter in self.start)

    @property
    def beginning(self) -> Epoch:
        """Return the epoch before the first, which has reached nothing."""
        return Epoch(0, -math.inf, None, self.plan.rate, 0, self.start)

    def epochs(self) -> Iterator[Epoch]:
        """Yield each epoch; see :func:`codegen.training.loop.ascend`."""
        train, held_out = self.prepared.train, self.prepared.held_out
        given = self.network, self.start, train, held_out, self.plan, self.done
        if self.request.engine is None:
            yield from ascend(*given)
            return
        # Compiled here, the kernels are in Numba's cache before a worker imports the module.
        self.network.module.gradients(*self.start, train.X[:1], train.y[:1])
        with (
            TemporaryDirectory(prefix="gradscribe_shards_") as folder,
            opened_engine(self.request.engine, self.request.workers) as engine,
        ):
            shards = write_shards(train, self.request.shards, Path(folder))
            yield from ascend(*given, one_epoch=sharded(engine, shards))

    def weights(self, epoch: Epoch) -> Weights:
        """Return what a file needs to predict with the parameters that the epoch reached."""
        request = self.request
        card = Card(
            request.recipe.model,
            {name: str(value) for name, value in request.recipe.bindings.items()},
            request.recipe.trainable,
            request.dtype,
            {
                "data": request.data,
                "epochs": epoch.number,
                "of_epochs": self.plan.epochs,
                "learning_rate": self.plan.rate,
                "halves": self.plan.halves,
                "halvings": epoch.halvings,
                "batch_size": self.plan.batch_size,
                "seed": self.plan.seed,
                "test_fraction": request.test_fraction,
                "log_likelihood": epoch.log_likelihood,
                "accuracy": epoch.accuracy,
            },
            self.prepared.features,
        )
        parameters = dict(zip(self.network.names, epoch.parameters, strict=True))
        return Weights(parameters, self.prepared.classes, self.prepared.standardisation, card)


def begin(request: Request) -> Training:
    """Read the data, make the module, draw the parameters; InputError before anything is made."""
    recipe, dtype = request.recipe, np.dtype(request.dtype)
    model = parse_model(recipe.model, recipe.bindings, recipe.trainable)
    check_names(model)
    prepared = prepare(read_examples(request.data), request.test_fraction, dtype)
    features, classes = prepared.train.X.shape[1], len(prepared.classes)
    lengths = lengths_of(model, features, classes, dtype, request.hidden)
    made = Network(model, module_of(recipe), lengths, dtype)
    batch_size = min(request.batch_size, len(prepared.train))
    if request.engine is not None:
        request = replace(request, shards=min(request.shards, batch_size))
        batch_size = -(-batch_size // request.shards) * request.shards
    start = initial_parameters(made, request.seed, prepared.feature_power)
    if issparse(prepared.train.X):
        start = _by_feature(made, start)
    rate = request.rate
    if rate is None:
        rate = suggested_rate(made, start, prepared.train.X, batch_size, request.seed)
        if rate == 0:
            raise InputError(
                f"the gradient of {recipe} is not finite at the start: its activation is too steep "
                "near 0, so give --learning-rate, or another activation"
            )
    check_rate(rate, batch_size, dtype)
    plan = Plan(request.epochs, rate, batch_size, request.seed, halves=request.rate is None)
    return Training(request, made, prepared, start, plan)


def check_rate(rate: float, batch_size: int, dtype: np.dtype) -> None:
    """Refuse a learning rate that a step of so many examples could not apply in the dtype."""
    with np.errstate(over="ignore", under="ignore"):
        per_example = dtype.type(rate / batch_size)
    if not 0 < per_example < np.inf:
        raise InputError(
            f"the learning rate is {rate:g}, which is {per_example:g} for each of {batch_size} "
            f"examples in {dtype}: give one such as 0.1"
        )


def _by_feature(network: Network, parameters: Parameters) -> Parameters:
    """Return the parameters with each feature's weights side by side, as its non-zeros need them."""
    features = network.model.features.sizes[0]
    return tuple(
        np.asfortranarray(value) if quantity.sizes[1:] == (features,) else value
        for quantity, value in zip(network.model.parameters, parameters, strict=True)
    )
