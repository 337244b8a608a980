"""Read examples by the name of a bundled data set or by a file's suffix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from codegen.training.bundled import BUNDLED, read_bundled
from codegen.training.csv_table import read_csv
from codegen.training.examples import Examples
from codegen.training.npz_file import read_npz
from codegen.training.svmlight import read_svmlight
from derive.errors import InputError

__all__ = ["read_examples"]

LISTED = 12  # names of features in a message
READERS: dict[str, Callable[[Path, int | None], Examples]] = {
    ".npz": read_npz,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".svm": read_svmlight,
    ".svmlight": read_svmlight,
    ".libsvm": read_svmlight,
    ".txt": read_svmlight,
}


def read_examples(source: str, features: int | None = None, names: Sequence[str] = ()) -> Examples:
    """Return the examples of a bundled data set or of a .npz, .csv or svmlight file.

    ``features`` is how many features a trained classifier expects; labels may be missing then.
    ``names`` are theirs, if it knows them: a file with a header has to have the same in their order.
    Raises InputError, one sentence with the line and the way out.
    """
    examples = _read(source, features, names)
    found = examples.features.shape[1]
    if features is not None and found != features:
        raise InputError(
            f"{source} has {found} features, expected {features}, as the weights were trained on"
        )
    if names and examples.names:
        _check_names(examples.names, names, source)
    return examples


def _check_names(found: Sequence[str], expected: Sequence[str], source: str) -> None:
    """Refuse features of other names or in another order, as scikit-learn does."""
    wrong = next((pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]), None)
    if wrong is None:
        return
    ways = (
        "give those under those names, or leave the header out",
        "bring its columns into that order",
    )
    raise InputError(
        f"{source} has the feature '{wrong[0][:40]}' where the weights were trained on "
        f"'{wrong[1][:40]}', expected {_listed(expected)}: "
        f"{ways[sorted(found) == sorted(expected)]}"
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return ", ".join(name[:40] for name in names[:LISTED]) + more


def _read(source: str, features: int | None, names: Sequence[str]) -> Examples:
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
    return read_csv(path, features, names) if reader is read_csv else reader(path, features)
