"""Read examples by the name of a bundled data set or by a file's suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.training.bundled import BUNDLED, read_bundled
from codegen.training.csv_table import read_csv
from codegen.training.examples import Examples
from codegen.training.npz_file import read_npz
from codegen.training.svmlight import read_svmlight
from derive.errors import InputError

__all__ = ["read_examples"]

READERS: dict[str, Callable[[Path, int | None], Examples]] = {
    ".npz": read_npz,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".svm": read_svmlight,
    ".svmlight": read_svmlight,
    ".libsvm": read_svmlight,
    ".txt": read_svmlight,
}


def read_examples(source: str, features: int | None = None) -> Examples:
    """Return the examples of a bundled data set or of a .npz, .csv or svmlight file.

    ``features`` is how many features a trained classifier expects; labels may be missing then.
    Raises InputError, one sentence with the line and the way out.
    """
    examples = _read(source, features)
    found = examples.features.shape[1]
    if features is not None and found != features:
        raise InputError(
            f"{source} has {found} features, expected {features}, as the weights were trained on"
        )
    return examples


def _read(source: str, features: int | None) -> Examples:
    if source in BUNDLED:
        return read_bundled(source)
    path = Path(source)
    suffix = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    reader = READERS.get(suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise InputError(
            f"the data '{source}' is neither a data set ({', '.join(BUNDLED)}) nor a file of a "
            f"known kind ({known}, also with .gz): give one of them"
        )
    return reader(path, features)
