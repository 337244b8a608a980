"""What both command lines share: how a command ends, whatever happens in it, and empty options."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from types import FrameType

import click

from derive.errors import InputError, VerificationError, printable, refused_by_the_system

__all__ = ["run"]

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
USUAL = (signal.SIG_DFL, signal.default_int_handler)
CATCHES_ALL = "mpmath.libmp.backend"  # whatever is raised while it imports gmpy2
MISSED = "CertificateError"  # by name, as this package never imports the other one


def run(command: click.Command, name: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 fine, 1 a check failed, 2 bad input.

    Whatever it raises is one sentence on stderr, where there is one. SIGTERM and SIGHUP end it as
    Ctrl-C does, with status 130, so that what it was writing is put away.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        _check_values(typed)
        with _interrupted_by_signals(name):
            status = command.main(args=typed, prog_name=name, standalone_mode=False)
        if sys.stdout is not None:  # a shell can start a command with it closed, as in >&-
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except BaseException as error:
        status = _status(error)
        if status is None or (status == 70 and os.environ.get("GRADSCRIBE_TRACEBACK")):
            raise
        click.echo(f"{name}: {printable(_sentence(error, name, typed))}", err=True)
    return status if isinstance(status, int) else 0


@contextmanager
def _interrupted_by_signals(name: str) -> Iterator[None]:
    """Raise KeyboardInterrupt for signals that ask the process to end; whoever handles one keeps it.

    Where it would be lost the process ends at once: nothing has begun that early.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        if _is_importing(CATCHES_ALL, frame):
            click.echo(f"{name}: {_sentence(KeyboardInterrupt(), name, ())}", err=True)
            os._exit(130)
        raise KeyboardInterrupt

    asked = [getattr(signal, ending) for ending in ENDING if hasattr(signal, ending)]
    if threading.current_thread() is not threading.main_thread():
        asked = []
    before = {number: signal.getsignal(number) for number in asked}
    free = {number: handler for number, handler in before.items() if handler in USUAL}
    for number in free:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in free.items():
            signal.signal(number, handler)


def _is_importing(module: str, frame: FrameType | None) -> bool:
    """Whether the module is among those whose code is being run."""
    while frame is not None:
        if frame.f_globals.get("__name__") == module and frame.f_code.co_name == "<module>":
            return True
        frame = frame.f_back
    return False


def _check_values(typed: Sequence[str]) -> None:
    """Raise InputError for an option with an empty value, which would be taken for none, or for ".".

    So too for a zero byte, which no path can have, and for letters that the locale cannot read.
    """
    encoding = sys.getfilesystemencoding()
    if encoding != "utf-8" and any(re.search("[\udc80-\udcff]", text) for text in typed):
        raise InputError(
            f"what was typed cannot be read in {encoding}, the encoding of this locale: set "
            "PYTHONUTF8=1, or LC_ALL=C.UTF-8"
        )
    if any("\0" in text for text in typed):
        raise InputError("what was typed has a zero byte, which no name has: leave it out")
    assigned = (text.split("=") for text in typed if re.fullmatch("--[a-z0-9-]+=", text))
    for option, value in (*pairwise(typed), *assigned):
        if option.startswith("-") and not value:
            raise InputError(f"the value of {option} is empty: give one, or leave {option} out")


def _status(error: BaseException) -> int | None:
    """Return the exit status that an error stands for; None for what is not ours to catch."""
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return 130
    if isinstance(error, VerificationError) or type(error).__name__ == MISSED:
        return 1
    if isinstance(error, (InputError, MemoryError, click.ClickException, OSError)):
        return 2
    return 70 if isinstance(error, Exception) else None


def _sentence(error: BaseException, name: str, typed: Sequence[str]) -> str:
    """Return what to say of an error."""
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return "interrupted"
    if isinstance(error, click.ClickException):
        return _usage(error, name, typed)
    if isinstance(error, MemoryError):
        return f"this takes more memory than there is ({error}): give it less to do"
    if isinstance(error, OSError):
        return refused_by_the_system(error)
    if _status(error) == 70:
        return (
            f"this is a bug in gradscribe ({type(error).__name__}: {error}); report it "
            "with the command that you typed (GRADSCRIBE_TRACEBACK=1 shows where it happened)"
        )
    return str(error)


def _usage(error: click.ClickException, name: str, typed: Sequence[str]) -> str:
    """Return click's sentence and where to look; a formula that begins with - is no option."""
    if isinstance(error, click.NoSuchOption):
        for text in typed:
            if "(" in text and text.startswith(error.option_name) and "=" not in text:
                return f"{text!r} is read as an option, as it begins with -: type 'g={text}'"
    context = getattr(error, "ctx", None)
    path = context.command_path if context else name
    return f"{error.format_message().rstrip('.')}; {path} --help shows how to type it"
