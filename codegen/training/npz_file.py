"""Read examples from a .npz file: the arrays X and y, never a pickle."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from codegen.training.examples import Examples, check_memory
from codegen.training.labels import labels_from_array
from codegen.training.lines import opened
from derive.errors import InputError

__all__ = ["read_arrays", "read_npz"]


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return every array of a .npz file by name; InputError if one is cut off or pickled."""
    with opened(path) as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                check_memory(sum(entry.file_size for entry in archive.infolist()), str(path))
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise InputError(f"{path} is not a whole .npz file: save it again") from None
        except (ValueError, MemoryError) as error:
            raise InputError(
                f"{path} holds an array that cannot be read ({_first_line(error)}): "
                "save plain numbers and text with numpy.savez"
            ) from None


def read_npz(path: Path, features: int | None = None) -> Examples:
    """Return the examples of a .npz file: X (N, n) and y (N,), or X alone to predict from."""
    arrays = read_arrays(path)
    if "X" not in arrays or ("y" not in arrays and features is None):
        wanted = "the arrays X and y" if features is None else "an array X"
        raise InputError(
            f"{path} holds {', '.join(arrays) or 'nothing'}, expected {wanted}: "
            "save it with numpy.savez(file, X=X, y=y)"
        )
    X = _features(arrays["X"], path)
    y = arrays.get("y")
    if y is None:
        return Examples(X, None, str(path))
    if y.shape != (len(X),):
        raise InputError(
            f"y of {path} has the shape {y.shape}, expected {(len(X),)}, one label a row of X"
        )
    return Examples(X, labels_from_array(y, lambda row: f"row {row} of y in {path}"), str(path))


def _features(X: np.ndarray, path: Path) -> np.ndarray:
    if X.dtype.kind not in "biuf":
        raise InputError(f"X of {path} has the type {X.dtype}, expected numbers: convert it")
    if X.ndim != 2:
        way = "save X.reshape(len(X), -1)" if X.ndim > 2 else "save X with one row an example"
        raise InputError(
            f"X of {path} has the shape {X.shape}, expected (examples, features): {way}"
        )
    if 0 in X.shape:
        raise InputError(f"X of {path} has the shape {X.shape}: it holds no examples")
    X = np.ascontiguousarray(X, np.float64)
    bad = np.argwhere(~np.isfinite(X))
    if len(bad):
        row, column = bad[0]
        raise InputError(
            f"row {row}, column {column} of X in {path} is {X[row, column]}, expected a finite "
            "number: mend that row, or leave it out"
        )
    return X


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
