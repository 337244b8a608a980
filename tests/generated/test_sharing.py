"""Compiled works are shared by threads without the interpreter: each share once, whoever takes it."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import numpy as np
import pytest

from generated import silu

SHARES = 64


@silu._kernel
def count(given, share, shares):
    """Count a share, after some work: in a place of its own, and the thread's in order."""
    (counts, turns) = given
    total = 0.0
    for k in range(turns):
        total += np.sqrt(k + 0.5)
    counts[share] += 1 + (total < 0)


@silu._kernel
def shared(board, counts, turns, times):
    """Share the counting out so many times; return how many counts were not there when it ended."""
    missing = 0
    for k in range(times):
        silu._side_by_side(board, counts.size, count, (counts, turns))
        for share in range(counts.size):
            missing += counts[share] != k + 1
    return missing


@pytest.fixture
def board() -> int:
    """Return a board at which helpers look."""
    return awake(silu)


def awake(net: ModuleType) -> int:
    return net._helpers().board(1, is_long=True)


def counted(board: int, turns: int = 20, times: int = 200) -> tuple[np.ndarray, int]:
    counts = np.zeros(SHARES, np.int64)
    return counts, shared(board, counts, turns, times)


@pytest.mark.parametrize("turns", [0, 20, 2000])
def test_each_share_is_done_once_before_the_work_ends(board: int, turns: int) -> None:
    counts, missing = counted(board, turns)
    assert np.array_equal(counts, np.full(SHARES, 200))
    assert missing == 0


def test_without_a_board_one_thread_does_all_shares() -> None:
    counts, missing = counted(0)
    assert np.array_equal(counts, np.full(SHARES, 200))
    assert missing == 0


def test_threads_that_lead_at_once_each_have_their_work_done(board: int) -> None:
    with ThreadPoolExecutor(4) as pool:
        for counts, missing in pool.map(counted, [board] * 16):
            assert np.array_equal(counts, np.full(SHARES, 200))
            assert missing == 0


@silu._kernel
def meet(given, share, shares):
    """Wait for the other of two shares to begin, as long as a share may take."""
    (place, patience) = given
    silu._store_word(place, share, 1)
    while patience > 0 and silu._load_word(place, 1 - share) == 0:
        silu._give_way()
        patience -= 1
    silu._store_word(place, 2 + share, patience > 0)


@silu._kernel
def have_met(board, place, patience):
    """Return whether two shares were done at the same time."""
    silu._side_by_side(board, 2, meet, (place, patience))
    return silu._load_word(place, 2) * silu._load_word(place, 3) > 0


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is one core")
def test_helpers_take_shares_at_the_same_time(board: int) -> None:
    words = np.zeros((11, 4), np.intp)
    assert not have_met(0, words[10].ctypes.data, 10)
    assert any(have_met(awake(silu), words[k].ctypes.data, 10**6) for k in range(10))


def test_helpers_that_nobody_calls_fall_asleep_and_are_woken(board: int) -> None:
    helpers = silu._helpers()
    for _ in range(1000):
        if len(helpers._sleepers) == helpers._number:
            break
        time.sleep(1e-2)
    assert helpers.board(1, is_long=False) == 0
    assert helpers.board(1, is_long=True) == board
    assert len(helpers._sleepers) == helpers._number - 1
    assert helpers.board(1, is_long=False) == board


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_has_helpers_of_its_own(board: int) -> None:
    child = os.fork()
    if child == 0:
        counts, missing = counted(awake(silu))
        os._exit(int(missing or not np.array_equal(counts, np.full(SHARES, 200))))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_are_the_same_to_the_bit_whoever_is_awake(dtype, monkeypatch) -> None:
    monkeypatch.setattr(silu, "_blas_threads", lambda: (lambda: 2, lambda threads: None))
    draw = np.random.default_rng(0).normal
    W, V = draw(size=(5, 100)).astype(dtype), draw(size=(100, 300)).astype(dtype)
    X, y = draw(size=(32, 300)).astype(dtype), np.arange(32) % 5
    assert silu._BY_ONE_CORE <= 32 * (W.size + V.size) < silu._BY_ALL_CORES
    found = []
    for _ in range(3):
        helped = bool(awake(silu))
        found.append(silu.gradients(W, V, X, y))
        monkeypatch.setattr(silu._Helpers, "board", lambda self, number, is_long: 0)
        found.append(silu.gradients(W, V, X, y))
        monkeypatch.undo()
        monkeypatch.setattr(silu, "_blas_threads", lambda: (lambda: 2, lambda threads: None))
        assert helped
    for L, dW, dV in found:
        assert found[0][0] == L
        assert np.array_equal(dW, found[0][1])
        assert np.array_equal(dV, found[0][2])
