"""The one exception of bad input, and the one of a proof that fails."""

__all__ = [
    "InputError",
    "VerificationError",
    "escaped",
    "printable",
    "quoted",
    "refused_by_the_system",
]

LONGEST = 900  # characters of a message


def escaped(line: str) -> str:
    """Return a line as it may go to a terminal: what is not printable as Python writes it."""
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in line)


def printable(message: object) -> str:
    """Return a message as one line that means nothing to a terminal and is not overlong.

    What it quotes may be a stranger's: a cell of a file, a path, an option.
    """
    plain = escaped(" ".join(str(message).split()))
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST // 2]} … {plain[-LONGEST // 3 :]}"


def quoted(text: object, limit: int = 60) -> str:
    """Return a user's text as a message quotes it: on one line, printable, cut to the limit."""
    plain = escaped(" ".join(str(text).split())[: limit + 1])
    return f"'{plain}'" if len(plain) <= limit else f"'{plain[: limit - 1]}…'"


def refused_by_the_system(error: OSError) -> str:
    """Return the sentence on what the system would not do: a full disk, no permission, no handle."""
    if isinstance(error, FileNotFoundError) and not error.filename:  # as os.getcwd() has it
        return "the folder that this runs in is gone: change to one that exists"
    reason = (error.strerror or str(error)).lower()
    where = f" of {error.filename}" if error.filename else ""
    return f"the system says {reason!r}{where}: free what is used up, or let it be written or read"


class InputError(ValueError):
    """Bad input; the message is one sentence: what is wrong, where, and what to type instead."""

    def __init__(self, message: object = "") -> None:
        super().__init__(printable(message))


class VerificationError(AssertionError):
    """A derived line that does not equal the one above it; the message names the step."""
