"""Engines: where the gradients of a data set's shards are computed.

A module's ``gradients`` are sums over rows, so the gradients of shards add up to those of the whole
(equations (7) and (10) of a one-hidden-layer model: ∂L/∂W = Σ over shards). All that an engine does
is to do one piece of work on every shard and to give the results in the order of the shards; which
machine did what, and how often, cannot be seen in the sum. So an engine is one method, such as

    joblib   yield from Parallel(n_jobs=-1, return_as="generator")(
                 delayed(work)(shard) for shard in shards)
    Ray      yield from ray.get([do.remote(work, shard) for shard in shards])
    MPI      yield from MPIPoolExecutor().map(work, shards)        # of mpi4py.futures

Work and shards can be pickled and are small: a shard is the name of a folder that every worker sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

from codegen.training.shards import Shard
from derive.errors import InputError

__all__ = ["ENGINES", "Engine", "Serial", "opened_engine"]

Result = TypeVar("Result")


class Engine(Protocol):
    """Does the same work on every shard."""

    def each(self, work: Callable[[Shard], Result], shards: Sequence[Shard]) -> Iterable[Result]:
        """Return the results in the order of the shards."""
        ...


class Serial:
    """One shard after the other in this process: what every engine must be equal to."""

    def each(self, work: Callable[[Shard], Result], shards: Sequence[Shard]) -> Iterator[Result]:
        """Yield the results in the order of the shards."""
        return map(work, shards)


def _serial(_: int | None) -> AbstractContextManager[Engine]:
    return nullcontext(Serial())


def _dask(workers: int | None) -> AbstractContextManager[Engine]:
    try:
        from codegen.training.dask_engine import local_cluster
    except ImportError:
        raise InputError(
            "--engine dask needs Dask, which is not installed: pip install 'gradscribe[dask]'"
        ) from None
    return local_cluster(workers)


ENGINES: dict[str, Callable[[int | None], AbstractContextManager[Engine]]] = {
    "serial": _serial,
    "dask": _dask,
}


def opened_engine(name: str, workers: int | None) -> AbstractContextManager[Engine]:
    """Return an engine, which ends with its context, on that many workers or as many as cores."""
    return ENGINES[name](workers)
