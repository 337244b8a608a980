"""Whoever computes the shards, and whoever is lost on the way, the weights are the same bits."""

from __future__ import annotations

import os
import signal
import sys
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from codegen.store import import_file
from codegen.training.data import read_examples
from codegen.training.engine import ENGINES, Serial, opened_engine
from codegen.training.initialise import initial_parameters
from codegen.training.loop import Plan, Table, ascend
from codegen.training.network import network
from codegen.training.prepare import prepare
from codegen.training.shards import sharded, write_shards
from derive.errors import InputError
from derive.model import parse_model

MODEL = "softmax(W f(x))"
FILE = Path(__file__).parents[3] / "generated" / "logistic_regression.py"
DIGITS = prepare(read_examples("digits"), 0.2, np.dtype(np.float64))


def begin():
    module = import_file(FILE.stem, FILE)
    net = network(parse_model(MODEL, {}), module, 64, 10)
    return net, initial_parameters(net, 0, DIGITS.feature_power)


def trained(engine, folder, *, train=DIGITS.train, batch_size=320, epochs=2, shards=5):
    net, start = begin()
    net.module.gradients(*start, train.X[:1], train.y[:1])  # compiled before a worker imports it
    plan = Plan(epochs, 0.5, batch_size, seed=0)
    folder.mkdir()
    one_epoch = sharded(engine, write_shards(train, shards, folder))
    return list(ascend(net, start, train, DIGITS.held_out, plan, one_epoch=one_epoch))


def test_gradients_of_shards_add_up_to_that_of_the_whole(tmp_path):
    net, start = begin()
    size = len(DIGITS.train)
    (reached,) = trained(Serial(), tmp_path / "shards", batch_size=size, epochs=1, shards=1)
    (divided,) = trained(Serial(), tmp_path / "more", batch_size=size, epochs=1, shards=7)
    L, dW = net.module.gradients(*start, DIGITS.train.X, DIGITS.train.y)
    assert reached.log_likelihood == pytest.approx(L / size)
    np.testing.assert_allclose(reached.parameters[0], start[0] + 0.5 * dW / size, atol=1e-12)
    assert divided.log_likelihood == pytest.approx(L / size)


def test_every_row_is_in_one_shard(tmp_path):
    shards = write_shards(DIGITS.train, 7, tmp_path)
    rows = [shard.rows(np.arange(shard.shape[0])) for shard in shards]
    assert sum(len(part) for part in rows) == len(DIGITS.train)
    np.testing.assert_array_equal(
        np.sort(np.concatenate([p.y for p in rows])), np.sort(DIGITS.train.y)
    )
    (tmp_path / "few").mkdir()
    assert (
        len(write_shards(Table(DIGITS.train.X[:2], DIGITS.train.y[:2]), 7, tmp_path / "few")) == 2
    )


def test_rows_given_by_their_non_zeros_are_learnt_alike(tmp_path):
    sparse = Table(csr_array(DIGITS.train.X), DIGITS.train.y)
    *_, expected = trained(Serial(), tmp_path / "table")
    *_, found = trained(Serial(), tmp_path / "sparse", train=sparse)
    np.testing.assert_allclose(found.parameters[0], expected.parameters[0], rtol=1e-10, atol=1e-12)


class Killing:
    """An engine that loses a worker with every piece of its work begun, in mid-epoch."""

    def __init__(self, dask, victim):
        self.dask, self.victim, self.rounds = dask, victim, 0

    def each(self, work, shards):
        self.rounds += 1
        results = self.dask.each(work, shards)
        if self.rounds == 3:
            os.kill(self.victim, signal.SIGKILL)
        return results


def how_often_compiled(name):
    """Return how often a worker compiled the gradients, None if it did not import them."""
    module = sys.modules.get(name)
    return module and sum(module._gradients.stats.cache_misses.values())


@pytest.mark.skipif(
    find_spec("distributed") is None and "CI" not in os.environ, reason="Dask is not installed"
)
def test_a_lost_worker_loses_nothing_and_none_compiles(tmp_path):
    alone = trained(Serial(), tmp_path / "serial")
    with opened_engine("dask", 2) as dask:
        pids = dask.client.run(os.getpid)
        killing = Killing(dask, next(iter(pids.values())))
        found = trained(killing, tmp_path / "dask")
        compiled = dask.client.run(how_often_compiled, FILE.stem)
    assert killing.rounds > 4
    assert 0 in compiled.values()
    assert set(compiled.values()) <= {0, None}
    for expected, reached in zip(alone, found, strict=True):
        assert reached.log_likelihood == expected.log_likelihood
        assert all(map(np.array_equal, reached.parameters, expected.parameters))


class Client:
    """A client of Dask that does at once what is submitted, and counts it."""

    submitted = 0

    def ncores(self):
        return {"tcp://one": 1, "tcp://two": 2}

    def submit(self, function, *arguments, pure):
        assert not pure
        self.submitted += 1
        given = [a.result() if isinstance(a, Future) else a for a in arguments]
        future = Future()
        future.set_result(function(*given))
        return future


@pytest.mark.skipif(
    find_spec("distributed") is None and "CI" not in os.environ, reason="Dask is not installed"
)
@pytest.mark.parametrize("count", [1, 2, 12, 13, 1000])
def test_many_shards_are_few_tasks_in_their_order(count):
    from codegen.training.dask_engine import TASKS_OF_A_CORE, Dask

    dask = Dask(client := Client())
    assert list(dask.each(lambda shard: shard * shard, range(count))) == [
        k * k for k in range(count)
    ]
    assert client.submitted <= 1 + 3 * TASKS_OF_A_CORE


def test_without_dask_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "codegen.training.dask_engine", None)
    with pytest.raises(InputError, match=r"pip install 'gradscribe\[dask\]'"):
        ENGINES["dask"](None)
