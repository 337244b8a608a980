"""Read a table of comma-, semicolon- or tab-separated values with one label column."""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from codegen.training.examples import Examples, counted
from codegen.training.labels import labels_from_text
from codegen.training.lines import text_lines
from derive.errors import InputError

__all__ = ["read_csv"]

T = TypeVar("T")

LABEL_NAMES = ("label", "y", "class", "target")
SEPARATORS = ("\t", ";", ",")  # the first that the first line contains

Row = tuple[int, list[str]]
"""A line number, from 1, and the cells of that line."""


@dataclass(frozen=True)
class _Columns:
    """What the first row says: how many columns, their names if any, which is the label."""

    width: int
    names: tuple[str, ...]
    label: int | None

    @property
    def features(self) -> tuple[str, ...]:
        """Return the names without the label's."""
        return tuple(name for k, name in enumerate(self.names) if k != self.label)

    def called(self, column: int) -> str:
        name = f" ({self.names[column][:40]})" if self.names else ""
        return f"column {column + 1}{name}"


def read_csv(path: Path, features: int | None = None, names: Sequence[str] = ()) -> Examples:
    """Return the examples of a csv file: a header is optional, the label is last or named.

    ``features`` is given where a classifier expects that many: a table of just so many columns
    has no labels. ``names`` are those that it was trained on: a first row of them is a header, even
    where they are numbers. Raises InputError naming the line.
    """
    rows = _rows(path)
    first = next(rows, None)
    if first is None:
        raise InputError(f"{path} is empty: give one example a line, its label last")
    columns = _columns(first, path, features, names)
    numbers, lines, labels = array("d"), array("q"), []
    once: dict[str, str] = {}  # each label, so that equal ones share their memory
    body = rows if columns.names else _chain(first, rows)
    for line, cells in body:
        if len(cells) != columns.width:
            raise InputError(
                f"line {line} of {path} has {counted(len(cells), 'value')}, "
                f"expected {columns.width} as in line {first[0]}: mend that line"
            )
        if columns.label is not None:
            label = cells.pop(columns.label).strip()
            labels.append(once.setdefault(label, label))
        try:
            values = [float(cell) for cell in cells]
        except ValueError:
            _refuse_cell(cells, columns, line, path)
        if not all(map(math.isfinite, values)) or any("_" in cell for cell in cells):
            _refuse_cell(cells, columns, line, path)
        numbers.extend(values)
        lines.append(line)
    if not lines:
        raise InputError(f"{path} has a header and no examples: give one a line, its label last")
    table = np.frombuffer(numbers, np.float64).reshape(len(lines), -1)
    if columns.label is None:
        return Examples(table, None, str(path), columns.features)
    alone = labels.count(labels[0]) == 1 < len(labels)
    if alone and not columns.names and labels[0].casefold() in LABEL_NAMES:
        raise InputError(
            f"line {lines[0]} of {path} has the label '{labels[0]}', which no other line has, and "
            "numbers: if it is a header, name its columns by words, else leave it out"
        )
    found = labels_from_text(labels, lambda position: f"line {lines[position]} of {path}")
    return Examples(table, found, str(path), columns.features)


def _rows(path: Path) -> Iterator[Row]:
    """Yield the rows that are not blank."""
    lines = text_lines(path)
    first = next(lines, "")
    separator = next((mark for mark in SEPARATORS if mark in first), ",")
    reader = csv.reader(_chain(first, lines), delimiter=separator, strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(
                f"line {reader.line_num} of {path} is no row of a csv file ({error}): mend it"
            ) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _chain(first: T, rest: Iterator[T]) -> Iterator[T]:
    yield first
    yield from rest


def _columns(first: Row, path: Path, features: int | None, expected: Sequence[str]) -> _Columns:
    """Work out the columns from the first row and from how many features are expected."""
    line, cells = first
    stripped = [cell.strip() for cell in cells]
    named = [k for k, cell in enumerate(stripped) if cell.casefold() in LABEL_NAMES]
    header = stripped == list(expected) or _is_header(stripped, named)
    named = named if header else []
    names = tuple(stripped) if header else ()
    if "" in names:
        raise InputError(
            f"column {names.index('') + 1} of {path} has no name in line {line}: "
            "name it, or leave it out (pandas: index=False)"
        )
    if len(named) > 1:
        both = " and ".join(f"'{stripped[k]}'" for k in named)
        raise InputError(f"{path} has the label columns {both}: keep one of them")
    width = len(cells)
    if features is not None and width not in (features, features + 1):
        raise InputError(
            f"{path} has {counted(width, 'column')}, expected {features} features, "
            "with or without a label column"
        )
    if width == features:
        if named:
            raise InputError(
                f"{path} has {counted(width - 1, 'feature')} and a label column, "
                f"expected {features} features: give those the classifier was trained on"
            )
        return _Columns(width, names, None)
    if width < 2:
        raise InputError(
            f"{path} has one column, expected features and a label, separated by commas"
        )
    return _Columns(width, names, named[0] if named else width - 1)


def _is_header(cells: Sequence[str], named: Sequence[int]) -> bool:
    """Return whether the first row holds names: no numbers, or those that count the columns."""
    rest = [cell for k, cell in enumerate(cells) if k not in named]
    if not any(map(_is_number, rest)):
        return bool(rest)
    counts = [[str(k + start) for k in range(len(rest))] for start in (0, 1)]
    return bool(named) and rest in counts


def _refuse_cell(cells: Sequence[str], columns: _Columns, line: int, path: Path) -> None:
    for position, cell in enumerate(cells):
        if _is_number(cell) and math.isfinite(float(cell)):
            continue
        passed = columns.label is not None and position >= columns.label
        place = f"line {line} of {path}, {columns.called(position + passed)},"
        if not cell.strip():
            raise InputError(f"{place} is empty: fill it in, or leave the line out")
        way = "give a finite number, or leave the line out"
        if _is_number(cell.replace(",", ".")) and "," in cell:
            way = "write the decimal comma as a point"
        raise InputError(f"{place} is '{cell.strip()[:40]}', expected a number: {way}")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell
