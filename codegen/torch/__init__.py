"""PyTorch as a target: an activation and the loss of a model as custom operators on CPU tensors.

    from codegen.torch import activation, softmax_loss
    network = torch.nn.Sequential(torch.nn.Linear(64, 100), activation("mish"))
    softmax_loss(network(X), W, y).backward()

Both are differentiable twice, by g″ and the Hessian-vector product that the rules of derive give. The
text comes from :mod:`codegen.second_order`, :mod:`codegen.emit.torch` and ``templates/torch*.py.jinja``;
:mod:`~codegen.torch.verification` holds it against finite differences before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["activation", "compile", "softmax_loss"]

LAYER, LAYER_WITH_BIAS = "softmax(W f(x))", "softmax(W f(x) + b)"


def activation(
    name: str,
    parameters: Mapping[str, float | str] | None = None,
    /,
    *,
    trainable: Sequence[str] = (),
) -> Any:
    """Return g as a ``torch.nn.Module``, to be called or put into a network.

    ``name`` is a library name or a formula in x, ``parameters`` gives values to its parameters. Those
    named in ``trainable`` are parameters of the module, of shape (1,), which begin with their values.
    Takes CPU tensors of float32 or float64, of any shape.
    """
    from codegen.plan import module_of
    from codegen.recipe import DTYPES, TORCH, activation_recipe

    return module_of(activation_recipe(name, parameters, trainable, DTYPES, TORCH)).Activation()


def softmax_loss(X: Any, W: Any, y: Any, b: Any = None, *, reduction: str = "mean") -> Any:
    """Return the cross entropy of softmax(W x + b), a layer and its loss in one operator.

    X (…, n), W (m, n), b (m,) or None: CPU tensors of one float dtype; y (…): classes from 0. The scores
    are never a tensor. ``reduction``: mean or sum.
    """
    if b is None:
        return _compiled(LAYER).loss(W, X, y, reduction)
    return _compiled(LAYER_WITH_BIAS).loss(W, b, X, y, reduction)


@cache
def _compiled(model: str) -> ModuleType:
    return compile(model)


def compile(
    model: str,
    parameters: Mapping[str, float | str] | None = None,
    /,
    *,
    trainable: Sequence[str] = (),
    l2: str | None = None,
    **activations: str,
) -> ModuleType:
    """Return the module of a model for PyTorch: ``loss``, and what every generated module has.

    The arguments are those of :func:`codegen.compile`. With ``l2="alpha"`` the loss takes ``alpha``.
    """
    from codegen.plan import module_of
    from codegen.recipe import DTYPES, TORCH, recipe_of
    from derive.arguments import mapping

    bindings = {**activations, **mapping(parameters, "parameters")}
    return module_of(recipe_of(model, None, bindings, trainable, DTYPES, l2, TORCH))
