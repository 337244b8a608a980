"""Bound what a stranger's formula may cost: processor time, wherever the time goes.

The limits of :mod:`derive.limits` keep texts small; this catches the small text that SymPy or a
search would work on for minutes. Time is the thread's own, so that a busy machine refuses nothing.
Traversals call :func:`tick`. In the main thread a timer looks as well, so that a single call of
SymPy cannot go on for ever; where the timer is somebody else's already, it is left alone.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

from derive.errors import InputError

__all__ = ["SECONDS", "limited", "tick"]

SECONDS = 30.0  # of processor time; what people derive takes well under one
GRACE = 1.25  # the timer waits so much longer than the ticks, whose error is as good

_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


def tick() -> None:
    """Raise InputError if the time that :func:`limited` allowed is used up."""
    deadline = _deadline.get()
    if deadline < float("inf") and time.thread_time() > deadline:
        raise _spent()


def _spent() -> InputError:
    return InputError(
        f"working this out takes more than {SECONDS:g} seconds of processor time, the limit here: "
        "write a formula of fewer parts, or nest fewer of them"
    )


@contextmanager
def limited(seconds: float | None = None) -> Iterator[None]:
    """Give what runs inside so much processor time, at most what is left of an outer limit.

    Raises InputError where that, the memory or the depth of recursion is used up.
    """
    allowed = SECONDS if seconds is None else seconds
    outer = _deadline.get()
    token = _deadline.set(min(outer, time.thread_time() + allowed))
    try:
        if outer < float("inf") or not _timer_is_free():
            yield
        else:
            with _timer(allowed * GRACE):
                yield
    except (MemoryError, RecursionError) as error:
        what = "memory than there is" if isinstance(error, MemoryError) else "levels than it may"
        raise InputError(
            f"working this out takes more {what}: write a formula of fewer parts, or nest fewer "
            "of them"
        ) from None
    finally:
        _deadline.reset(token)


def _timer_is_free() -> bool:
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGPROF) is signal.SIG_DFL
        and signal.getitimer(signal.ITIMER_PROF)[0] == 0
    )


@contextmanager
def _timer(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise _spent()

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # again, if somebody swallows the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
