"""Calls made by processes of their own, beside the caller, where there is a core for one.

Such a process runs this module, ``python -m codegen.beside``, and not multiprocessing, which would run
the caller's script once more. It ends when its input does, in the middle of a call as well, so none
outlives its caller, however that ends; and it prints nothing.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread
from typing import Any

from codegen.doctor.processor import cores
from derive.budget import OutOfTimeError

__all__ = ["LostError", "Worker"]

RESTING: list[Popen[bytes]] = []  # processes that wait for a caller, with what they have imported
COMMAND = (sys.executable, "-P", "-m", "codegen.beside")


class LostError(Exception):
    """There is no result from the process: the caller makes the call itself, and sees why if it fails."""


class Worker:
    """A process that makes calls, one after another; a context manager, which ends it."""

    def __init__(self) -> None:
        self._process: Popen[bytes] | None = RESTING.pop() if RESTING else None
        if self._process is None and cores() > 1:
            with suppress(OSError):  # no more processes are allowed, or none at all
                self._process = Popen(COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def rest(self) -> None:
        """Leave the process, whose calls have all been awaited, to the next Worker."""
        if self._process is not None and self._process.poll() is None:
            RESTING.append(self._process)
        self._process = None

    def start(self, function: Callable[..., object], *arguments: object) -> None:
        """Have a function of a module called; with arguments and a result that can be pickled."""
        if self._process is not None and self._process.stdin is not None:
            call = pickle.dumps((function, arguments))
            with suppress(OSError, ValueError):  # it has ended, or was ended: result() says it
                self._process.stdin.write(call)
                self._process.stdin.flush()

    def result(self) -> Any:
        """Return what the call that was started gave, or raise its OutOfTimeError; else LostError."""
        if self._process is None or self._process.stdout is None:
            raise LostError
        try:
            found = pickle.load(self._process.stdout)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            raise LostError from None
        if isinstance(found, (LostError, OutOfTimeError)):
            raise found
        return found


def _work() -> None:
    """Make the calls that come in and write what each gives."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a call prints goes where errors go
    calls: SimpleQueue[tuple[Callable[..., object], tuple[object, ...]]] = SimpleQueue()
    Thread(target=_read, args=(calls,), daemon=True).start()
    while True:
        pickle.dump(_made(*calls.get()), answers)
        answers.flush()


def _read(calls: SimpleQueue[Any]) -> None:
    """Pass on what comes in, and end the process with it."""
    try:
        while True:
            calls.put(pickle.load(sys.stdin.buffer))
    finally:
        os._exit(0)


def _made(function: Callable[..., object], arguments: tuple[object, ...]) -> object:
    try:
        return function(*arguments)
    except OutOfTimeError as error:
        return error
    except Exception:
        return LostError()


if __name__ == "__main__":
    from codegen.beside import _work as work  # its errors are then those of the caller's module

    work()
