"""Searches for scalar code made side by side, ahead of the modules that are rendered one by one.

A search takes seconds of one core, and a module has one for each activation and dtype. What is found
is kept in the user's cache, where rendering finds it: it is the same whoever searched, and what fails
here fails again there, with its message and the module's name. A search that ran out of time is not
made again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from threading import Thread

from codegen import store, targets
from codegen.beside import LostError, Worker
from codegen.doctor.processor import cores
from codegen.recipe import Recipe, functions_of
from derive.budget import OutOfTimeError
from derive.errors import InputError

__all__ = ["searching"]


@contextmanager
def searching(recipes: Iterable[Recipe]) -> Iterator[None]:
    """Fill the cache with the scalar code of those recipes of which no module is stored yet.

    What stands in the context is done at the same time; at its end the searches are awaited. Raises
    OutOfTimeError, which names the recipe, where one of the searches takes too long.
    """
    new = [
        recipe for recipe in recipes if store.read(recipe) is None and _applies_functions(recipe)
    ]
    parts = deque(replace(recipe, dtypes=(dtype,)) for recipe in new for dtype in recipe.dtypes)
    count = min(cores(), len(parts))
    if count < 2:
        yield
        return
    hopeless: list[tuple[Recipe, OutOfTimeError]] = []
    feeders: list[Thread] = []
    with ExitStack() as ends:
        workers = [ends.enter_context(Worker()) for _ in range(count)]
        for worker in workers:
            feeders.append(Thread(target=_feed, args=(worker, parts, hopeless), daemon=True))
            feeders[-1].start()
        yield
        for feeder in feeders:
            feeder.join()
        if not hopeless:  # verification goes on with them
            for worker in workers:
                worker.rest()
    for recipe, spent in hopeless:
        raise OutOfTimeError(spent.seconds, str(recipe))


def _applies_functions(recipe: Recipe) -> bool:
    with suppress(InputError):  # rendering meets it again
        return bool(functions_of(recipe.model))
    return False


def _feed(
    worker: Worker, parts: deque[Recipe], hopeless: list[tuple[Recipe, OutOfTimeError]]
) -> None:
    """Give a worker one part after another until none is left, or one is hopeless."""
    with suppress(IndexError):
        while not hopeless:
            part = parts.popleft()
            worker.start(targets.search, part)
            try:
                worker.result()
            except OutOfTimeError as spent:
                hopeless.append((part, spent))
            except LostError:  # rendering meets it again
                pass
