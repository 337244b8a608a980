"""Emit: programs and scalar code → the text of one self-contained module.

Templates hold layout only; every mathematical line comes from a program, and every comment with a
number from the derived equation of that number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from codegen.collisions import check_names
from codegen.equations import equation_comments
from codegen.layout import import_lines, tidy
from codegen.pages import elementwise_functions, module_docstring, parameter_lines
from codegen.program import (
    ZERO,
    Array,
    Assign,
    Densify,
    Each,
    Product,
    Program,
    Reduction,
    Role,
    Rows,
    Scalar,
    Statement,
    Total,
    reads,
    rewritten,
    walk,
    writes,
)
from codegen.programs import Penalty, Programs
from codegen.scalar.code import ScalarCode
from codegen.source import ERRORS, EXAMPLES, Kernel, kernel, scalar_text, sums_kernel
from codegen.update import Updates
from codegen.vectormath import imports, sources
from derive.derivation import Derivation

__all__ = ["emit"]

DOCSTRINGS = {
    "likelihood": "Return L of the rows of X.",
    ERRORS: "Return L of the rows of X; leave in memory what the gradients are sums of.",
    "add_gradients": "Set a share of each gradient to keep × what was there + scale × the gradient.",
    "probabilities": "Fill P with the class probabilities of the rows of X.",
    "classes": "Fill labels with the likeliest class of each row of X.",
}
EXP = {"float32": "exp_f32", "float64": "exp_f64"}
IMPORTS = (
    "from numba import njit",
    "from numba import types",
    "from numba.core import cgutils",
    "from numba.extending import intrinsic",
    "from numba.extending import overload",
    "from collections.abc import Sequence",
    "from typing import Any",
    "from typing import NamedTuple",
    "from numpy.typing import NDArray",
    "from concurrent.futures import ThreadPoolExecutor",
    "from contextlib import suppress",
    "from functools import cache",
    "from scipy.linalg import cython_blas",
    "import ctypes",
    "import math",
    "import numbers",
    "import os",
    "import numpy as np",
    "import os",
)
API = ("log_likelihood", "gradients", "predict_proba", "predict", "ascent_step", "ascent_epoch")


@dataclass(frozen=True)
class _Memory:
    """An array of a kernel's memory and how its shape is written."""

    name: str
    shape: str


@dataclass(frozen=True)
class _Page:
    """A kernel as the template lays it out."""

    name: str
    arguments: tuple[str, ...]
    docstring: str
    body: tuple[str, ...]
    returned: str
    memory: tuple[_Memory, ...]
    allocation: str
    row_bytes: str  # how many bytes of memory a row takes
    sources: tuple[str, ...]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("codegen"), undefined=StrictUndefined, keep_trailing_newline=True
    )


def emit(
    derivation: Derivation,
    programs: Programs,
    sparse: Programs,
    scalars: Mapping[str, ScalarCode],
    dtypes: Sequence[str],
) -> str:
    """Return the text of the module, without its header; ``sparse`` are its programs for CSR."""
    comments = equation_comments(derivation)
    pages = {page.name: page for p in (*programs, *sparse) for page in _pages(p, comments)}
    statements = [s for p in (*programs, *sparse) for s in (*p.statements, *p.sums)]
    model = derivation.model
    parameters = [quantity.name for quantity in model.parameters]
    by_feature = _by_feature(sparse, parameters)
    elementwise = elementwise_functions(derivation)
    ascent, penalty = programs.updates, programs.penalty
    inputs = programs.gradients.inputs
    loss = next(a.name for a in programs.gradients.outputs if a.role is Role.LOSS)
    classes = _size(inputs, model.scores.sizes[-1].name)
    context: dict[str, Any] = {
        "docstring": module_docstring(derivation, scalars, comments, by_feature),
        "public": sorted([*(function.public for function in elementwise), *API]),
        "dtypes": tuple(dtypes),
        "dtypes_tuple": _tuple([f"np.dtype(np.{dtype})" for dtype in dtypes]),
        "imports": import_lines(IMPORTS, imports(_required(scalars, dtypes))),
        "scalar_source": _scalar_source(scalars, dtypes),
        "dispatched": list(_dispatched(derivation)),
        "elementwise": elementwise,
        "products": set(_products(statements)),
        "totals": set(_totals(statements)),
        "reductions": set(_reductions(statements)),
        "sparse_uses": set(_uses_of_non_zeros(statements)),
        "by_feature_tuple": _tuple([f'"{name}"' for name in by_feature]),
        "kernels": list(pages.values()),
        "summed": _summed(inputs, pages["_add_gradients"]),
        "dense": {"rows": "X[start:stop]", **_form("_", pages)},
        "csr": {"rows": "_csr_rows(X, start, stop)", **_form("_csr_", pages)},
        "errors": pages["_errors"],
        "P": ", ".join(parameters),
        "P_typed": ", ".join(f"{name}: Array" for name in parameters),
        "P_tuple": ", ".join(parameters) + "," * (len(parameters) == 1),
        "P_target": ", ".join(parameters) if parameters[1:] else f"({parameters[0]},)",
        "sizes_fit": _sizes_fit(inputs),
        "G": ", ".join(f"d{name}" for name in parameters),
        "G_tuple": ", ".join(f"d{name}" for name in parameters) + "," * (len(parameters) == 1),
        "update": _factors(ascent),
        "keeps": programs.gradients.scalars[1:],
        "apart": ascent.apart,
        "l2": penalty and _l2(penalty, parameters, loss, comments),
        "strength": f", {penalty.strength}" if penalty else "",
        "strength_typed": f", {penalty.strength}: float = 0.0" if penalty else "",
        "classes": classes,
        "classes_of_parameters": _in_list(classes, parameters, "parameters"),
        "classes_of_arrays": _in_list(classes, parameters, "arrays"),
        "classes_size": model.scores.sizes[-1].name,
        "features_size": model.features.sizes[-1].name,
        "parameters": parameter_lines(model),
        "parameter_names": parameters,
        "parameter_dict": "{" + ", ".join(f'"{name}": {name}' for name in parameters) + "}",
        "parameters_with_inputs": ", ".join([*parameters, "X", "y", "sample_weight"]),
        "parameters_words": " and ".join(
            [", ".join(parameters[:-1])] * (len(parameters) > 1) + parameters[-1:]
        ),
    }
    context.update(_shape_docs(derivation))
    text = tidy(_environment().get_template("module.py.jinja").render(context))
    check_names(text, parameters)
    return text


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


def _form(prefix: str, pages: Mapping[str, _Page]) -> dict[str, _Page | str]:
    """Return what drivers call where X has one of its forms."""
    names = ("likelihood", "errors", "add_gradients", "probabilities")
    found = {name: pages[prefix + name] for name in names}
    return {"prefix": prefix, "decision": pages[f"{prefix}classes"], **found}


def _pages(program: Program, comments: Mapping[int, str]) -> Iterator[_Page]:
    """Yield the kernel of a program, or the two of one that has sums."""
    results = {a.name for a in program.outputs if a.role is not Role.LOSS}
    code = kernel(program, comments, results)
    yield _page(ERRORS if program.sums else program.name, program, code)
    if program.sums:
        yield _page(program.name, program, sums_kernel(program, comments))


def _page(name: str, program: Program, code: Kernel) -> _Page:
    widths = [
        _size(program.inputs, array.sizes[1]) for array in code.memory if len(array.sizes) > 1
    ]
    sources = [
        a.name for a in program.inputs if any(f"{a.name}.shape" in width for width in widths)
    ]
    memory = tuple(_memory(array, program.inputs) for array in code.memory)
    prefix = "_csr_" if any(array.sparse for array in program.inputs) else "_"
    return _Page(
        prefix + name,
        code.arguments,
        DOCSTRINGS[name],
        code.body,
        code.returned,
        memory,
        _tuple([f"np.empty({array.shape}, dtype)" for array in memory]),
        _row_bytes(widths, sources),
        tuple(sources),
    )


def _row_bytes(widths: Sequence[str], sources: Sequence[str]) -> str:
    if not widths:
        return "0"
    counted = [
        width if times == 1 else f"{times} * {width}" for width, times in Counter(widths).items()
    ]
    return f"({' + '.join(counted)}) * {sources[0]}.itemsize"


def _tuple(items: Sequence[str]) -> str:
    return f"({', '.join(items)}{',' * (len(items) == 1)})"


def _memory(array: Array, inputs: Sequence[Array]) -> _Memory:
    shape = ["rows" if size == EXAMPLES else _size(inputs, size) for size in array.sizes]
    return _Memory(array.name, f"({', '.join(shape)})" if len(shape) > 1 else shape[0])


def _size(inputs: Sequence[Array], size: str) -> str:
    """Return how a size is read from an argument: W.shape[0]."""
    for array in inputs:
        if size in array.sizes:
            return f"{array.name}.shape[{array.sizes.index(size)}]"
    raise ValueError(f"no argument has the size {size}")


def _sizes_fit(inputs: Sequence[Array]) -> str:
    """Return the condition that sizes of one name, W.shape[1] and V.shape[0], are equal."""
    first: dict[str, str] = {}
    pairs = []
    for array in inputs:
        if array.role is Role.PARAMETER and not array.sizes:
            pairs.append(f"{array.name}.size == 1")
        for axis, size in enumerate(array.sizes):
            place = f"{array.name}.shape[{axis}]"
            if size != EXAMPLES and first.setdefault(size, place) != place:
                pairs.append(f"{place} == {first[size]}")
    return " and ".join(pairs) or "True"


def _summed(inputs: Sequence[Array], page: _Page) -> list[str]:
    """Return how drivers call the inputs of the sums: X_tile where there is a row an example."""
    return [
        f"{array.name}_tile" if array.sizes[:1] == (EXAMPLES,) else array.name
        for array in inputs
        if array.name in page.arguments
    ]


def _in_list(size: str, names: Sequence[str], values: str) -> str:
    """Return W.shape[0] as parameters[0].shape[0]."""
    name, axis = size.split(".")
    return f"{values}[{names.index(name)}].{axis}" if name in names else size


def _flat(statements: Sequence[Statement]) -> Iterator[Statement]:
    for statement in statements:
        if isinstance(statement, (Rows, Each)):
            yield from _flat(statement.body)
        else:
            yield statement


def _products(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in _flat(statements):
        if isinstance(statement, Product) and not _reads_non_zeros(statement):
            yield "".join("t" if flag else "n" for flag in statement.transposed)


def _reads_non_zeros(statement: Statement) -> bool:
    """Return whether a statement is a product with sparse features."""
    if not isinstance(statement, Product):
        return False
    return statement.left.sparse or statement.right.sparse


def _uses_of_non_zeros(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in _flat(statements):
        if isinstance(statement, Densify):
            yield "densify"
        elif isinstance(statement, Product) and _reads_non_zeros(statement):
            gathers = statement.left.sparse and not statement.transposed[0]
            yield "gather" if gathers else "scatter_rows" if statement.left.sparse else "scatter"


def _by_feature(programs: Programs, parameters: Sequence[str]) -> list[str]:
    """Return the parameters of which only what non-zeros name is used: in either order of memory."""
    named: set[str] = set()
    whole: set[str] = set()
    for program in programs:
        for statement in _flat((*program.statements, *program.sums)):
            used = {array.of or array.name for array in (*reads(statement), *writes(statement))}
            (named if _reads_non_zeros(statement) else whole).update(used)
    return [name for name in parameters if name in named - whole]


def _totals(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in _flat(statements):
        if isinstance(statement, Total):
            yield "rows" if statement.target.sizes else "all"


def _reductions(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in _flat(statements):
        if isinstance(statement, Assign):
            yield from (n.name for n in walk(statement.value) if isinstance(n, Reduction))


@dataclass(frozen=True)
class _Dispatched:
    """A scalar function that exists for each dtype and is chosen by the dtype of x."""

    name: str
    arguments: str
    words: str
    by_dtype: Mapping[str, str]


def _dispatched(derivation: Derivation) -> Iterator[_Dispatched]:
    yield _Dispatched("exp", "x", "eˣ", EXP)
    for function in elementwise_functions(derivation):
        arguments = ", ".join(["x", *function.parameters])
        yield _Dispatched(function.name, arguments, function.words, _by_dtype(function.name))
    for symbol in derivation.model.activations:
        trained = tuple(derivation.model.trainable(symbol).values())
        if trained:
            name = f"{symbol}_parameter_derivatives"
            words = f"∂{symbol}/∂ each of its trainable parameters"
            yield _Dispatched(name, ", ".join(["x", *trained]), words, _by_dtype(name))


def _by_dtype(name: str) -> dict[str, str]:
    return {dtype: f"{name}_{dtype}" for dtype in EXP}


def _scalar_source(scalars: Mapping[str, ScalarCode], dtypes: Sequence[str]) -> str:
    """Return the vector mathematics that is called, each function once, then the activations."""
    parts = [sources(_required(scalars, dtypes)), *(code.functions for code in scalars.values())]
    return "\n\n\n".join(part.strip() for part in parts)


def _required(scalars: Mapping[str, ScalarCode], dtypes: Sequence[str]) -> tuple[str, ...]:
    exponentials = {EXP[dtype] for dtype in dtypes}
    return tuple(sorted(exponentials.union(*(code.requires for code in scalars.values()))))


def _shape_docs(derivation: Derivation) -> dict[str, str]:
    """Return the lines of a docstring that give the shapes of the arguments."""
    model = derivation.model
    features = model.features.sizes[-1].name
    shapes = []
    for parameter in parameter_lines(model):
        sizes = parameter.sizes or ("1",)
        shapes.append(f"{parameter.name} ({', '.join(sizes)}{',' * (len(sizes) == 1)})")
    matrices = ", ".join(shapes)
    arrays = (
        f"    {matrices}, X (batch, {features}) or ({features},), also CSR: all of one float dtype."
    )
    labels = (
        "    y (batch,) integers or an int, classes from 0; sample_weight (batch,) or None: all 1."
    )
    return {"shapes_doc": f"{arrays}\n{labels}", "shapes_doc_X": arrays}
