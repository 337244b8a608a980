"""Spend minutes on random models; minimise each failure and keep it as a test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import tomlkit
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from codegen.fuzzing.compare import check
from codegen.fuzzing.models import Model, models
from codegen.fuzzing.oracle import Oracle
from codegen.scalar.certificate import CertificateError
from derive.budget import OutOfTimeError, limited
from derive.errors import InputError
from derive.files import read_whole, write_whole

__all__ = ["Found", "Tally", "fuzz", "keep", "kept"]

ROUND = 25  # models between two reports
LONGEST = 120.0  # seconds of processor time for one model; more is a failure too
SHRINKING = 120.0  # seconds to make one failure small


@dataclass(frozen=True)
class Found:
    """A model that failed, as small as it could be made, and how."""

    model: Model
    seed: int
    message: str


@dataclass
class Tally:
    """How many models were tried and refused, and which, with its message, had no certificate."""

    tried: int = 0
    refused: int = 0
    uncertified: dict[str, str] = field(default_factory=dict)


def fuzz(
    minutes: float, seed: int, oracle: Oracle, compiled: bool = False
) -> Iterator[tuple[Tally, Found | None]]:
    """Yield, a round at a time, the tally so far and what failed, if anything did."""
    end = time.monotonic() + 60 * minutes
    tally = Tally()
    while time.monotonic() < end:
        yield tally, _round(seed, oracle, compiled, tally, end)
        seed += 1


def _round(seed: int, oracle: Oracle, compiled: bool, tally: Tally, end: float) -> Found | None:
    """Try some models; return the smallest that failed, if one did."""
    smallest: Found | None = None
    stop = end

    @hypothesis.seed(seed)
    @settings(
        max_examples=ROUND, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
        print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    @given(models(), st.integers(0, 2**32 - 1))
    def attempt(model: Model, points: int) -> None:
        nonlocal smallest, stop
        if tally.tried and time.monotonic() > stop:
            return  # Hypothesis ends what it does when everything passes
        tally.tried += smallest is None
        try:
            with limited(LONGEST):
                check(model, points, oracle, compiled=compiled)
        except CertificateError as problem:
            tally.uncertified.setdefault(str(problem), str(model))
        except Exception as problem:
            if isinstance(problem, InputError) and not isinstance(problem, OutOfTimeError):
                tally.refused += smallest is None
                return
            if smallest is None:
                stop = time.monotonic() + SHRINKING
            smallest = Found(model, points, f"{type(problem).__name__}: {problem}")
            raise

    try:
        attempt()
    except Exception:
        if smallest is None:
            raise
    return smallest


def keep(path: Path, found: Found) -> None:
    """Append a finding to a file of models that once failed, which a test tries again."""
    document = kept(path)
    entries = document.setdefault("model", tomlkit.aot())
    table = tomlkit.table()
    table["text"] = found.model.text
    table["bindings"] = {**found.model.bindings, **found.model.values}
    table["trainable"] = found.model.trainable
    table["found"] = found.message
    entries.append(table)
    write_whole(path, tomlkit.dumps(document))


def kept(path: Path) -> tomlkit.TOMLDocument:
    """Return the file of models that once failed, empty where there is none; InputError if it is another."""
    try:
        document = tomlkit.parse(read_whole(path)) if path.exists() else tomlkit.document()
    except (OSError, ValueError) as error:
        raise InputError(f"--keep {path} is no TOML file ({error}): give another") from None
    if not isinstance(document.get("model", []), list):
        raise InputError(f"model in --keep {path} is no list of models: give another file")
    return document
