"""Read examples from a .npz file: the arrays X and y, never a pickle."""

from __future__ import annotations

import math
import os
import zipfile
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, issparse

from codegen.training.examples import Examples, Rows, check_memory, compact
from codegen.training.labels import labels_from_array
from codegen.training.lines import opened
from derive.errors import InputError

__all__ = ["read_arrays", "read_npz"]

ZIP = b"PK"  # how a .npz file begins
MAGIC = b"\x93NUMPY"  # how a .npy file begins
CSR = ("data", "indices", "indptr", "shape")


def read_arrays(path: Path, most_packed: float = math.inf) -> dict[str, np.ndarray]:
    """Return every array of a .npz file by name; InputError if one is cut off or pickled.

    What unpacks to more than ``most_packed`` times the file is refused before it is unpacked.
    """
    with opened(path) as stream:
        try:
            if stream.read(len(ZIP)) != ZIP:  # zipfile looks for an archive anywhere
                raise zipfile.BadZipFile
            archive = zipfile.ZipFile(stream)
        except OSError:
            raise
        except Exception:  # whatever a stranger's bytes make zipfile raise
            raise InputError(f"{path} is not a whole .npz file: save it again") from None
        with archive:
            size = sum(entry.file_size for entry in archive.infolist())
            check_memory(size, str(path))
            packed = stream.seek(0, os.SEEK_END)
            if size > most_packed * packed:
                raise InputError(
                    f"{path} unpacks to {size / packed:,.0f} times its size, expected numbers that "
                    "were trained, which no archive packs so well: give weights of codegen train"
                )
            arrays: dict[str, np.ndarray] = {}
            for entry in archive.infolist():
                name = entry.filename.removesuffix(".npy")
                if name in arrays:
                    raise InputError(
                        f"{path} holds two arrays '{name}': save each once with numpy.savez"
                    )
                arrays[name] = _array(archive, entry, f"{path} holds '{name}', which")
    return arrays


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, found: str) -> np.ndarray:
    """Return the array of a .npy file, never a pickle."""
    try:
        with archive.open(entry) as member:
            if member.read(len(MAGIC)) != MAGIC:
                raise InputError(f"{found} is no array: save arrays alone with numpy.savez")
            member.seek(0)
            return np.asarray(np.lib.format.read_array(member, allow_pickle=False))
    except InputError:
        raise
    except Exception as error:  # of zipfile, or of NumPy, which reads the header as a literal
        raise InputError(
            f"{found} cannot be read ({_first_line(error)}): save plain numbers and text with "
            "numpy.savez"
        ) from None


def read_npz(path: Path, features: int | None = None) -> Examples:
    """Return the examples of a .npz file: X (N, n) and y (N,), or X alone to predict from.

    X may be given by its non-zeros, the arrays data, indices, indptr and shape of
    ``scipy.sparse.save_npz``.
    """
    arrays = read_arrays(path)
    if set(CSR) <= set(arrays) and "X" not in arrays:
        arrays["X"] = _from_non_zeros(arrays, path)
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
    if y.shape != X.shape[:1]:
        raise InputError(
            f"y of {path} has the shape {y.shape}, expected {X.shape[:1]}, one label a row of X"
        )
    return Examples(X, labels_from_array(y, lambda row: f"row {row} of y in {path}"), str(path))


def _from_non_zeros(arrays: dict[str, np.ndarray], path: Path) -> csr_array:
    """Return the CSR array of those parts; InputError if they do not fit together."""
    found = arrays["format"].tolist() if "format" in arrays else "csr"
    kind = found.decode("latin-1") if isinstance(found, bytes) else str(found)
    if kind != "csr":
        raise InputError(f"X of {path} is stored as {kind}, expected csr: save X.tocsr()")
    data, indices, indptr, shape = (arrays[name] for name in CSR)
    for name in CSR[1:]:
        if arrays[name].dtype.kind not in "iu":
            raise InputError(
                f"{name} of {path} has the type {arrays[name].dtype}, expected whole numbers: "
                "save X again with scipy.sparse.save_npz"
            )
    try:
        X = csr_array((data, indices, indptr), shape=tuple(map(int, shape)))
        X.check_format()
    except (ValueError, TypeError) as error:
        raise InputError(
            f"X of {path} is no CSR array ({_first_line(error)}): save it again with "
            "scipy.sparse.save_npz"
        ) from None
    return X


def _features(X: Rows, path: Path) -> Rows:
    if X.dtype.kind not in "biuf":
        raise InputError(f"X of {path} has the type {X.dtype}, expected numbers: convert it")
    if X.ndim != 2:
        way = "save X.reshape(len(X), -1)" if X.ndim > 2 else "save X with one row an example"
        raise InputError(
            f"X of {path} has the shape {X.shape}, expected (examples, features): {way}"
        )
    if 0 in X.shape:
        raise InputError(
            f"X of {path} has the shape {X.shape}, expected one example with one feature at least: "
            "save all of X"
        )
    with np.errstate(over="ignore"):  # of a longdouble; what overflows is refused below
        X = X.astype(np.float64) if issparse(X) else np.ascontiguousarray(X, np.float64)
    if issparse(X):
        wrong = np.flatnonzero(~np.isfinite(X.data))
        if len(wrong):
            row = int(np.searchsorted(X.indptr, wrong[0], side="right")) - 1
            raise InputError(
                f"row {row}, column {X.indices[wrong[0]]} of X in {path} is {X.data[wrong[0]]}, "
                "expected a finite number: mend that row, or leave it out"
            )
        return compact(X, str(path))
    bad = np.argwhere(~np.isfinite(X))
    if len(bad):
        row, column = bad[0]
        raise InputError(
            f"row {row}, column {column} of X in {path} is {X[row, column]}, expected a finite "
            "number: mend that row, or leave it out"
        )
    return X


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__
