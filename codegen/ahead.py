"""Searches for scalar code made side by side, ahead of the modules that are rendered one by one.

A search takes seconds of one core, and a module has one for each activation and dtype. What is found
is kept in the user's cache, where rendering finds it: it is the same whoever searched, and what fails
here fails again there, with its message.

The workers are processes of this module, ``python -m codegen.ahead``, and not of multiprocessing,
which would run the caller's script once more in each. One ends when its input does, so none outlives
the caller by more than a search.
"""

from __future__ import annotations

import pickle
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread

from codegen import store, targets
from codegen.doctor.processor import cores
from codegen.recipe import Recipe, functions_of

__all__ = ["search"]

WORKER = (sys.executable, "-P", "-m", "codegen.ahead")


def search(recipes: Iterable[Recipe]) -> None:
    """Fill the cache with the scalar code of those recipes of which no module is stored yet."""
    new = [r for r in recipes if store.read(r) is None and functions_of(r.model)]
    parts = deque(replace(recipe, dtypes=(dtype,)) for recipe in new for dtype in recipe.dtypes)
    count = min(cores(), len(parts))
    if count < 2:
        return
    workers = [Popen(WORKER, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) for _ in range(count)]
    try:
        feeders = [Thread(target=_feed, args=(worker, parts)) for worker in workers]
        for feeder in feeders:
            feeder.start()
        for feeder in feeders:
            feeder.join()
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _feed(worker: Popen[bytes], parts: deque[Recipe]) -> None:
    """Give a worker one part after another until none is left, or the worker is gone."""
    assert worker.stdin
    assert worker.stdout
    with suppress(IndexError, OSError):
        while True:
            pickle.dump(parts.popleft(), worker.stdin)
            worker.stdin.flush()
            if not worker.stdout.read(1):
                return


def _work() -> None:
    """Search for what the caller sends, and answer each part with a byte."""
    with suppress(EOFError, OSError):
        while True:
            part = pickle.load(sys.stdin.buffer)
            with suppress(Exception):
                targets.search(part)
            sys.stdout.buffer.write(b".")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    _work()
