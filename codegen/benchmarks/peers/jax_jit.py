"""JAX under jit: value_and_grad for gradients, a lax.scan of them for an epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from codegen.benchmarks.forward import scores_function, values
from codegen.benchmarks.peer import Task, UnservedError, built_in
from codegen.benchmarks.peers.by_hand import derivatives
from codegen.benchmarks.problem import RATE, Problem
from codegen.benchmarks.work import Kind

__all__ = ["NAME", "task", "version"]

NAME = "jax"


def version() -> str:
    """Return JAX's version; ImportError where it is not installed."""
    import jax

    return str(jax.__version__)


def task(problem: Problem) -> Task:
    """Return the task, compiled by XLA."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    activations = values(
        problem,
        _functions(),
        lambda name, right: built_in(jax.nn, name, jnp.asarray, right),
        derivatives(problem.subject),
    )
    parameters = tuple(map(jnp.asarray, problem.parameters))
    if problem.work.kind is Kind.ELEMENTWISE:
        value = activations[problem.symbol]
        x = jnp.asarray(problem.x)

        @jax.jit
        def both(x: Any, *parameters: Any) -> tuple[Any, Any]:
            z, back = jax.vjp(lambda x: value(x, *parameters), x)
            return z, back(jnp.ones_like(z))[0]

        return Task(lambda: jax.block_until_ready(both(x, *parameters)), _arrays)
    if problem.work.non_zeros:
        raise UnservedError("makes a dense gradient of sparse features")
    scores = scores_function(problem, _functions(), activations)

    def log_likelihood(parameters: Any, X: Any, y: Any) -> Any:
        log_P = jax.nn.log_softmax(scores(*parameters, X))
        return jnp.take_along_axis(log_P, y[:, None], 1).sum()

    of_batch = jax.value_and_grad(log_likelihood)
    X, y = jnp.asarray(problem.X), jnp.asarray(problem.y)
    if problem.work.kind is Kind.GRADIENTS:
        compiled = jax.jit(of_batch)
        return Task(
            lambda: jax.block_until_ready(compiled(parameters, X, y)),
            lambda found: _arrays((found[0], *found[1])),
        )
    size = problem.work.batch
    if len(problem.X) % size:
        raise UnservedError("scans whole batches only")
    state = [parameters]

    @jax.jit
    def epoch(parameters: Any, X: Any, y: Any) -> Any:
        def step(parameters: Any, batch: Any) -> Any:
            L, slopes = of_batch(parameters, *batch)
            return tuple(p + RATE * slope for p, slope in zip(parameters, slopes, strict=True)), L

        split = X.reshape(-1, size, X.shape[1]), y.reshape(-1, size)
        parameters, losses = jax.lax.scan(step, parameters, split)
        return losses.sum(), parameters

    def run() -> Any:
        L, state[0] = jax.block_until_ready(epoch(state[0], X, y))
        return L

    return Task(run, lambda L: _arrays((L, *state[0])))


def _arrays(found: Any) -> tuple[np.ndarray, ...]:
    return tuple(map(np.asarray, found))


def _functions() -> dict[str, Callable[..., Any]]:
    import jax.numpy as jnp
    from jax.scipy import special

    names = ("exp", "expm1", "log", "log1p", "sqrt", "sign", "abs", "tanh", "sinh", "cosh", "sin")
    found = {name: getattr(jnp, name) for name in (*names, "cos", "where", "arange")}
    found |= {"atan": jnp.arctan, "asinh": jnp.arcsinh}
    return found | {"erf": special.erf, "erfc": special.erfc}
