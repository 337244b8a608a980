"""What a user gives becomes rows: checked features, class codes, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from codegen.sklearn.objective import Rows
from derive.given import unmasked

__all__ = ["checked_features", "checked_rows", "first_classes"]

DTYPES = (np.float64, np.float32)


def checked_rows(
    estimator: Any, X: Any, y: Any, sample_weight: Any, classes: np.ndarray | None, resumes: bool
) -> tuple[Rows, np.ndarray]:
    """Return the rows and the sorted classes that their codes count; those given, if any are.

    Raises ValueError as scikit-learn does, or where a label is none of the given classes.
    """
    for name, given in (("X", X), ("y", y), ("sample_weight", sample_weight)):
        unmasked(name, given)
    X, y = validate_data(
        estimator, X, y, accept_sparse="csr", multi_output=True, dtype=DTYPES, reset=not resumes
    )
    check_classification_targets(y)
    y = column_or_1d(y, warn=True)
    found, codes = np.unique(y, return_inverse=True)
    if classes is not None:
        strangers = np.setdiff1d(found, classes)
        if strangers.size:
            raise ValueError(
                f"y has the label {strangers[0]!r}, which is none of the classes {list(classes)}: "
                "give all of them to the first fit, or fit anew without warm_start"
            )
        codes = np.searchsorted(classes, found)[codes]
    weight = _weights(sample_weight, X.shape[0], X.dtype)
    return Rows(X, codes.astype(np.int64), weight), found if classes is None else classes


def checked_features(estimator: Any, X: Any, dtype: np.dtype) -> Any:
    """Return the features of rows to predict, in the dtype of the fit."""
    unmasked("X", X)
    return validate_data(estimator, X, accept_sparse="csr", dtype=dtype, reset=False)


def first_classes(given: Any, known: np.ndarray | None) -> np.ndarray:
    """Return the classes of all calls of partial_fit; the first call has to give them."""
    if given is None:
        if known is None:
            raise ValueError(
                "classes must be passed on the first call to partial_fit: all labels there will be"
            )
        return known
    classes = np.unique(np.asarray(given))
    if known is not None and not np.array_equal(classes, known):
        raise ValueError(
            f"classes is {list(classes)}, which is not the same as on last call to partial_fit, "
            f"{list(known)}: leave it out after the first call"
        )
    return classes


def _weights(given: Any, count: int, dtype: np.dtype) -> np.ndarray | None:
    if given is None:
        return None
    found = np.asarray(given)
    if found.dtype.kind not in "biuf":
        raise ValueError(f"sample_weight holds {found.dtype}; expected real numbers")
    weight = found.astype(dtype)
    if weight.ndim == 0:
        weight = np.full(count, weight)
    if weight.shape != (count,):
        raise ValueError(
            f"sample_weight has shape {weight.shape}; expected ({count},), a weight for each row"
        )
    if not np.all(np.isfinite(weight)) or weight.min() < 0:
        raise ValueError("sample_weight has an entry that is negative or not finite")
    if not weight.any():
        raise ValueError("every sample_weight is zero: at least one row must count")
    return weight
