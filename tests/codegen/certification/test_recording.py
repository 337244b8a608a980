"""The committed record: within the bounds, found again at its worst inputs, and filled by what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from codegen.certification import recording
from codegen.certification.recording import activations, again
from codegen.scalar import exhaustive, record
from codegen.scalar.certificate import BOUNDS, Row
from codegen.scalar.code import code_hash
from codegen.scalar.exhaustive import EVERY, every_float32
from codegen.scalar.lower import lower
from codegen.scalar.record import entries, recorded, write
from codegen.vectormath.arithmetic import scalar
from derive.activation import activation
from derive.formula import X, formula

SAMPLED = ("relu",)  # whose code is found quickly; all by `recording --check`


def test_every_entry_keeps_the_bound_at_every_float32_and_a_million_float64():
    for entry in entries():
        assert {row.quantity for row in entry.rows} == {"value", "derivative"}
        for row in entry.rows:
            assert row.max_ulp <= BOUNDS[entry.dtype], entry.formula
            assert row.count == EVERY or (entry.dtype == "float64" and row.count >= 1_000_000)


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("name", SAMPLED)
def test_the_worst_input_of_an_entry_is_as_far_off_as_recorded(name, dtype):
    each = activation(name)
    rows = recorded(code_hash(each, dtype))
    assert rows is not None, f"run python -m codegen.certification.recording {name}"
    assert again(each, dtype, rows) == pytest.approx([row.max_ulp for row in rows], abs=1e-3)


def test_modules_come_first_and_the_library_after_them():
    names = list(activations(whole_library=True))
    modules = list(activations())
    assert names[: len(modules)] == modules
    assert {"relu", "silu"} <= set(modules)
    assert list(activations(("silu",), whole_library=True)) == ["silu"]


def test_an_entry_is_written_read_and_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "RECORD", tmp_path / "record.toml")
    entries.cache_clear()
    rows = [Row("float64", name, 1.25, -0.1, 7, "none") for name in ("value", "derivative")]
    write("first", "x**2", rows)
    write("second", "x**2", rows)
    (entry,) = entries()
    assert (entry.hash, entry.formula, list(entry.rows)) == ("second", "x**2", rows)
    assert recorded("first") is None
    write("second", "x**2", [replace(row, count=6) for row in rows])
    assert recorded("second") == tuple(rows)  # at fewer inputs
    entries.cache_clear()


def test_what_is_recorded_of_the_present_code_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "RECORD", tmp_path / "record.toml")
    entries.cache_clear()
    chosen = {"relu": activation("relu")}
    assert [task[1] for task in recording._pending(chosen, 100)] == ["float32", "float64"]
    row = Row("float64", "value", 0.0, 0.0, 100)
    write(code_hash(chosen["relu"], "float64"), str(chosen["relu"].bound), [row])
    assert [task[1] for task in recording._pending(chosen, 100)] == ["float32"]
    assert [task[1] for task in recording._pending(chosen, 101)] == ["float32", "float64"]
    entries.cache_clear()


def test_many_inputs_beyond_half_the_bound_are_no_error(monkeypatch):
    """The worst is found where more inputs are in doubt than can be settled."""

    @scalar
    def candidate(x):
        return np.float32(x * np.float32(1.0000001))

    @scalar
    def reference(x):
        return x

    monkeypatch.setattr(exhaustive, "EVERY", 2**24)
    monkeypatch.setattr(exhaustive, "MOST_SETTLED", 2)
    (value,) = every_float32(candidate, reference, ("value",), lower((formula("x"),), X))
    assert 1.5 < value.max_ulp <= 2.0
