"""What the diagnosis says, and that each limit comes with its remedy."""

from __future__ import annotations

import json

import pytest

from codegen import doctor
from codegen.cli import main
from codegen.doctor import Finding, blas, compiler, processor, versions
from codegen.doctor.libraries import Library, libraries
from codegen.doctor.rate import Rate, measure

SLOW = Rate("Haswell", {"float32": 230.0, "float64": 110.0})
FAST = Rate("SkylakeX", {"float32": 460.0, "float64": 220.0})
LIKE = Rate("SkylakeX", {"float32": 235.0, "float64": 109.0})


@pytest.fixture
def other_kernels(monkeypatch):
    """Let the rate with other kernels be what a test says."""

    def give(rate):
        monkeypatch.setattr(blas, "rate_with", lambda core_type=None: rate)

    return give


def test_faster_kernels_come_with_the_variable_that_chooses_them(other_kernels):
    other_kernels(FAST)
    (finding,) = blas.products(SLOW, ("SkylakeX",))
    assert "OPENBLAS_CORETYPE=SkylakeX" in finding.remedy
    assert "Haswell" in finding.found
    assert "230" in finding.found
    assert "460" in finding.found


@pytest.mark.parametrize("rate", [LIKE, None])
def test_kernels_that_are_no_faster_or_cannot_run_are_not_advised(other_kernels, rate):
    other_kernels(rate)
    (finding,) = blas.products(SLOW, ("SkylakeX",))
    assert finding.remedy == ""


def test_a_rate_that_cannot_be_measured_says_how_to_see_why():
    (finding,) = blas.products(None, ())
    assert "codegen.doctor.rate" in finding.remedy


def test_avx512_kernels_are_looked_for_where_openblas_chose_others(monkeypatch):
    monkeypatch.setattr(processor, "features", lambda: frozenset(processor.AVX512))
    chosen = Library("scipy", "openblas", "0.3.30", "Haswell", 2)
    monkeypatch.setattr(blas, "libraries", lambda: {"scipy": chosen})
    assert blas._alternatives() == ("SkylakeX",)


def test_fewer_blas_threads_than_cores_are_a_finding(monkeypatch):
    chosen = Library("scipy", "openblas", "0.3.30", "Haswell", 1)
    monkeypatch.setattr(blas, "libraries", lambda: {"scipy": chosen})
    monkeypatch.setattr(blas, "cores", lambda: 8)
    first, second = blas.kernels()
    assert "1 of 8 cores" in first.remedy
    assert second == Finding("NumPy's BLAS", "one that threadpoolctl does not know")


def test_both_libraries_are_found_here():
    assert set(libraries()) == {"numpy", "scipy"}


def test_rates_of_both_dtypes_are_positive_and_printed():
    rate = measure(size=32, repeats=1)
    assert set(rate.gflops) == {"float32", "float64"}
    assert min(rate.gflops.values()) > 0
    assert str(SLOW) == "230 GFLOP/s in float32, 110 GFLOP/s in float64"


def test_the_vectors_of_a_loop_are_read_from_its_code():
    bits = int(compiler.vectors().found.split()[0])
    assert bits in {128, 256, 512}


def test_a_cache_folder_that_cannot_be_written_is_a_finding(monkeypatch, tmp_path):
    from numba import config

    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setattr(config, "CACHE_DIR", str(file / "inside"))
    assert "NUMBA_CACHE_DIR" in compiler.caching().remedy
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "new"))
    assert compiler.caching().remedy == ""


@pytest.mark.parametrize(
    ("found", "least", "expected"),
    [("1.9", "1.13", True), ("1.13.0", "1.13", False), ("2.0.0rc1", "2.0", False)],
)
def test_versions_compare_as_numbers(found, least, expected):
    assert versions.older(found, least) is expected


def test_a_missing_dependency_is_named(monkeypatch):
    monkeypatch.setattr(versions, "requires", lambda name: ["numpy>=999", "pytest>=1; extra=='x'"])
    (finding,) = versions.findings()
    assert finding.remedy == "pip install 'numpy>=999'"


def test_the_command_prints_a_table_and_json(monkeypatch, capsys):
    found = (Finding("BLAS", "slow [bold]kernels[/]", "set A=B"), Finding("cache", "kept"))
    monkeypatch.setattr(doctor, "diagnose", lambda: found)
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "slow [bold]kernels[/]" in shown
    assert "→ set A=B" in shown
    assert main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [finding.facts() for finding in found]
