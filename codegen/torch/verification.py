"""Verify a module for PyTorch: its kernels as those of any module, its operators by finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch.autograd import gradcheck, gradgradcheck

import codegen.verification
from codegen.emit.torch import units
from codegen.random_problem import Problem, random_problem, with_values
from codegen.recipe import Recipe
from codegen.store import import_file, import_plain
from codegen.verification import PROBLEMS, STRENGTH
from derive.errors import VerificationError

__all__ = ["verify"]

POINTS = 12
SINGLE = {"eps": 1e-3, "atol": 5e-3, "rtol": 2e-2}  # what differences of float32 can tell
UPSTREAM = 8.0  # ∂/∂ of what is checked: the loss is a mean, whose second derivatives are small


def verify(path: Path, recipe: Recipe) -> None:
    """Raise VerificationError naming the first function whose derivatives are not what they should be."""
    codegen.verification.verify(path, recipe)
    module, plain = import_file(path.stem, path), import_plain(path)
    generator = np.random.default_rng(0)
    draws = []
    for _ in range(PROBLEMS):
        problem = random_problem(recipe.derivation(), generator)
        problem = next(with_values(plain, problem, recipe.dtypes))
        draws.append(dict(_functions(module, recipe, problem, generator)))
    for name in draws[0]:
        for check, words in ((gradcheck, "first"), (_second, "second")):
            found = (_difference(check, *draw[name], recipe) for draw in draws)
            unlike = list(takewhile(bool, found))  # up to the first draw at which they agree
            if len(unlike) == len(draws):
                raise VerificationError(
                    f"the generated module was not written, as the {words} derivatives of {name} and "
                    f"finite differences differ: {unlike[0]}"
                )


def _functions(
    module: ModuleType, recipe: Recipe, problem: Problem, generator: np.random.Generator
) -> Iterator[tuple[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]]]:
    """Yield each operator of a module by its name, with random arguments that it has values at."""
    arrays = (*problem.parameters, problem.X)
    yield "loss", (partial(_loss, module.loss, problem.y), arrays)
    if recipe.l2:
        penalised = partial(module.loss, **{recipe.l2: STRENGTH})
        yield f"loss with {recipe.l2}", (partial(_loss, penalised, problem.y), arrays)
    for unit in units(recipe.derivation().model):
        function = getattr(module, unit.function)
        points = generator.normal(scale=2, size=POINTS)
        learned = tuple(np.full(1, value) for value in unit.parameters.values())
        values = function(*_tensors((points, *learned), recipe)).detach()
        yield unit.function, (function, (points[np.isfinite(values.numpy())], *learned))


def _loss(loss: Callable[..., Any], y: np.ndarray, *values: torch.Tensor) -> Any:
    return loss(*values, torch.as_tensor(y))


def _tensors(arrays: tuple[np.ndarray, ...], recipe: Recipe) -> tuple[torch.Tensor, ...]:
    dtype = getattr(torch, recipe.dtypes[-1])
    return tuple(torch.as_tensor(array).to(dtype).requires_grad_() for array in arrays)


def _difference(
    check: Callable[..., Any],
    function: Callable[..., Any],
    arrays: tuple[np.ndarray, ...],
    recipe: Recipe,
) -> str:
    """Return where derivatives and finite differences differ, in words; nothing where they do not."""
    tolerances = {} if "float64" in recipe.dtypes else SINGLE
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Input #.* not a double")  # SINGLE allows for it
        try:
            check(function, _tensors(arrays, recipe), **tolerances)
        except RuntimeError as error:
            return str(error).splitlines()[0]
    return ""


def _second(function: Callable[..., Any], inputs: tuple[torch.Tensor, ...], **how: Any) -> None:
    value = function(*inputs)
    upstream = torch.full_like(value, UPSTREAM)  # the check would draw its own
    slopes = torch.autograd.grad(value, inputs, upstream, create_graph=True)
    curvatures = torch.autograd.grad(sum(map(torch.sum, slopes)), inputs, allow_unused=True)
    largest = max((float(c.abs().max()) for c in curvatures if c is not None), default=0.0)
    if how:  # the last digits of the steepest spoil all the differences
        how["atol"] *= max(1.0, largest)
    gradgradcheck(function, inputs, upstream.requires_grad_(), **how)
