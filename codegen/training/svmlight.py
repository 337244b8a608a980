"""Read the svmlight format, ``label index:value …``, with scikit-learn's reader."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
from scipy.sparse import csr_array

from codegen.training.bundled import scikit_learn
from codegen.training.examples import Examples, compact
from codegen.training.labels import labels_from_array
from codegen.training.lines import UTF8_BOM, opened, text_lines
from derive.errors import InputError

__all__ = ["read_svmlight"]

NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
LABEL = re.compile(NUMBER)
PAIR = re.compile(rf"([0-9]{{1,19}}):({NUMBER})")
QUERY = re.compile(r"qid:[0-9]+")
INDEX_LIMIT = 2**31


def read_svmlight(path: Path, features: int | None = None) -> Examples:
    """Return the examples of an svmlight file, as a table only where it is not mostly zeros."""
    lines, has_features = _checked_lines(path)
    if not lines:
        raise InputError(f"{path} is empty: give one example a line, 'label index:value …'")
    if features is None and not has_features:
        raise InputError(f"{path} has no features: write lines of 'label index:value …'")
    load = scikit_learn("datasets").load_svmlight_file
    with opened(path) as stream:
        if stream.read(len(UTF8_BOM)) != UTF8_BOM:
            stream.seek(0)
        try:
            X, y = load(stream, dtype=np.float64, zero_based="auto")
        except (ValueError, OverflowError) as error:
            raise InputError(f"{path} is not in the svmlight format ({error})") from None
    n = X.shape[1] if features is None else features
    if X.shape[1] > n:
        raise InputError(f"{path} has the feature {X.shape[1]}, expected {n} features at most")
    X.resize((len(lines), n))
    labels = labels_from_array(y, lambda row: f"line {lines[row]} of {path}")
    return Examples(compact(csr_array(X), str(path)), labels, str(path))


def _checked_lines(path: Path) -> tuple[Sequence[int], bool]:
    """Return the lines that hold an example, and whether one has features; refuse the first bad."""
    lines = array("q")
    has_features = False
    for line, text in enumerate(text_lines(path), start=1):
        body = text.partition("#")[0].strip()
        if not body.isascii():
            _refuse(line, path, body, "plain digits, as in '1 3:0.5'")
        label, *pairs = body.split() or [""]
        if not label:
            continue
        if not LABEL.fullmatch(label):
            _refuse(line, path, label, "a number as the label")
        last = -1
        for pair in pairs:
            found = PAIR.fullmatch(pair)
            if not found or not math.isfinite(float(found[2])):
                if QUERY.fullmatch(pair) and pair == pairs[0]:
                    continue
                _refuse(line, path, pair, "a pair index:value of finite numbers")
            index = int(found[1])
            if not last < index < INDEX_LIMIT:
                _refuse(line, path, pair, f"increasing indices below {INDEX_LIMIT}")
            last = index
        lines.append(line)
        has_features = has_features or last >= 0
    return lines, has_features


def _refuse(line: int, path: Path, seen: str, expected: str) -> NoReturn:
    raise InputError(
        f"line {line} of {path} has '{seen[:40]}', expected {expected}: mend that line"
    )
