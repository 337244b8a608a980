"""Searches for scalar code made side by side, ahead of the modules that are rendered one by one.

A search takes seconds of one core, and a module has one for each activation and dtype. What is found
is kept in the user's cache, where rendering finds it: it is the same whoever searched, and what fails
here fails again there, with its message.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread

from codegen import store, targets
from codegen.doctor.processor import cores
from codegen.recipe import Recipe, functions_of

__all__ = ["search"]


def search(recipes: Iterable[Recipe]) -> None:
    """Fill the cache with the scalar code of those recipes of which no module is stored yet.

    New processes do it, one a core, so the caller's main module must be importable.
    """
    new = [
        recipe for recipe in recipes if store.read(recipe) is None and functions_of(recipe.model)
    ]
    parts = [replace(recipe, dtypes=(dtype,)) for recipe in new for dtype in recipe.dtypes]
    count = min(cores(), len(parts))
    if count < 2:
        return
    with (
        suppress(BrokenProcessPool),  # one was killed; rendering searches for what is missing
        ProcessPoolExecutor(count, get_context("spawn"), _end_with_parent) as pool,
    ):
        for part in parts:
            pool.submit(targets.search, part)


def _end_with_parent() -> None:
    """End without a word at Ctrl-C and when the parent ends, even by a kill."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = parent_process()
    if parent is not None:
        Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
