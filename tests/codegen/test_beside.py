"""Calls made by processes of their own: results, what is lost, and the end of a process."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegen import beside
from codegen.beside import LostError, Worker


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "cores", lambda: 2)
    monkeypatch.setattr(beside, "RESTING", [])


def test_calls_are_made_one_after_another_by_one_process() -> None:
    with Worker() as worker:
        worker.start(os.getpid)
        first = worker.result()
        worker.start(os.getpid)
        assert worker.result() == first != os.getpid()


def test_a_process_that_rests_works_for_the_next_worker() -> None:
    with Worker() as worker:
        worker.start(os.getpid)
        first = worker.result()
        worker.rest()
    with Worker() as worker:
        worker.start(os.getpid)
        assert worker.result() == first
        worker.start(os._exit, 3)
        with pytest.raises(LostError):
            worker.result()
        assert worker._process
        worker._process.wait()
        worker.rest()
    assert not beside.RESTING


def test_what_a_call_prints_is_not_taken_for_its_result() -> None:
    with Worker() as worker:
        worker.start(os.system, "echo a line")
        assert worker.result() == 0
        worker.start(print, "another")
        assert worker.result() is None


def test_a_call_that_fails_is_lost_and_the_next_is_made() -> None:
    with Worker() as worker:
        worker.start(math.sqrt, -1.0)
        with pytest.raises(LostError):
            worker.result()
        worker.start(math.sqrt, 4.0)
        assert worker.result() == 2.0


def test_a_process_that_ends_has_lost_its_call() -> None:
    with Worker() as worker:
        worker.start(os._exit, 3)
        with pytest.raises(LostError):
            worker.result()


def test_no_process_is_started_where_there_is_one_core_or_none_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "COMMAND", ("/no/such/program",))
    with Worker() as worker, pytest.raises(LostError):
        worker.result()
    monkeypatch.setattr(beside, "cores", lambda: 1)
    monkeypatch.delattr(beside, "Popen")
    with Worker() as worker, pytest.raises(LostError):
        worker.result()


CALLER = """
import signal, time
from codegen import beside

signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests may ignore it
beside.cores = lambda: 2
with beside.Worker() as worker:
    worker.start(time.sleep, 600.0)
    print(worker._process.pid, flush=True)
    worker.result()
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the state of a process")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_process_ends_with_its_caller_in_the_middle_of_a_call(number: signal.Signals) -> None:
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert caller.stdout
    process = int(caller.stdout.readline())
    time.sleep(0.5)  # the call has begun, most likely
    caller.send_signal(number)
    caller.wait(60)
    end = time.monotonic() + 60
    while _running(process):
        assert time.monotonic() < end
        time.sleep(0.05)


def _running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
