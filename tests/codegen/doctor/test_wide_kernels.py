"""BLAS is loaded with the fast kernels, once, and nothing else of the process is changed."""

from __future__ import annotations

import os
import sys

import pytest

from codegen.doctor import wide_kernels
from codegen.doctor.rate import CORE_TYPE


@pytest.fixture
def loaded(monkeypatch):
    """Let SciPy be unloaded on a processor of AMD with AVX-512; the list of what is then seen."""
    for name in [n for n in sys.modules if n.startswith("scipy.linalg")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delenv(CORE_TYPE, raising=False)
    monkeypatch.setattr(wide_kernels, "is_amd", lambda: True)
    monkeypatch.setattr(wide_kernels, "has_avx512", lambda: True)
    monkeypatch.setattr(wide_kernels, "core_types", lambda: ("SkylakeX",))
    seen: list[str | None] = []
    monkeypatch.setattr(
        wide_kernels, "import_module", lambda name: seen.append(os.environ.get(CORE_TYPE))
    )
    return seen


def test_the_variable_is_there_while_blas_is_loaded_and_gone_afterwards(loaded):
    wide_kernels.load_blas()
    assert loaded == ["SkylakeX"]
    assert CORE_TYPE not in os.environ


def test_a_choice_of_the_user_stands(loaded, monkeypatch):
    monkeypatch.setenv(CORE_TYPE, "Haswell")
    wide_kernels.load_blas()
    assert loaded == []
    assert os.environ[CORE_TYPE] == "Haswell"


def test_a_library_that_is_loaded_keeps_its_kernels(loaded, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.linalg", object())
    wide_kernels.load_blas()
    assert loaded == []


@pytest.mark.parametrize("lacking", ["is_amd", "has_avx512"])
def test_elsewhere_the_choice_of_openblas_stands(loaded, monkeypatch, lacking):
    monkeypatch.setattr(wide_kernels, lacking, lambda: False)
    wide_kernels.load_blas()
    assert loaded == []
