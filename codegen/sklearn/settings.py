"""What each parameter of the estimator may be, and the one sentence for one that may not."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

__all__ = ["RULES", "Rule", "check_settings"]


class Rule(NamedTuple):
    """A test and what passes it, in words."""

    holds: Callable[[Any], bool]
    words: str


def _real(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _one_of(*names: str) -> Rule:
    return Rule(lambda value: value in names, " or ".join(map(repr, names)))


def _text_or_mapping(value: Any) -> bool:
    return isinstance(value, (str, Mapping))


NOT_NEGATIVE = Rule(lambda v: _real(v) and 0 <= v < math.inf, "a number of 0 or more")
POSITIVE = Rule(lambda v: _real(v) and 0 < v < math.inf, "a number above 0")
COUNT = Rule(lambda v: _whole(v) and v >= 1, "a whole number of 1 or more")
FLAG = Rule(lambda v: isinstance(v, (bool, np.bool_)), "True or False")
DECAY = Rule(lambda v: _real(v) and 0 <= v < 1, "a number from 0 to below 1")

RULES: Mapping[str, Rule] = {
    "activation": Rule(_text_or_mapping, "a name of the library or a formula in x, such as 'mish'"),
    "activation_parameters": Rule(
        lambda v: v is None or isinstance(v, Mapping), "None or a mapping, such as {'beta': 1.5}"
    ),
    "model": Rule(
        lambda v: v is None or isinstance(v, str), "None or a text, such as 'softmax(W g(V x))'"
    ),
    "solver": _one_of("adam", "sgd", "lbfgs"),
    "alpha": NOT_NEGATIVE,
    "batch_size": Rule(
        lambda v: v == "auto" or COUNT.holds(v), "'auto' or a whole number of 1 or more"
    ),
    "learning_rate": _one_of("constant", "invscaling", "adaptive"),
    "learning_rate_init": POSITIVE,
    "power_t": NOT_NEGATIVE,
    "max_iter": COUNT,
    "shuffle": FLAG,
    "tol": NOT_NEGATIVE,
    "warm_start": FLAG,
    "momentum": Rule(lambda v: _real(v) and 0 <= v <= 1, "a number from 0 to 1"),
    "nesterovs_momentum": FLAG,
    "early_stopping": FLAG,
    "validation_fraction": Rule(lambda v: _real(v) and 0 < v < 1, "a number between 0 and 1"),
    "beta_1": DECAY,
    "beta_2": DECAY,
    "epsilon": POSITIVE,
    "n_iter_no_change": Rule(
        lambda v: COUNT.holds(v) or v == math.inf, "a whole number of 1 or more, or infinity"
    ),
    "max_fun": COUNT,
}


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise ValueError naming the first parameter that is not what it may be."""
    for name, rule in RULES.items():
        if not rule.holds(settings[name]):
            raise ValueError(f"{name} is {settings[name]!r}; expected {rule.words}")
