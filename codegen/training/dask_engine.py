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

Result = TypeVar("Result")


class Dask:
    """Does work on the workers of a client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def each(self, work: Callable[[Shard], Result], shards: Sequence[Shard]) -> Iterator[Result]:
        """Yield the results in the order of the shards, whichever is ready first."""
        shared = self.client.submit(_itself, work, pure=False)
        futures = [self.client.submit(_do, shared, shard, pure=False) for shard in shards]
        while futures:
            yield futures.pop(0).result()  # a gradient that has been added needs no memory any more


def _itself(work: Any) -> Any:
    return work


def _do(work: Callable[[Shard], Result], shard: Shard) -> Result:
    return work(shard)


@contextmanager
def local_cluster(workers: int | None) -> Iterator[Dask]:
    """Give the engine of a cluster on this machine, a process a worker, and close it afterwards."""
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield Dask(client)
