"""Verify a module for PyTorch: its kernels as those of any module, its operators by finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.autograd import gradcheck, gradgradcheck

import codegen.verification
from codegen.emit.torch import units
from codegen.random_problem import random_problem
from codegen.recipe import Recipe
from codegen.store import import_file
from codegen.verification import STRENGTH
from derive.errors import VerificationError

__all__ = ["verify"]

POINTS = 12
SINGLE = {"eps": 1e-2, "atol": 2e-2, "rtol": 5e-2}  # what differences of float32 can tell


def verify(path: Path, recipe: Recipe) -> None:
    """Raise VerificationError naming the first function whose derivatives are not what they should be."""
    codegen.verification.verify(path, recipe)
    module = import_file(path.stem, path)
    generator = np.random.default_rng(0)
    problem = random_problem(recipe.derivation(), generator)
    tolerances = {} if "float64" in recipe.dtypes else SINGLE
    dtype = getattr(torch, recipe.dtypes[-1])

    def tensor(array: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(array).to(dtype).requires_grad_()

    checked: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]]
    arrays = (*problem.parameters, problem.X)
    checked = {"loss": (partial(_loss, module.loss, problem.y), arrays)}
    if recipe.l2:
        penalised = partial(module.loss, **{recipe.l2: STRENGTH})
        checked[f"loss with {recipe.l2}"] = (partial(_loss, penalised, problem.y), arrays)
    for unit in units(recipe.derivation().model):
        learned = tuple(np.full(1, value) for value in unit.parameters.values())
        points = generator.normal(scale=2, size=POINTS)
        checked[unit.function] = (getattr(module, unit.function), (points, *learned))
    for name, (function, arrays) in checked.items():
        for check, words in ((gradcheck, "first"), (gradgradcheck, "second")):
            try:
                with warnings.catch_warnings():
                    warnings.filterwarnings(
                        "ignore", "Input #.* not a double"
                    )  # SINGLE allows for it
                    check(function, tuple(map(tensor, arrays)), **tolerances)
            except RuntimeError as error:
                raise VerificationError(
                    f"the generated module was not written, as the {words} derivatives of {name} and "
                    f"finite differences differ: {str(error).splitlines()[0]}"
                ) from None


def _loss(loss: Callable[..., Any], y: np.ndarray, *values: torch.Tensor) -> Any:
    return loss(*values, torch.as_tensor(y))
