"""What a recipe is made of is checked, and in one order."""

from __future__ import annotations

import pytest

from codegen.recipe import Recipe
from derive.errors import InputError


def test_dtypes_are_in_one_order():
    typed = Recipe(dtypes=("float64", "float32"))
    assert typed.dtypes == ("float32", "float64")
    assert typed == Recipe()
    assert typed.hash == Recipe().hash


@pytest.mark.parametrize("dtypes", [("float16",), ("float32", "double"), ()])
def test_dtypes_are_known(dtypes):
    with pytest.raises(InputError, match="name some of float32, float64"):
        Recipe(dtypes=dtypes)
