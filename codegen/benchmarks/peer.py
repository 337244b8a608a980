"""What a peer is asked for: a task that runs the work, and its results as NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from codegen.benchmarks.problem import Problem

__all__ = ["Peer", "Task", "UnservedError", "batches", "built_in"]

Arrays = tuple[NDArray[np.floating], ...]
CHECKED = np.linspace(-6, 6, 241)


class UnservedError(Exception):
    """The peer does not do this work; the message says why in a few words."""


@dataclass(frozen=True, eq=False)
class Task:
    """One contestant ready to run: ``run`` is what is timed, ``arrays`` reads what it returned.

    The arrays are L and the gradients, L and the parameters after an epoch, or g and g′. A task
    that is not the ``same`` work says in ``note`` what differs, and is not compared.
    """

    run: Callable[[], Any]
    arrays: Callable[[Any], Arrays]
    note: str = ""
    same: bool = True


class Peer(Protocol):
    """A module of :mod:`codegen.benchmarks.peers`."""

    NAME: str

    def version(self) -> str:
        """Return the library's version; ImportError where it is not installed."""

    def task(self, problem: Problem) -> Task:
        """Return the task; UnservedError where the peer does not do this work."""


def batches(rows: int, size: int) -> list[slice]:
    """Return the batches of an epoch in order, the last one maybe smaller."""
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]


def built_in(
    library: Any, name: str, to_array: Callable[[Any], Any], exact: Callable[..., Any]
) -> Callable[..., Any] | None:
    """Return a library's own function of that name, if it is the same function of x.

    The same within 10⁻⁶ on [−6, 6]: libraries give one name to different functions.
    """
    found = getattr(library, name, None)
    if not callable(found):
        return None
    try:
        given = np.asarray(found(to_array(CHECKED)), np.float64)
    except (TypeError, ValueError, RuntimeError):
        return None
    same = given.shape == CHECKED.shape and np.allclose(given, exact(CHECKED), 1e-6, 1e-6)
    return found if same else None
