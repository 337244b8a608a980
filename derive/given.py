"""What a caller gives to be computed with: arrays and labels, checked, and the sizes that they tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Symbol

from derive.activation_value import by_rules
from derive.errors import InputError, quoted
from derive.graph import Quantity, Role
from derive.numeric import Values
from derive.objective import GOLD, LABELS, Objective

__all__ = ["given_values", "unmasked"]


def given_values(objective: Objective, x: Any, y: Any, parameters: Mapping[str, Any]) -> Values:
    """Gather arrays and the sizes they tell; InputError where one is missing or does not fit."""
    features = objective.model.features.name
    given = {features: x, **parameters}
    expected = [q for q in objective.inputs if q.role is not Role.WEIGHTS]
    wanted = [q.name for q in expected]
    if set(given) != set(wanted):
        raise InputError(
            f"evaluate needs x, y and the parameters {', '.join(wanted[1:])}; "
            f"given: {', '.join(sorted(map(str, parameters))) or 'none'}"
        )
    sizes: dict[Symbol, int] = {}
    arrays: dict[str, np.ndarray] = {}
    for quantity in expected:
        name = "x" if quantity.name == features else quantity.name
        array = _numbers(given[quantity.name], name, quantity)
        for symbol, length in zip(quantity.sizes, array.shape, strict=True):
            if sizes.setdefault(symbol, length) != length:
                raise InputError(
                    f"{name} has shape {array.shape}, but {symbol} is {sizes[symbol]} "
                    "in another argument"
                )
        arrays[quantity.name] = array
    labels = _labels(y, arrays[features].shape[:-1], sizes[objective.model.scores.sizes[-1]])
    activations = {}
    for name in objective.model.activations:
        activations[Symbol(name)] = by_rules(objective.model.bound_activation(name))
    gold = {} if objective.rows else {GOLD: int(labels) + 1}
    return Values(sizes, {**arrays, LABELS.name: labels + 1}, gold, activations)


def _numbers(value: Any, name: str, quantity: Quantity) -> np.ndarray:
    """Return a float64 array of as many dimensions as the quantity has; a number may have any."""
    array = _plain(value, name, "biuf", "real numbers")
    if not quantity.sizes and array.size == 1:
        array = array.reshape(())
    if array.ndim != len(quantity.sizes):
        raise InputError(
            f"{name} must have {len(quantity.sizes)} dimensions, not {array.ndim}: its shape is "
            f"{array.shape}"
        )
    return array.astype(np.float64)


def _labels(value: Any, shape: tuple[int, ...], classes: int) -> np.ndarray:
    """Return a label for each example."""
    labels = _plain(value, "y", "iu", f"labels from 0 to {classes - 1}")
    if labels.shape != shape:
        raise InputError(f"y has shape {labels.shape}, expected {shape}: a label for each example")
    if np.any((labels < 0) | (labels >= classes)):
        raise InputError(f"y must hold labels from 0 to {classes - 1}, not {quoted(repr(value))}")
    return labels.astype(np.int64)


def unmasked(name: str, value: object) -> None:
    """Raise InputError for an array with a mask, which NumPy's conversions forget."""
    if isinstance(value, np.ma.MaskedArray):
        raise InputError(f"{name} has a mask: fill it in first, as by {name}.filled(0)")


def _plain(value: Any, name: str, kinds: str, what: str) -> np.ndarray:
    """Return an array of those kinds that holds nothing else: no mask, no text, no imaginary part."""
    unmasked(name, value)
    try:
        array = np.asarray(value)
    except ValueError:  # rows of several lengths
        array = np.empty((), object)
    if array.dtype.kind not in kinds:
        raise InputError(
            f"{name} must hold {what}, as an array or a list, not {quoted(repr(value))}"
        )
    return array
