"""Searches for scalar code made side by side, ahead of the modules that are rendered one by one.

A search takes seconds of one core, and a module has one for each activation and dtype. What is found
is kept in the user's cache, where rendering finds it: it is the same whoever searched, and what fails
here fails again there, with its message and the module's name. A search that ran out of time is not
made again.

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
from derive.budget import OutOfTimeError
from derive.errors import InputError

__all__ = ["search"]

WORKER = (sys.executable, "-P", "-m", "codegen.ahead")


def search(recipes: Iterable[Recipe]) -> None:
    """Fill the cache with the scalar code of those recipes of which no module is stored yet.

    Raises OutOfTimeError, which names the recipe, where one of the searches takes too long.
    """
    new = [
        recipe for recipe in recipes if store.read(recipe) is None and _applies_functions(recipe)
    ]
    parts = deque(replace(recipe, dtypes=(dtype,)) for recipe in new for dtype in recipe.dtypes)
    count = min(cores(), len(parts))
    if count < 2:
        return
    workers = [Popen(WORKER, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) for _ in range(count)]
    hopeless: list[tuple[Recipe, OutOfTimeError]] = []
    try:
        feeders = [Thread(target=_feed, args=(worker, parts, hopeless)) for worker in workers]
        for feeder in feeders:
            feeder.start()
        for feeder in feeders:
            feeder.join()
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    for recipe, spent in hopeless:
        raise OutOfTimeError(spent.seconds, str(recipe))


def _applies_functions(recipe: Recipe) -> bool:
    with suppress(InputError):  # rendering meets it again
        return bool(functions_of(recipe.model))
    return False


def _feed(
    worker: Popen[bytes], parts: deque[Recipe], hopeless: list[tuple[Recipe, OutOfTimeError]]
) -> None:
    """Give a worker one part after another until none is left, or one is hopeless."""
    assert worker.stdin
    assert worker.stdout
    with suppress(IndexError, OSError, EOFError):
        while not hopeless:
            part = parts.popleft()
            pickle.dump(part, worker.stdin)
            worker.stdin.flush()
            if (spent := pickle.load(worker.stdout)) is not None:
                hopeless.append((part, spent))


def _work() -> None:
    """Search for what the caller sends; answer each part with None, or that its time is spent."""
    with suppress(EOFError, OSError):
        while True:
            part = pickle.load(sys.stdin.buffer)
            spent = None
            with suppress(Exception):  # rendering meets it again
                try:
                    targets.search(part)
                except OutOfTimeError as error:
                    spent = error
            pickle.dump(spent, sys.stdout.buffer)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    _work()
