"""The table of libraries: what is imported ahead of a module's making."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from codegen import targets
from codegen.recipe import Recipe

targets.load(Recipe(bindings={"g": "tanh"}))
print("codegen.verification" in sys.modules, "scipy.linalg" in sys.modules)
"""


def test_what_is_imported_ahead_leaves_blas_to_be_loaded_with_the_widest_kernels() -> None:
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert found.stdout == "True False\n"
