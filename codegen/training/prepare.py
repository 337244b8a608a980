"""From examples to what a loop needs: classes, a held-out share, standardised features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import issparse

from codegen.training.examples import Examples, check_memory
from codegen.training.labels import check_classes
from codegen.training.loop import Table
from codegen.training.split import stratified_split
from codegen.training.standardise import Standardisation, standardisation
from derive.errors import InputError

__all__ = ["Prepared", "prepare"]

COLUMNS = 6  # numbers a feature that are at work at once, its weights apart


@dataclass(frozen=True, eq=False)
class Prepared:
    """Training and held-out rows, standardised by the training rows alone.

    ``features`` are the features' names, if the examples have any.
    """

    train: Table
    held_out: Table
    classes: np.ndarray
    standardisation: Standardisation
    features: tuple[str, ...]

    @property
    def feature_power(self) -> float:
        """Return the mean square of the standardised training features, or 1 where all are 0."""
        X = self.train.X
        entries = X.data if issparse(X) else X
        squares = np.square(entries, dtype=np.float64).sum()
        return float(squares / (X.shape[0] * X.shape[1])) or 1.0


def prepare(examples: Examples, fraction: float, dtype: np.dtype) -> Prepared:
    """Hold out a fraction of every class and standardise; InputError if there is one class only."""
    if examples.labels is None:
        raise InputError(f"{examples.source} has no labels: give examples with a label column")
    columns = examples.features.shape[1]
    check_memory(8 * COLUMNS * columns, f"{examples.source}, which has {columns:,} features,")
    classes, codes = check_classes(examples.labels, examples.source)
    kept, held_out = stratified_split(codes, fraction)
    found = standardisation(examples.features[kept])
    train, test = (
        Table(found.applied(examples.features[rows], dtype), codes[rows])
        for rows in (kept, held_out)
    )
    return Prepared(train, test, classes, found, examples.names)
