"""Spend minutes on random models; minimise each failure and keep it as a test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import hypothesis
import tomlkit
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from codegen.beside import LostError, Worker
from codegen.doctor.processor import cores
from codegen.fuzzing.compare import check
from codegen.fuzzing.models import Activations, Model, models
from codegen.fuzzing.oracle import Oracle, oracle_of
from codegen.scalar.certificate import CertificateError
from derive.budget import OutOfTimeError, limited
from derive.errors import InputError
from derive.files import read_whole, write_whole

__all__ = ["Found", "Tally", "fuzz", "keep", "kept", "tried_round"]

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

    def add(self, other: Tally) -> None:
        """Add what another one counted."""
        self.tried += other.tried
        self.refused += other.refused
        self.uncertified = {**other.uncertified, **self.uncertified}


def fuzz(
    minutes: float, seed: int, oracle: str, compiled: bool = False
) -> Iterator[tuple[Tally, Found | None]]:
    """Yield, a round at a time, the tally so far and what failed, if anything did.

    Each core has a round of its own, with a seed of its own.
    """
    end = time.time() + 60 * minutes
    tally = Tally()
    with ExitStack() as ends:
        others = [ends.enter_context(Worker()) for _ in range(cores() - 1)]
        while time.time() < end:
            given = oracle, compiled, end
            for number, other in enumerate(others, 1):
                other.start(tried_round, seed + number, *given)
            rounds = [tried_round(seed, *given)]
            for number, other in enumerate(others, 1):
                try:
                    rounds.append(other.result())
                except LostError:  # perhaps a kernel ended the process: let everybody see it
                    rounds.append(tried_round(seed + number, *given))
            for part, found in rounds:
                tally.add(part)
                yield tally, found
            seed += 1 + len(others)


def tried_round(seed: int, oracle: str, compiled: bool, end: float) -> tuple[Tally, Found | None]:
    """Try some models; return the tally and the smallest that failed, if one did."""
    tally = Tally()
    found = _round(seed, oracle_of(oracle), compiled, tally, end)
    if found is not None:
        without_functions = replace(found.model, lines=[])  # which no pipe takes
        found = replace(found, model=without_functions)
    return tally, found


def _round(seed: int, oracle: Oracle, compiled: bool, tally: Tally, end: float) -> Found | None:
    """Try some models that share a few activations; return the smallest that failed, if one did."""
    smallest: Found | None = None
    stop = end
    activations = Activations.all().some(seed)

    @hypothesis.seed(seed)
    @settings(
        max_examples=ROUND, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
        print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    @given(models(activations), st.integers(0, 2**32 - 1))
    def attempt(model: Model, points: int) -> None:
        nonlocal smallest, stop
        if tally.tried and time.time() > stop:
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
                stop = time.time() + SHRINKING
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
