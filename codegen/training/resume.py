"""Go on with a training that was cut off, to the bit as if it had not been."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from codegen.training.loop import MOST_HALVINGS, Epoch
from codegen.training.trainer import Training, check_rate
from codegen.training.weights import Weights, load_weights
from derive.errors import InputError

__all__ = ["resumed"]

AS_BEFORE = ("data", "of_epochs", "batch_size", "seed", "test_fraction")


def resumed(training: Training, path: Path) -> Training:
    """Return the training after the epochs that the weights in a file have had.

    An epoch depends on the weights before it, its number, the seed and how often the rate was
    halved, which the file holds. InputError where it was not this training that wrote the file.
    """
    saved = load_weights(path)
    _check(saved, training.weights(training.beginning), path)
    epoch = _epoch(saved, training, path)
    rate = saved.card.training["learning_rate"]
    before, now = saved.card.training.get("halves"), training.plan.halves
    if before != now or (not now and rate != training.plan.rate):
        shown = f"{training.plan.rate:.6g}{', worked out' if now else ''}"
        _refuse(path, "--learning-rate", f"{rate:.6g}{', worked out' if before else ''}", shown)
    return replace(training, plan=replace(training.plan, rate=rate), done=epoch)


def _epoch(saved: Weights, training: Training, path: Path) -> Epoch:
    """Return the last epoch of the run that wrote the weights."""
    facts = saved.card.training
    counts = {"epochs": facts["of_epochs"], "halvings": MOST_HALVINGS}
    reached = [facts.get(key) for key in ("learning_rate", "log_likelihood")]
    accuracy = facts.get("accuracy")
    if (
        not all(type(facts.get(key)) is int and 0 <= facts[key] <= counts[key] for key in counts)
        or not all(isinstance(value, float) and math.isfinite(value) for value in reached)
        or not (accuracy is None or (isinstance(accuracy, float) and 0 <= accuracy <= 1))
    ):
        raise InputError(
            f"{path} does not say how far its training went: train anew, without --resume"
        )
    check_rate(facts["learning_rate"], training.plan.batch_size, np.dtype(training.request.dtype))
    parameters = saved.in_order(training.network.model)
    for name, found, wanted in zip(
        training.network.names, parameters, training.network.shapes, strict=True
    ):
        if found.shape != wanted:
            _refuse(path, f"the shape of {name}", found.shape, wanted)
    return Epoch(
        facts["epochs"],
        facts["log_likelihood"],
        accuracy,
        facts["learning_rate"],
        facts["halvings"],
        parameters,
    )


def _check(saved: Weights, current: Weights, path: Path) -> None:
    """Refuse weights of another model, other data or another plan."""
    for part in ("model", "bindings", "trainable", "dtype"):
        before, now = getattr(saved.card, part), getattr(current.card, part)
        if before != now:
            _refuse(path, f"the {part}", before, now)
    for key in AS_BEFORE:
        before, now = saved.card.training.get(key), current.card.training[key]
        if before != now:
            option = key.removeprefix("of_").replace("_", "-")
            _refuse(path, f"--{option}", before, now)
    scaled = [
        (saved.standardisation.mean, current.standardisation.mean),
        (saved.standardisation.scale, current.standardisation.scale),
        (saved.classes, current.classes),
    ]
    names = saved.card.features or current.card.features  # which older files do not have
    if names != current.card.features or not all(
        np.array_equal(before, now) for before, now in scaled
    ):
        raise InputError(
            f"{path} was trained on other examples than {current.card.training['data']} holds "
            "now: train anew, without --resume"
        )


def _refuse(path: Path, what: str, before: Any, now: Any) -> None:
    raise InputError(
        f"{path} was trained with {what} {before} and this is {now}: type what it was trained "
        "with, or train anew, without --resume"
    )
