"""Labels: whole numbers or text, and nothing that only looks like a class."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from derive.errors import InputError

__all__ = ["check_classes", "labels_from_array", "labels_from_text"]

WHOLE = re.compile(r"[+-]?[0-9]{1,18}(\.0*)?")
CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})  # Unicode's classes of what ends or breaks a line
MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "?"})

Where = Callable[[int], str]
"""Say where the example of that position stands, such as 'line 7 of iris.csv'."""


def labels_from_text(cells: Sequence[str], where: Where) -> np.ndarray:
    """Return labels as int64 where all are whole numbers, as text where one is no number at all."""
    for position, cell in enumerate(cells):
        if not cell.isprintable() and any(unicodedata.category(c) in CONTROL for c in cell):
            raise InputError(
                f"{where(position)} has the label {cell[:40]!a}, which holds a control character: "
                "write labels of letters and digits"
            )
        if cell.casefold() in MISSING:
            raise InputError(
                f"{where(position)} has no label ('{cell}'): give it one, or leave the line out"
            )
    if all(map(WHOLE.fullmatch, cells)):
        return np.array([int(cell.partition(".")[0]) for cell in cells], np.int64)
    numbers = [_is_number(cell) for cell in cells]
    if all(numbers):
        bad = next(k for k, cell in enumerate(cells) if not WHOLE.fullmatch(cell))
        _refuse_number(cells[bad], where(bad))
    return np.array(cells, dtype=np.str_)


def labels_from_array(y: np.ndarray, where: Where) -> np.ndarray:
    """Return labels as int64 or text from an array of whole numbers, booleans or text."""
    if y.dtype.kind in "US":
        return labels_from_text([_text(y, row, where) for row in range(len(y))], where)
    if y.dtype.kind in "bi":
        return y.astype(np.int64)
    if y.dtype.kind == "u":
        big = np.flatnonzero(y > np.iinfo(np.int64).max)
        if len(big):
            _refuse_number(str(y[big[0]]), where(int(big[0])))
        return y.astype(np.int64)
    if y.dtype.kind != "f":
        raise InputError(
            f"the labels have the type {y.dtype}, expected whole numbers or text: save them as such"
        )
    wide = y.astype(np.float64)
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(~((wide == np.floor(wide)) & (np.abs(wide) < 2.0**53)))
    if len(bad):
        _refuse_number(str(y[bad[0]]), where(int(bad[0])))
    return wide.astype(np.int64)


def check_classes(labels: np.ndarray, source: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted classes and each label's position among them; two classes at least."""
    classes, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(classes) < 2:
        raise InputError(
            f"every label of {source} is {classes[0]}: a classifier needs two classes at least"
        )
    if counts.max() == 1:
        raise InputError(
            f"all {len(labels)} labels of {source} differ, expected classes: this column is a "
            "measurement, so name another one 'label'"
        )
    return classes, codes.astype(np.int64)


def _text(y: np.ndarray, row: int, where: Where) -> str:
    cell = y[row]
    try:
        return str(cell.decode("utf-8") if isinstance(cell, bytes) else cell).strip()
    except UnicodeDecodeError:
        raise InputError(f"{where(row)} is not UTF-8: save labels as text in UTF-8") from None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _refuse_number(value: str, where: str) -> None:
    raise InputError(
        f"{where} has the label {value}, expected a whole number or text: "
        "give classes, not measurements"
    )
