"""Shards: a training set in fixed parts, each a folder of arrays from which rows are read.

Which rows a shard holds, and which of them a step takes, depends on the data, the number of shards
and the seed alone, and sums are taken in the order of the shards: the result is the same to the bit
whoever computes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, issparse
from threadpoolctl import ThreadpoolController

from codegen.store import import_file
from codegen.training.loop import Pass, Plan, Table
from codegen.training.network import Network, Parameters

if TYPE_CHECKING:
    from codegen.training.engine import Engine

__all__ = ["Shard", "SlopesOfBatch", "sharded", "write_shards"]

SPARSE = ("data", "indices", "indptr")


@dataclass(frozen=True)
class Shard:
    """A part of a training set: the number of it, its folder, its rows and features."""

    number: int
    folder: Path
    shape: tuple[int, int]

    def rows(self, places: np.ndarray) -> Table:
        """Read some rows; the others stay on disk."""
        y = self._array("y")[places]
        if (self.folder / "X.npy").exists():
            return Table(self._array("X")[places], y)
        parts = tuple(map(self._array, SPARSE))
        return Table(csr_array(parts, shape=self.shape)[places], y)

    def _array(self, name: str) -> np.ndarray:
        array: np.ndarray = np.load(self.folder / f"{name}.npy", mmap_mode="r")
        return array


def write_shards(table: Table, count: int, folder: Path) -> tuple[Shard, ...]:
    """Write every count-th row to the same shard, at most as many shards as rows."""
    shards = []
    for number in range(min(count, len(table))):
        part = folder / f"{number}"
        part.mkdir()
        X, y = table.X[number::count], table.y[number::count]
        arrays = {name: getattr(X, name) for name in SPARSE} if issparse(X) else {"X": X}
        for name, array in {**arrays, "y": y}.items():
            np.save(part / f"{name}.npy", array)
        shards.append(Shard(number, part, X.shape))
    return tuple(shards)


@cache
def _libraries() -> ThreadpoolController:
    """Return the libraries with threads, which takes a millisecond to look for; the module's too."""
    return ThreadpoolController()


@dataclass(frozen=True, eq=False)
class SlopesOfBatch:
    """The work on a shard: L and the gradients of its rows in a batch, by the generated module.

    A worker imports the module's file, whose kernels Numba has compiled and keeps beside it. One
    thread a shard: BLAS's sums then are the same on every machine of a kind.
    """

    module: Path
    parameters: Parameters
    seed: int
    epoch: int
    first: int
    last: int

    def __call__(self, shard: Shard) -> tuple[float, *Parameters]:
        order = np.random.default_rng([self.seed, 3, self.epoch, shard.number])
        places = order.permutation(shard.shape[0])[self.first : self.last]
        table = shard.rows(places)
        module = import_file(self.module.stem, self.module)
        with _libraries().limit(limits=1):
            found: tuple[float, *Parameters] = module.gradients(*self.parameters, table.X, table.y)
        return found


def sharded(engine: Engine, shards: tuple[Shard, ...]) -> Pass:
    """Return how to ascend once through the rows of shards, a batch taking as many of each."""

    def one_epoch(
        network: Network, parameters: Parameters, train: Table, plan: Plan, number: int
    ) -> float:
        assert network.module.__file__ is not None
        module = Path(network.module.__file__)
        share = -(-plan.batch_size // len(shards))
        rate = plan.rate_at(number) / (share * len(shards))
        total = 0.0
        for first in range(0, max(shard.shape[0] for shard in shards), share):
            work = SlopesOfBatch(module, parameters, plan.seed, number, first, first + share)
            sums = [np.zeros(parameter.shape) for parameter in parameters]
            for L, *gradients in engine.each(work, shards):
                total += L
                for place, gradient in enumerate(gradients):
                    sums[place] += gradient
            for parameter, slope in zip(parameters, sums, strict=True):
                parameter[...] += (rate * slope).astype(parameter.dtype)
        return total / len(train)

    return one_epoch
