"""Emit: programs and scalar code → the text of one self-contained module.

Templates hold layout only; every mathematical line comes from a program, and every comment with a
number from the derived equation of that number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from codegen.collisions import check_names
from codegen.emit.calls import parameters_by_feature, routines
from codegen.emit.counts import operations
from codegen.emit.expressions import scalar_text
from codegen.emit.kernels import IN_TILES, KernelPage, kernel_pages, summed, tuple_text
from codegen.emit.scalars import dispatched, near_functions, scalar_imports, scalar_source
from codegen.emit.sizes import shape_docs, size_in_list, size_text, sizes_fit
from codegen.emit.specialise import limit_text
from codegen.emit.torch import TORCH_IMPORTS, torch_api, torch_context, torch_docstring
from codegen.equations import equation_comments
from codegen.layout import import_lines, tidy
from codegen.pages import elementwise_functions, module_docstring, parameter_lines
from codegen.program import ZERO, Array, Role, Scalar, rewritten
from codegen.programs import Penalty, Programs
from codegen.scalar.code import ScalarCode
from codegen.second_order import SecondOrder
from codegen.templating import environment
from codegen.update import Updates
from derive.derivation import Derivation

__all__ = ["emit"]

IMPORTS = (
    "from numba import njit",
    "from numba import types",
    "from numba.core import cgutils",
    "from numba.extending import intrinsic",
    "from numba.extending import overload",
    "from numba.np.arrayobj import populate_array",
    "from collections.abc import Sequence",
    "from typing import Any",
    "from typing import NamedTuple",
    "from numpy.typing import NDArray",
    "from queue import SimpleQueue",
    "from threading import Lock",
    "from threading import Thread",
    "from time import perf_counter",
    "from time import sleep",
    "from contextlib import suppress",
    "from functools import cache",
    "from functools import partial",
    "from scipy.linalg import cython_blas",
    "import ctypes",
    "import math",
    "import numbers",
    "import os",
    "import numpy as np",
)
API = ("log_likelihood", "gradients", "predict_proba", "predict", "ascent_step", "ascent_epoch")


def emit(
    derivation: Derivation,
    programs: Programs,
    sparse: Programs,
    scalars: Mapping[str, ScalarCode],
    dtypes: Sequence[str],
    second: SecondOrder | None = None,
) -> str:
    """Return the text of the module, without its header; ``sparse`` are its programs for CSR.

    With ``second`` it has a part for PyTorch.
    """
    comments = equation_comments(derivation, second=second is not None)
    every = (*programs, *sparse, *(second or ()))
    pages = {page.name: page for p in every for page in kernel_pages(p, comments)}
    model = derivation.model
    parameters = [quantity.name for quantity in model.parameters]
    by_feature = parameters_by_feature(sparse, parameters)
    elementwise = elementwise_functions(derivation)
    general = scalar_source(scalars, dtypes)
    near = near_functions(derivation, general, dtypes)
    ascent, penalty = programs.updates, programs.penalty
    inputs = programs.gradients.inputs
    loss = next(a.name for a in programs.gradients.outputs if a.role is Role.LOSS)
    classes = size_text(inputs, model.scores.sizes[-1].name)
    lines = parameter_lines(model)
    targets = ", ".join(f"d{name}" for name in parameters)
    extra = torch_api(model) if second else []
    context: dict[str, Any] = {
        "docstring": module_docstring(derivation, scalars, comments, by_feature)
        + (torch_docstring(model) if second else ""),
        "public": sorted([*(function.public for function in elementwise), *API, *extra]),
        "torch": second is not None,
        "dtypes": tuple(dtypes),
        "dtypes_tuple": tuple_text([f"np.dtype(np.{dtype})" for dtype in dtypes]),
        "imports": import_lines(
            IMPORTS, TORCH_IMPORTS if second else (), scalar_imports(scalars, dtypes)
        ),
        "scalar_source": scalar_source(scalars, dtypes, near),
        "limits": {name: limit_text(limit) for name, limit in near.limits.items()},
        "operations": _by_size(operations(general), dtypes),
        "dispatched": list(dispatched(derivation, near, second=second is not None)),
        "elementwise": elementwise,
        **routines(every),
        "by_feature_tuple": tuple_text([f'"{name}"' for name in by_feature]),
        "kernels": list(pages.values()),
        "summed": summed(inputs, pages["_add_gradients"]),
        "summed_in_tiles": summed(inputs, pages.get(f"_add_gradients{IN_TILES}")),
        "dense": {"rows": "X[start:stop]", **_form("_", pages)},
        "csr": {"rows": "_csr_rows(X, start, stop)", **_form("_csr_", pages)},
        "errors": pages["_errors"],
        "kept_in": _kept_in(inputs, parameters, model.scores.sizes[-1].name),
        "P": ", ".join(parameters),
        "P_typed": ", ".join(f"{name}: Array" for name in parameters),
        "P_tuple": ", ".join(parameters) + "," * (len(parameters) == 1),
        "P_target": ", ".join(parameters) if parameters[1:] else f"({parameters[0]},)",
        "sizes_fit": sizes_fit(inputs),
        "shapes_fit": " and ".join(f"d{name}.shape == {name}.shape" for name in parameters),
        "entries": " + ".join(f"{name}.size" for name in parameters),
        "fresh": tuple_text([f"np.empty_like({name})" for name in parameters]),
        "gradients": [replace(line, name=f"d{line.name}") for line in lines],
        "G": targets,
        "G_tuple": targets + "," * (len(parameters) == 1),
        "G_target": targets if parameters[1:] else f"({targets},)",
        "update": _factors(ascent),
        "keeps": programs.gradients.scalars[1:],
        "apart": ascent.apart,
        "l2": penalty and _l2(penalty, parameters, loss, comments),
        "strength": f", {penalty.strength}" if penalty else "",
        "checked_strength": f", _strength({penalty.strength}, X.dtype)" if penalty else "",
        "strength_typed": f", {penalty.strength}: float = 0.0" if penalty else "",
        "classes": classes,
        "classes_of_parameters": size_in_list(classes, parameters, "parameters"),
        "classes_of_arrays": size_in_list(classes, parameters, "arrays"),
        "classes_size": model.scores.sizes[-1].name,
        "features_size": model.features.sizes[-1].name,
        "parameters": lines,
        "parameter_names": parameters,
        "parameter_dict": "{" + ", ".join(f'"{name}": {name}' for name in parameters) + "}",
        "parameters_with_inputs": ", ".join([*parameters, "X", "y", "sample_weight"]),
        "parameters_words": " and ".join(
            [", ".join(parameters[:-1])] * (len(parameters) > 1) + parameters[-1:]
        ),
    }
    context.update(shape_docs(derivation))
    if second is not None:
        context.update(torch_context(derivation, second, pages, penalty))
    text = tidy(environment().get_template("module.py.jinja").render(context))
    check_names(text, [*parameters, *([penalty.strength] if penalty else [])])
    return text


def _by_size(counts: Mapping[str, int], dtypes: Sequence[str]) -> dict[str, str]:
    """Return the operations of each function of x for each size of x in bytes, as a dict's text."""
    found: dict[str, list[str]] = {}
    for dtype in dtypes:
        for name in counts:
            if name.endswith(f"_{dtype}"):
                entry = f"{int(dtype[-2:]) // 8}: {counts[name]}"
                found.setdefault(name.removesuffix(f"_{dtype}"), []).append(entry)
    return {name: f"{{{', '.join(entries)}}}" for name, entries in found.items()}


def _factors(rule: Updates) -> dict[str, Any]:
    """Return the factors of an update as text: of a gradient, and of each group of parameters."""
    keeps = [scalar_text(rule.first.keep)]
    if rule.apart:
        keeps.append(scalar_text(rule.rest.keep))
    return {"scale": scalar_text(rule.first.scale), "keeps": keeps}


def _l2(
    penalty: Penalty, parameters: Sequence[str], loss: str, comments: Mapping[int, str]
) -> dict[str, Any]:
    """Return the text of an L2 term: L_α of L = total, and the gradients that it changes."""
    rule = penalty.gradients
    kept = [
        name
        for name in parameters
        if (rule.rest if name in rule.apart else rule.first).keep != ZERO
    ]
    value = rewritten(penalty.value, lambda n: Scalar("total") if n == Scalar(loss) else None)
    return {
        "strength": penalty.strength,
        "value": scalar_text(value),
        "kept": kept,
        "comments": [f"# ({number})  {comments[number]}" for number in penalty.numbers],
        **_factors(rule),
    }


def _form(prefix: str, pages: Mapping[str, KernelPage]) -> dict[str, Any]:
    """Return what drivers call where X has one of its forms; ``tiled`` for many classes, or None."""
    names = ("likelihood", "errors", "add_gradients", "probabilities")
    found = {name: pages[prefix + name] for name in names}
    tiled = {name: pages.get(f"{prefix}{name}{IN_TILES}") for name in names[:3]}
    return {
        "prefix": prefix,
        "decision": pages[f"{prefix}classes"],
        "tiled": tiled if all(tiled.values()) else None,
        **found,
    }


def _kept_in(inputs: Sequence[Array], parameters: Sequence[str], size: str) -> str:
    """Return the places of the gradients in whose rows, one a class, scores can be kept."""
    rows = [a.name for a in inputs if a.role is Role.PARAMETER and a.sizes[:1] == (size,)]
    matrices = {a.name for a in inputs if len(a.sizes) == 2}
    return tuple_text([str(parameters.index(name)) for name in rows if name in matrices])
