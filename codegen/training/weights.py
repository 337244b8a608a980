"""What a trained classifier needs, in one .npz file without a pickle."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from codegen.training.examples import counted
from codegen.training.labels import labels_from_array
from codegen.training.network import Parameters
from codegen.training.npz_file import read_arrays
from codegen.training.standardise import Standardisation
from derive.errors import InputError
from derive.files import write_whole
from derive.graph import Model

__all__ = ["Card", "Weights", "check_names", "load_weights", "save_weights"]

ARRAYS = ("classes", "mean", "scale", "model")
MOST_PACKED = 100.0  # times; numbers that were trained pack to nine tenths of themselves
DTYPES = ("float32", "float64")


@dataclass(frozen=True)
class Card:
    """The model as a person would type it, and how it was trained.

    ``features`` are the names of the features, if the header of the data gave them any.
    """

    model: str
    bindings: Mapping[str, str]
    trainable: tuple[str, ...]
    dtype: str
    training: Mapping[str, Any] = field(default_factory=dict)
    features: tuple[str, ...] = ()

    def json(self) -> str:
        """Return the card as JSON."""
        return json.dumps(
            {
                "model": self.model,
                "bindings": dict(self.bindings),
                "trainable": list(self.trainable),
                "dtype": self.dtype,
                "training": dict(self.training),
                "features": list(self.features),
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, eq=False)
class Weights:
    """A trained classifier: parameters by name, its classes, its features' standardisation."""

    parameters: Mapping[str, np.ndarray]
    classes: np.ndarray
    standardisation: Standardisation
    card: Card

    def in_order(self, model: Model) -> Parameters:
        """Return the parameters as the model's module takes them; InputError where one is amiss."""
        names = tuple(parameter.name for parameter in model.parameters)
        if set(names) != set(self.parameters):
            raise InputError(
                f"the weights are {', '.join(self.parameters)}, expected {', '.join(names)} as in "
                f"{model.text}: save them again with codegen train"
            )
        lengths = {
            model.features.sizes[0]: len(self.standardisation.mean),
            model.scores.sizes[0]: len(self.classes),
        }
        for parameter in model.parameters:
            shape = self.parameters[parameter.name].shape
            sizes = parameter.sizes
            expected = (
                (1,)
                if not sizes
                else tuple(
                    lengths.setdefault(size, length)
                    for size, length in zip(sizes, shape, strict=False)
                )
            )
            if shape != expected or len(shape) != max(len(sizes), 1):
                raise InputError(
                    f"the weights {parameter.name} have the shape {shape}, which does not fit the "
                    f"other arrays of {model.text}: save them again with codegen train"
                )
        return tuple(self.parameters[name] for name in names)


def check_names(model: Model) -> None:
    """Refuse a model whose parameter bears the name of another array of the file."""
    for parameter in model.parameters:
        if parameter.name in ARRAYS:
            raise InputError(
                f"the parameter {parameter.name} has the name of another array of the "
                f"weights file ({', '.join(ARRAYS)}): rename it in the model, such as b"
            )


def save_weights(path: Path, weights: Weights) -> None:
    """Write the file whole or not at all: beside it first, then renamed onto it."""
    content = io.BytesIO()
    np.savez(
        content,
        allow_pickle=False,
        **weights.parameters,
        classes=weights.classes,
        mean=weights.standardisation.mean,
        scale=weights.standardisation.scale,
        model=np.array(weights.card.json()),
    )
    write_whole(path, content.getvalue())


def load_weights(path: Path) -> Weights:
    """Read weights that save_weights wrote; InputError names what is missing or not finite."""
    arrays = read_arrays(path, MOST_PACKED)
    missing = [name for name in ARRAYS if name not in arrays]
    if missing:
        raise InputError(
            f"{path} has no array {missing[0]}: give weights that codegen train has written"
        )
    card = _card(arrays.pop("model"), path)
    classes, mean, scale = (arrays.pop(name) for name in ARRAYS[:3])
    for name, array in {**arrays, "mean": mean, "scale": scale}.items():
        wanted = "float64" if name in ARRAYS else card.dtype
        if array.dtype != wanted:
            _refuse(path, f"{name} has the type {array.dtype}, expected {wanted}")
        if not np.all(np.isfinite(array)):
            _refuse(path, f"{name} has an entry that is not finite")
    if mean.ndim != 1 or mean.shape != scale.shape or not np.all(scale > 0):
        _refuse(path, "mean and scale are not one number a feature, the scale positive")
    if len(card.features) not in (0, len(mean)):
        names = counted(len(card.features), "feature")
        _refuse(path, f"its model names {names} and it has the mean of {len(mean):,}")
    if classes.ndim != 1 or len(set(classes.tolist())) < max(len(classes), 2):
        _refuse(path, "classes are not two or more that differ")
    if classes.dtype.kind not in "iU":
        _refuse(path, f"classes have the type {classes.dtype}, expected whole numbers or text")
    labels_from_array(classes, lambda row: f"classes[{row}] of {path}")
    return Weights(arrays, classes, Standardisation(mean, scale), card)


def _card(text: np.ndarray, path: Path) -> Card:
    try:
        found = json.loads(str(text))
        card = Card(
            found["model"],
            found["bindings"],
            tuple(found["trainable"]),
            found["dtype"],
            found.get("training", {}),
            tuple(found.get("features", ())),
        )
        texts = (card.model, card.dtype, *card.trainable, *card.bindings, *card.bindings.values())
        texts += card.features
        if not all(isinstance(text, str) for text in texts) or card.dtype not in DTYPES:
            raise TypeError
        card.training.items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        _refuse(path, "its model is not the JSON that codegen train writes")
    return card


def _refuse(path: Path, what: str) -> NoReturn:
    raise InputError(f"{path} cannot be used, {what}: give weights that codegen train has written")
