"""A problem: the work with random numbers in it, the same for everyone who is measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from codegen.benchmarks.work import Work
from codegen.passes.contract import contract
from codegen.passes.pick import pick
from codegen.passes.select import select
from codegen.passes.stabilise import stabilise
from codegen.program import Program, Statement, writes
from codegen.programs import lower_to_programs
from codegen.recipe import Recipe
from codegen.training.examples import Rows, check_memory
from codegen.training.network import Network, lengths_of
from derive import derive
from derive.activation import Activation
from derive.derivation import Derivation

__all__ = ["RATE", "Problem", "Subject"]

COPIES = 8  # of the rows at once: ours, those of each peer, and what they compute
RATE = 1e-4  # of ascent: so small that repeating an epoch keeps everybody's numbers alike
PASSES = (select, pick, stabilise, contract)  # to whole matrices, as one writes by hand


@dataclass(frozen=True, eq=False)
class Subject:
    """A recipe with its derivation and its generated module."""

    recipe: Recipe
    derivation: Derivation
    module: ModuleType

    @classmethod
    def of(cls, recipe: Recipe) -> Subject:
        """Return the subject; the module is made if it is not in the cache."""
        from codegen.plan import module_of

        derivation = derive(recipe.model, recipe.bindings, trainable=recipe.trainable)
        return cls(recipe, derivation, module_of(recipe))

    @cached_property
    def gradients(self) -> Program:
        """The program of L and its gradients, in whole matrices."""
        program = lower_to_programs(self.derivation).gradients
        for apply in PASSES:
            program = apply(program)
        return program

    @property
    def forward(self) -> tuple[Statement, ...]:
        """The statements that compute the scores."""
        scores = self.derivation.model.scores.name
        statements = self.gradients.statements
        last = max(k for k, s in enumerate(statements) if scores in {a.name for a in writes(s)})
        return statements[: last + 1]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple(parameter.name for parameter in self.derivation.model.parameters)

    @property
    def activations(self) -> dict[str, Activation]:
        """The activations by symbol."""
        model = self.derivation.model
        return {symbol: model.bound_activation(symbol) for symbol in model.activations}


@dataclass(frozen=True, eq=False)
class Problem:
    """The work on a subject in a dtype; arrays are drawn once, copied by whoever writes them."""

    subject: Subject
    work: Work
    dtype: str
    lengths: dict[str, int]
    parameters: tuple[NDArray[np.floating], ...]
    X: Rows
    y: NDArray[np.int64]
    x: NDArray[np.floating]

    @classmethod
    def of(cls, subject: Subject, work: Work, dtype: str, seed: int = 0) -> Problem:
        """Return the problem with its arrays: parameters by fan-in, features standard normal."""
        numbers = work.rows * (
            (work.non_zeros or work.features) + sum(work.hidden) + work.classes + 1
        )
        size = COPIES * numbers * np.dtype(dtype).itemsize
        check_memory(size, f"the size {work}", "give a smaller one")
        random = np.random.default_rng(seed)
        model = subject.derivation.model
        trainable = {
            quantity: float(model.bound_activation(symbol).parameters[name])
            for symbol in model.activations
            for name, quantity in model.trainable(symbol).items()
        }
        if not work.features:
            x = random.standard_normal(work.rows, np.float32).astype(dtype) * np.array(3, dtype)
            values = tuple(np.array([value], dtype) for value in trainable.values())
            return cls(subject, work, dtype, {}, values, x[:0], np.empty(0, np.int64), x)
        kind = np.dtype(dtype)
        sizes = work.features, work.classes, kind, work.hidden
        named = lengths_of(model, *sizes, smaller="smaller sizes")
        sized = Network(model, subject.module, named, kind)
        parameters = tuple(
            np.array([trainable[name]], dtype)
            if name in trainable
            else (random.normal(size=shape) / np.sqrt(shape[-1])).astype(dtype)
            for name, shape in zip(sized.names, sized.shapes, strict=True)
        )
        X = _features(work, dtype, random)
        if work.non_zeros:
            parameters = tuple(map(np.asfortranarray, parameters))
        y = random.integers(0, work.classes, work.rows)
        lengths = {str(size): length for size, length in sized.lengths.items()}
        examples = subject.gradients.inputs[-1].sizes[0]
        lengths[examples] = work.batch
        return cls(subject, work, dtype, lengths, parameters, X, y, np.empty(0, dtype))

    def fresh(self) -> tuple[NDArray[np.floating], ...]:
        """Return copies of the parameters, to be updated."""
        return tuple(parameter.copy(order="K") for parameter in self.parameters)

    @property
    def symbol(self) -> str:
        """The activation whose value and derivative are measured: the first."""
        return next(iter(self.subject.activations))


def _features(work: Work, dtype: str, random: np.random.Generator) -> Rows:
    """Return normal features; with CSR as many non-zeros in every row, at random places."""
    if not work.non_zeros:
        return random.standard_normal((work.rows, work.features), np.float32).astype(dtype)
    count = work.rows * work.non_zeros
    values = random.standard_normal(count, np.float32).astype(dtype)
    places = random.integers(0, work.features, count).astype(np.int32)
    starts = np.arange(0, count + 1, work.non_zeros).astype(np.int32)
    return csr_array((values, places, starts), shape=(work.rows, work.features))
