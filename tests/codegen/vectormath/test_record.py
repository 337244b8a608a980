"""The committed record is of the present source, complete, within the bounds, and reproducible."""

import pytest

from codegen.vectormath import CATALOGUE
from codegen.vectormath.measure import error_at
from codegen.vectormath.record import FILE, read, stale, write
from codegen.vectormath.verify import chosen, main

RECORD = read()
# Sampled since their reduction changed; all of float32 takes minutes, by
# `python -m codegen.vectormath.verify NAME --exhaustive --record`, after which the name leaves this set.
SAMPLED = {"sin_f32", "cos_f32"}


def test_record_is_of_the_present_source():
    assert stale() == [], "run python -m codegen.vectormath.verify --record for these"


def test_every_function_is_recorded_and_float32_exhaustively():
    assert list(RECORD) == chosen([])
    for name, found in RECORD.items():
        row = CATALOGUE[name]
        every = row.dtype == "float32" and row.arity == 1 and name not in SAMPLED
        assert found.exhaustive == every, name
        assert found.error <= row.bound, name


@pytest.mark.parametrize("name", RECORD)
def test_recorded_worst_case_is_measured_again(name):
    found = RECORD[name]
    assert error_at(name, found.x, found.low) == pytest.approx(found.error, rel=1e-9)


def test_writing_what_was_read_changes_nothing():
    before = FILE.read_text(encoding="utf-8")
    write(RECORD)
    assert FILE.read_text(encoding="utf-8") == before


def test_unknown_function_is_refused_with_the_names_there_are(capsys):
    assert main(["no_such"]) == 2
    assert "exp_f64" in capsys.readouterr().err


def test_table_names_the_worst_argument(capsys):
    assert main(["exp_f32", "--points", "60"]) == 0
    assert "exp_f32" in capsys.readouterr().out
