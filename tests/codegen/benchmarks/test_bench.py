"""The bench command: everyone gets the same numbers, and table, JSON and plot have every entry."""

from __future__ import annotations

import json
from functools import partial
from itertools import groupby
from types import SimpleNamespace

import numpy as np
import pytest

from codegen.benchmarks import limits, measure, run
from codegen.benchmarks.measure import Effort, medians
from codegen.benchmarks.peer import Task, UnservedError, batches, built_in
from codegen.benchmarks.peers import by_hand, peers, sklearn_mlp
from codegen.benchmarks.plot import draw_results
from codegen.benchmarks.problem import Problem, Subject
from codegen.benchmarks.report import duration, facts, notes, table
from codegen.benchmarks.shown import Benchmark
from codegen.benchmarks.work import Kind, parse_work
from codegen.cli import main
from codegen.doctor.rate import Rate
from codegen.recipe import Recipe
from derive.errors import VerificationError

SIZES = ("3-4-5-3", "7x2-4-5-3", "33")
LITTLE = Effort(1, 1e-5)
RATE = Rate("any", {"float32": 1.0, "float64": 1.0})


@pytest.fixture(scope="module")
def subject():
    return Subject.of(Recipe("softmax(W g(V f(x)))", {"g": "relu"}))


@pytest.fixture
def results(subject, monkeypatch):
    monkeypatch.setattr(run, "measure", lambda repeats: RATE)
    works = [parse_work(text, 1) for text in SIZES]
    dtypes = ("float32", "float64")
    return list(run.benchmark(subject, works, dtypes, [by_hand, sklearn_mlp], LITTLE))


def test_numpy_by_hand_gets_the_numbers_of_the_module(results):
    assert len(results) == len(SIZES) * 2
    for result in results:
        by_name = {entry.name: entry for entry in result.entries}
        assert by_name["gradscribe"].deviation == 0.0
        assert by_name["numpy"].deviation <= run.TOLERANCE[result.dtype]
        assert ("sklearn" in by_name) is (result.work.kind is Kind.EPOCH)


def test_table_json_and_plot_have_every_entry(results, subject, tmp_path):
    assert table(results).row_count == len(results)
    shown = Benchmark(
        subject.recipe, tuple(results), {"numpy": "2"}, {"jax": "is not installed"}, 1
    )
    assert shown._repr_html_().count("<tr>") == 1 + len(results)
    assert str(shown).count("gradscribe ") == len(results)
    assert "jax is not installed" in shown._repr_html_()
    found = json.loads(json.dumps(facts(subject.recipe, results, {"numpy": "2"}, 1)))
    assert [row["work"] for row in found["results"]] == [r.work.kind.value for r in results]
    assert all(entry["seconds"] > 0 for row in found["results"] for entry in row["entries"])
    assert {row["limit"]["by"] for row in found["results"]} > {"copying x to two outputs"}
    lines = notes(results, {"jax": "is not installed"})
    assert "jax is not installed" in lines
    assert "sklearn is measured with biases" in lines
    draw_results(tmp_path / "plot.svg", results, "relu")
    assert (tmp_path / "plot.svg").read_text().startswith("<?xml")


def test_a_peer_with_other_numbers_fails_the_command(subject, monkeypatch):
    monkeypatch.setattr(run, "measure", lambda repeats: RATE)

    def wrong(problem):
        right = by_hand.task(problem)
        return Task(right.run, lambda found: tuple(1.1 * part for part in right.arrays(found)))

    peer = SimpleNamespace(NAME="other", task=wrong)
    with pytest.raises(VerificationError, match="other and gradscribe differ"):
        list(run.benchmark(subject, [parse_work("3-4-5-3", 1)], ("float64",), [peer], LITTLE))


def test_a_peer_that_is_not_installed_is_said_to_be_missing():
    def version():
        raise ImportError

    absent = SimpleNamespace(NAME="absent", version=version)
    versions, missing = run.installed([by_hand, absent])
    assert set(versions) == {"numpy"}
    assert missing == {"absent": "is not installed"}


def test_operations_count_every_matrix_product(subject):
    problem = Problem.of(subject, parse_work("3-4-5-6", 1), "float32")
    of_V, of_W = 3 * 4 * 5, 3 * 5 * 6  # forward and gradient; W also carries the error back
    assert limits.operations(problem) == 2 * (2 * of_V + 3 * of_W)


def test_scikit_learn_has_only_chains_and_epochs(subject):
    with pytest.raises(UnservedError, match="gradient"):
        sklearn_mlp.task(Problem.of(subject, parse_work("3-4-5-3", 1), "float32"))


def test_a_library_function_counts_only_if_it_is_the_same_function():
    library = SimpleNamespace(f=np.tanh, h=np.arctan)
    assert built_in(library, "f", np.asarray, np.tanh) is np.tanh
    assert built_in(library, "h", np.asarray, np.tanh) is None
    assert built_in(library, "k", np.asarray, np.tanh) is None


def test_rounds_are_interleaved_and_begin_when_the_threads_of_others_sleep(monkeypatch):
    calls = []
    monkeypatch.setattr(measure, "sleep", calls.append)
    found = medians({name: partial(calls.append, name) for name in "ab"}, LITTLE)
    assert set(found) == {"a", "b"}
    turns = [turn for turn, _ in groupby(calls)]
    assert turns == [measure.REST, "a", measure.REST, "b"] * 2  # to count calls, and a round
    assert batches(5, 2) == [slice(0, 2), slice(2, 4), slice(4, 5)]


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.5, "2.5 s"), (0.0123, "12.3 ms"), (4e-6, "4 µs"), (7e-9, "7 ns")]
)
def test_durations_have_three_digits(seconds, text):
    assert duration(seconds) == text


def test_unknown_peers_and_sizes_are_refused(capsys):
    assert "numpy" in peers()
    assert main(["bench", "relu", "--against", "nunpy"]) == 2
    assert "did you mean" in capsys.readouterr().err
    assert main(["bench", "relu", "--sizes", "1-2"]) == 2
    assert "hidden" in capsys.readouterr().err
