"""What a size on the command line means, and that one too large for memory is refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from codegen.benchmarks.problem import Problem
from codegen.benchmarks.work import Kind, Work, parse_work
from derive.errors import InputError


def test_sizes_name_a_gradient_an_epoch_and_an_array():
    gradients = Work(Kind.GRADIENTS, 128, 128, 784, (256,), 10)
    assert parse_work("128-784-256-10", hidden=1) == gradients
    assert parse_work("50x4-64-10", hidden=0) == Work(Kind.EPOCH, 50, 4, 64, (), 10)
    assert parse_work("100_000", hidden=2) == Work(Kind.ELEMENTWISE, 100_000)


def test_a_batch_is_no_larger_than_its_epoch():
    assert parse_work("5x32-3-2", hidden=0).batch == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("128-784-10", "batch-features-hidden-classes"),
        ("many", "expected numbers"),
        ("x3-4-5-6", "has 4 numbers|expected numbers"),
        ("0-3-4-2", "positive"),
        ("", "expected numbers"),
        ("3x4", "has 1 numbers"),
        ("²x1-2-3-4", "expected numbers"),
        ("1-" + "9" * 5000 + "-3-2", "expected numbers"),
    ],
)
def test_other_sizes_are_refused_with_what_to_type(text, expected):
    if text == "x3-4-5-6":
        text = "x" + text
    with pytest.raises(InputError, match=expected):
        parse_work(text, hidden=1)


@pytest.mark.parametrize("text", ["1" + "0" * 28, "1" + "0" * 12, "1" + "0" * 11 + "-784-256-10"])
def test_a_size_that_no_memory_holds_is_refused_before_anything_is_drawn(text):
    subject = SimpleNamespace(derivation=None)  # nothing is asked of it
    with pytest.raises(InputError, match=r"GiB of memory and there are .*: give a smaller one"):
        Problem.of(subject, parse_work(text, hidden=1), "float32")
