"""Hold a model's derivation and its kernels against the oracle, and name what differs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import codegen
from codegen.fuzzing.models import FEATURES, Model
from codegen.fuzzing.oracle import Arrays, Oracle, log_likelihood
from codegen.recipe import Recipe, dtypes_of
from codegen.store import import_plain
from derive.derivation import Derivation, derive

__all__ = ["check"]

BATCHES = (1, 3, 17)
SIZES = (0.3, 1.0)  # of parameters; with 1 deep models saturate, and scores pass 1000
SINGLE = 2e-3  # float32 against float64
LEAST = 1e-3  # what an error is measured by where the truth is smaller


@np.errstate(all="ignore")
def check(
    model: Model,
    seed: int,
    oracle: Oracle,
    proof: bool = True,
    kernels: bool = True,
    compiled: bool = False,
) -> None:
    """Raise AssertionError where the derivation or a kernel differs from the oracle.

    The sizes of the batch, the points and the labels follow from the seed. ``proof`` verifies each
    line as well; ``kernels`` runs those too, as plain Python, or ``compiled`` (seconds a model).
    """
    derivation = derive(model.text, model.values, trainable=model.trainable, **model.bindings)
    if proof:
        derivation.verify(trials=1, seed=seed)
    problem = _Problem(model, derivation, seed, oracle)
    problem.hold_derivation()
    if kernels:
        problem.hold_kernels(_module(model, compiled))


def _module(model: Model, compiled: bool) -> ModuleType:
    if compiled:
        return codegen.compile(
            model.text, model.values, trainable=model.trainable, **model.bindings
        )
    bindings: dict[str, str | float] = {**model.bindings, **model.values}
    recipe = Recipe(model.text, bindings, tuple(model.trainable), dtypes_of("both"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "module.py"
        path.write_text(codegen.generate(recipe), encoding="utf-8")
        return import_plain(path)


def _short(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to float32, so that the truth is that of the kernels of both dtypes."""
    return array.astype(np.float32).astype(np.float64)


class _Problem:
    """Random arrays and examples, and what the oracle says of them."""

    def __init__(self, model: Model, derivation: Derivation, seed: int, oracle: Oracle) -> None:
        rng = np.random.default_rng(seed)
        size = rng.choice(SIZES)
        self.model, self.derivation, self.tolerance = model, derivation, oracle.tolerance
        self.arrays: Arrays = {
            name: _short(size * rng.normal(size=shape)) for name, shape in model.shapes.items()
        }
        self.known = {name: name for name in self.arrays}  # ours → the derivation's
        for learned in model.trainable:
            symbol, parameter = learned.split(".")
            self.arrays[learned] = _short(np.asarray(rng.uniform(0.5, 2)))
            self.known[learned] = derivation.model.trainable(symbol)[parameter]
        self.X: NDArray[Any] = _short(rng.normal(size=(rng.choice(BATCHES), FEATURES)))
        self.y: NDArray[Any] = rng.integers(0, 2, size=len(self.X))
        self.weights: NDArray[Any] = _short(rng.uniform(0, 2, size=len(self.X)))
        examples = list(zip(self.X, self.y.tolist(), strict=True))
        self.losses = [float(log_likelihood(model, self.arrays, x, y)) for x, y in examples]
        self.wanted = [oracle.gradients(model, self.arrays, x, y) for x, y in examples]

    def hold_derivation(self) -> None:
        given = {self.known[name]: array for name, array in self.arrays.items()}
        rows = self.derivation.dataset
        for name, quantity in self.known.items():
            one = self.derivation.gradient(quantity).evaluate(x=self.X[0], y=self.y[0], **given)
            self._hold(f"the derived ∂L/∂{name}", one, self.wanted[0][name])
            many = rows.gradient(quantity).evaluate(x=self.X, y=self.y, **given)
            self._hold(f"the derived ∂L/∂{name} of the data", many, self._total(name, None))

    def hold_kernels(self, module: ModuleType) -> None:
        names = {quantity: name for name, quantity in self.known.items()}
        ours = [names[p.name] for p in self.derivation.model.parameters]
        for dtype, tolerance in ((np.float64, self.tolerance), (np.float32, SINGLE)):
            parameters = [np.array(self.arrays[name], dtype, ndmin=1) for name in ours]
            X, weights = self.X.astype(dtype), self.weights.astype(dtype)
            words = f"the kernel's {{}} in {np.dtype(dtype)}".format
            for given in (None, weights):
                found, *slopes = module.gradients(*parameters, X, self.y, sample_weight=given)
                self._hold(words("L"), found, np.dot(self._omega(given), self.losses), tolerance)
                for name, slope in zip(ours, slopes, strict=True):
                    total = np.atleast_1d(self._total(name, given))
                    self._hold(words(f"∂L/∂{name}"), slope, total, tolerance)
            one = module.gradients(*parameters, X[0], int(self.y[0]))[1:]
            for name, slope in zip(ours, one, strict=True):
                text = words(f"∂L/∂{name} of one example")
                self._hold(text, slope, np.atleast_1d(self.wanted[0][name]), tolerance)
            chances = module.predict_proba(*parameters, X)
            picked = chances[np.arange(len(X)), self.y]
            self._hold(words("P"), picked, np.exp(self.losses), tolerance)
            self._hold(words("ΣP"), chances.sum(axis=1), np.ones(len(X)), tolerance)
            before = [parameter.copy() for parameter in parameters]
            module.ascent_step(*parameters, X, self.y, 0.5)
            for name, old, new in zip(ours, before, parameters, strict=True):
                moved = old.astype(np.float64) + 0.5 * self._total(name, None)
                self._hold(words(f"step of {name}"), new, moved, tolerance)

    def _omega(self, given: NDArray[Any] | None) -> NDArray[np.float64]:
        return np.ones(len(self.X)) if given is None else self.weights

    def _total(self, name: str, given: NDArray[Any] | None) -> NDArray[np.float64]:
        omega = self._omega(given)
        return np.sum([w * d[name] for w, d in zip(omega, self.wanted, strict=True)], axis=0)

    def _hold(self, what: str, found: Any, wanted: Any, tolerance: float | None = None) -> None:
        """Raise AssertionError where what was found is further off than it may be."""
        found, wanted = np.asarray(found), np.asarray(wanted)
        assert found.shape == wanted.shape, f"{what} has shape {found.shape}, not {wanted.shape}"
        scale = max(float(np.max(np.abs(wanted), initial=0)), LEAST)
        error = float(np.max(np.abs(found - wanted), initial=0)) / scale
        bound = tolerance or self.tolerance
        assert error <= bound, f"{what} differs by {error:.1e}, more than {bound:.0e}"
