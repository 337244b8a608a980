"""The record of speeds: of the library's activations, and written as it is read."""

from __future__ import annotations

import tomllib

from codegen.benchmarks.speeds import RECORD, recorded_speeds, text_of
from derive.library import entries


def test_the_record_is_of_activations_in_both_dtypes() -> None:
    record = recorded_speeds()
    assert set(record) <= set(entries())
    for entry in record.values():
        assert list(entry) == ["processor", "float32", "float64"]
        assert 0 < float(entry["float32"]) < float(entry["float64"]) * 2


def test_what_is_written_is_what_is_read() -> None:
    record = recorded_speeds()
    assert tomllib.loads(text_of(record)) == record
    assert text_of(record) == RECORD.read_text(encoding="utf-8")
