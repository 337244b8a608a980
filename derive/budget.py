"""Bound what a stranger's formula may cost: processor time, wherever the time goes.

The limits of :mod:`derive.limits` keep texts small; this catches the small text that SymPy, a proof
or a search would work on for ever. Time is the thread's own, so that a busy machine refuses nothing.
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
from typing import NamedTuple

from derive.errors import InputError

__all__ = ["DERIVING", "PROVING", "SHOWING", "OutOfTimeError", "limited", "tick"]

# Seconds of processor time; what people write takes less than a thirtieth of each
DERIVING = 30.0
PROVING = 300.0
SHOWING = 120.0  # as text, LaTeX, slides
GRACE = 1.25  # the timer waits so much longer than the ticks, whose error is as good

MEND = "write a formula of fewer parts, or a model of fewer layers"


class OutOfTimeError(InputError):
    """What was typed, which may be named, takes more processor time than it is given."""

    def __init__(self, seconds: float, what: str = "this") -> None:
        super().__init__(
            f"working {what} out takes more than {seconds:g} seconds of processor time, the limit "
            f"here: {MEND}"
        )
        self.seconds = seconds

    def __reduce__(self) -> tuple[type[OutOfTimeError], tuple[float]]:
        return type(self), (self.seconds,)


class _Limit(NamedTuple):
    """The thread's time at which it ends, and how long it is."""

    end: float
    seconds: float


_limit: ContextVar[_Limit | None] = ContextVar("limit", default=None)


def tick() -> None:
    """Raise OutOfTimeError if the time that :func:`limited` allowed is used up."""
    limit = _limit.get()
    if limit is not None and time.thread_time() > limit.end:
        raise OutOfTimeError(limit.seconds)


@contextmanager
def limited(seconds: float = DERIVING) -> Iterator[None]:
    """Give what runs inside so much processor time, at most what is left of an outer limit.

    Raises InputError where the memory or the depth of recursion is used up, and that of its kind
    which is named :class:`OutOfTimeError` where the time is.
    """
    outer, own = _limit.get(), _Limit(time.thread_time() + seconds, seconds)
    token = _limit.set(own if outer is None else min(outer, own))
    try:
        if outer is not None or not _timer_is_free():
            yield
        else:
            with _timer(seconds):
                yield
    except (MemoryError, RecursionError) as error:
        what = "memory than there is" if isinstance(error, MemoryError) else "levels than it may"
        raise InputError(f"working this out takes more {what}: {MEND}") from None
    finally:
        _limit.reset(token)


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
        raise OutOfTimeError(seconds)

    signal.signal(signal.SIGPROF, ring)
    again = 1.0  # if somebody swallows the first
    signal.setitimer(signal.ITIMER_PROF, seconds * GRACE, again)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
