"""Read a text file, plain or gzip, line by line, and refuse by line number what is not text."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from codegen.training.examples import check_memory
from codegen.training.memory import used_memory
from derive.errors import InputError

__all__ = ["LINE_LIMIT", "UTF8_BOM", "opened", "text_lines"]

LINE_LIMIT = 2**24  # bytes of one line
CHECK_EVERY = 2**24  # bytes read between two looks at the memory
BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
UTF8_BOM = b"\xef\xbb\xbf"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open the file for reading bytes, uncompressed on the way if its name ends in .gz.

    A pipe or a device is refused: it might have no end, or nobody who writes into it.
    """
    try:
        if stat.S_IFMT(os.stat(path).st_mode) not in (stat.S_IFREG, stat.S_IFDIR):
            raise InputError(f"{path} is a pipe or a device, expected a file: save it in one")
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            yield stream  # type: ignore[misc]  # GzipFile reads like any other binary stream
    except FileNotFoundError:
        raise InputError(f"there is no file {path}: check the path") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{path} is not a whole gzip file ({error}): compress it again, or drop the .gz"
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path} cannot be read ({reason}): give a file that can be") from None


def text_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 text, with their ends, without a byte-order mark."""
    with opened(path) as stream:
        number = read = 0
        before = used_memory()
        while line := stream.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                raise InputError(
                    f"line {number} of {path} has more than {LINE_LIMIT:,} characters: "
                    "write one example a line"
                )
            if number == 1:
                if line[:2] in BOMS:
                    raise InputError(f"{path} is written in {BOMS[line[:2]]}: save it as UTF-8")
                line = line.removeprefix(UTF8_BOM)
            if (read + len(line)) // CHECK_EVERY > read // CHECK_EVERY:
                check_memory(max(read + len(line), used_memory() - before), str(path))
            read += len(line)
            yield _decoded(line, number, path)


def _decoded(line: bytes, number: int, path: Path) -> str:
    if b"\0" in line:
        raise InputError(f"line {number} of {path} holds a zero byte: this is not a text file")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"line {number} of {path} is not UTF-8: save the file as UTF-8") from None
