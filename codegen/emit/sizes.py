"""Sizes: how they are read from arguments, and what must agree of them."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.emit.statements import EXAMPLES
from codegen.pages import parameter_lines
from codegen.program import Array, Role
from derive.derivation import Derivation

__all__ = ["shape_docs", "size_in_list", "size_text", "sizes_fit"]


def size_text(inputs: Sequence[Array], size: str) -> str:
    """Return how a size is read from an argument: W.shape[0]."""
    for array in inputs:
        if size in array.sizes:
            return f"{array.name}.shape[{array.sizes.index(size)}]"
    raise ValueError(f"no argument has the size {size}")


def sizes_fit(inputs: Sequence[Array]) -> str:
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


def size_in_list(size: str, names: Sequence[str], values: str) -> str:
    """Return W.shape[0] as parameters[0].shape[0]."""
    name, axis = size.split(".")
    return f"{values}[{names.index(name)}].{axis}" if name in names else size


def shape_docs(derivation: Derivation) -> dict[str, str]:
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
