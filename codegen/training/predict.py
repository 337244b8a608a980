"""Predict classes with a weights file, which holds all that is needed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codegen.plan import module_of
from codegen.recipe import DTYPES, recipe_of
from codegen.training.data import read_examples
from codegen.training.weights import Weights
from derive.errors import InputError
from derive.files import write_whole
from derive.model import parse_model

__all__ = ["KINDS", "Prediction", "predict", "save_prediction"]

KINDS = (".csv", ".npz")


@dataclass(frozen=True, eq=False)
class Prediction:
    """For each row the predicted label, the classes' probabilities, and the true label if known."""

    classes: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray
    gold: np.ndarray | None

    @property
    def accuracy(self) -> float | None:
        """Return the share of rows predicted right, or None where no labels are known."""
        if self.gold is None:
            return None
        return float(np.mean(self.labels.astype(str) == self.gold.astype(str)))


def predict(weights: Weights, data: str) -> Prediction:
    """Predict the class of every example of a data set or file; InputError if they do not fit."""
    card = weights.card
    bindings: Mapping[str, str | float] = dict(card.bindings)
    model = parse_model(card.model, bindings, card.trainable)
    parameters = weights.in_order(model)
    examples = read_examples(data, len(weights.standardisation.mean), card.features)
    module = module_of(recipe_of(card.model, None, bindings, card.trainable, DTYPES))
    X = weights.standardisation.applied(examples.features, np.dtype(card.dtype))
    labels = weights.classes[module.predict(*parameters, X)]
    probabilities = module.predict_proba(*parameters, X)
    unknown = np.flatnonzero(~np.isfinite(probabilities).all(axis=1))
    if len(unknown):
        raise InputError(
            f"the class probabilities of row {unknown[0]} of {data} are no numbers, as the scores "
            f"of {card.model} are too large for {card.dtype}: mend that row, or train anew"
        )
    return Prediction(weights.classes, labels, probabilities, examples.labels)


def save_prediction(path: Path, prediction: Prediction) -> None:
    """Write labels and probabilities as .csv, a column a class, or as the arrays of a .npz."""
    if path.suffix.lower() == ".npz":
        content = io.BytesIO()
        np.savez(
            content,
            allow_pickle=False,
            labels=prediction.labels,
            probabilities=prediction.probabilities,
            classes=prediction.classes,
        )
        write_whole(path, content.getvalue())
        return
    if path.suffix.lower() != ".csv":
        raise InputError(
            f"{path} ends in '{path.suffix}', expected {' or '.join(KINDS)}: rename it"
        )
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["label", *(f"P({name})" for name in prediction.classes)])
    for label, row in zip(prediction.labels, prediction.probabilities, strict=True):
        rows.writerow([label, *row])
    write_whole(path, text.getvalue())
