"""The committed record is of the present source, complete, within the bounds, and reproducible."""

import pytest

from codegen.vectormath import CATALOGUE
from codegen.vectormath.measure import error_at
from codegen.vectormath.record import FILE, read, stale, write
from codegen.vectormath.verify import chosen, main

RECORD = read()


def test_record_is_of_the_present_source():
    assert stale() == [], "run python -m codegen.vectormath.verify --record for these"


def test_every_function_is_recorded_and_float32_exhaustively():
    assert list(RECORD) == chosen([])
    for name, found in RECORD.items():
        row = CATALOGUE[name]
        every = row.dtype == "float32" and row.arity == 1
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
