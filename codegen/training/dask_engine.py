"""Dask as an engine: shards on the workers of a local cluster, or of any client that is given.

A task reads its rows from its shard's files and the parameters from the graph, which the scheduler
keeps: when a worker is lost, what it was doing is done again elsewhere, and nothing is lost with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from distributed import Client, LocalCluster

from codegen.training.shards import Shard

__all__ = ["Dask", "local_cluster"]

TASKS_OF_A_CORE = 4  # few, as Dask takes 10 ms for one; many, so that no core waits long

Result = TypeVar("Result")


class Dask:
    """Does work on the workers of a client, a few tasks each, whatever the number of shards."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.tasks = TASKS_OF_A_CORE * sum(client.ncores().values())

    def each(self, work: Callable[[Shard], Result], shards: Sequence[Shard]) -> Iterator[Result]:
        """Yield the results in the order of the shards, whichever is ready first."""
        shared = self.client.submit(_itself, work, pure=False)
        size = -(-len(shards) // self.tasks)
        parts = [shards[first : first + size] for first in range(0, len(shards), size)]
        futures = [self.client.submit(_do, shared, part, pure=False) for part in parts]
        while futures:
            yield from futures.pop(0).result()  # what has been added needs no memory any more


def _itself(work: Any) -> Any:
    return work


def _do(work: Callable[[Shard], Result], shards: Sequence[Shard]) -> list[Result]:
    return [work(shard) for shard in shards]


@contextmanager
def local_cluster(workers: int | None) -> Iterator[Dask]:
    """Give the engine of a cluster on this machine, a process a worker, and close it afterwards."""
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield Dask(client)
