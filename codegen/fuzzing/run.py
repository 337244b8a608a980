"""Spend minutes on random models or formulas; minimise each failure, and keep a model as a test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import hypothesis
import tomlkit
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from codegen.beside import LostError, Worker
from codegen.doctor.processor import cores
from codegen.fuzzing.compare import check
from codegen.fuzzing.models import Activations, Model, models
from codegen.fuzzing.oracle import oracle_of
from codegen.scalar.certificate import CertificateError
from derive.budget import OutOfTimeError, limited
from derive.errors import InputError
from derive.files import read_whole, write_whole

__all__ = [
    "Found",
    "ModelTrials",
    "Point",
    "Tally",
    "Trials",
    "fuzz",
    "keep",
    "kept",
    "tried_round",
]

ROUND = 25  # subjects between two reports
LONGEST = 120.0  # seconds of processor time for one subject; more is a failure too
SHRINKING = 120.0  # seconds to make one failure small


class Trials(Protocol):
    """What is tried: subjects drawn from a strategy, which a seed may narrow, and held to their word."""

    @property
    def what(self) -> str:
        """Return what the subjects are, in words."""

    def subjects(self, seed: int) -> st.SearchStrategy[Any]:
        """Return the strategy that draws subjects of one round."""

    def check(self, subject: Any) -> None:
        """Raise whatever is wrong with a subject."""


@dataclass(frozen=True)
class Point:
    """A model, and the seed of the sizes, points and labels at which it is tried."""

    model: Model
    seed: int

    def __str__(self) -> str:
        return str(self.model)

    def __getstate__(self) -> dict[str, Any]:  # no pipe takes functions
        return {"model": replace(self.model, lines=[]), "seed": self.seed}


@dataclass(frozen=True)
class ModelTrials:
    """Models beside an oracle; those of a round share a few activations."""

    oracle: str
    compiled: bool = False

    @property
    def what(self) -> str:
        """Return what the subjects are, in words."""
        return f"models against {self.oracle}"

    def subjects(self, seed: int) -> st.SearchStrategy[Point]:
        """Return the strategy of models with the activations that a seed draws."""
        drawn = models(Activations.all().some(seed))
        return st.builds(Point, drawn, st.integers(0, 2**32 - 1))

    def check(self, subject: Point) -> None:
        """Raise what is wrong with a model; AssertionError where it differs from the oracle."""
        check(subject.model, subject.seed, oracle_of(self.oracle), compiled=self.compiled)


@dataclass(frozen=True)
class Found:
    """What failed, as small as it could be made, and how."""

    subject: Any
    message: str


@dataclass
class Tally:
    """How many subjects were tried and refused, and which, with its message, had no certificate."""

    tried: int = 0
    refused: int = 0
    uncertified: dict[str, str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Add what another one counted."""
        self.tried += other.tried
        self.refused += other.refused
        self.uncertified = {**other.uncertified, **self.uncertified}


def fuzz(minutes: float, seed: int, trials: Trials) -> Iterator[tuple[Tally, Found | None]]:
    """Yield, a round at a time, the tally so far and what failed, if anything did.

    Each core has a round of its own, with a seed of its own.
    """
    end = time.time() + 60 * minutes
    tally = Tally()
    with ExitStack() as ends:
        others = [ends.enter_context(Worker()) for _ in range(cores() - 1)]
        while time.time() < end:
            for number, other in enumerate(others, 1):
                other.start(tried_round, seed + number, trials, end)
            rounds = [tried_round(seed, trials, end)]
            for number, other in enumerate(others, 1):
                try:
                    rounds.append(other.result())
                except LostError:  # perhaps a kernel ended the process: let everybody see it
                    rounds.append(tried_round(seed + number, trials, end))
            for part, found in rounds:
                tally.add(part)
                yield tally, found
            seed += 1 + len(others)


def tried_round(seed: int, trials: Trials, end: float) -> tuple[Tally, Found | None]:
    """Try some subjects; return the tally and the smallest that failed, if one did."""
    tally = Tally()
    smallest: Found | None = None
    stop = end

    @hypothesis.seed(seed)
    @settings(
        max_examples=ROUND, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
        print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    @given(trials.subjects(seed))
    def attempt(subject: Any) -> None:
        nonlocal smallest, stop
        if tally.tried and time.time() > stop:
            return  # Hypothesis ends what it does when everything passes
        tally.tried += smallest is None
        try:
            with limited(LONGEST):
                trials.check(subject)
        except CertificateError as problem:
            tally.uncertified.setdefault(str(problem), str(subject))
        except Exception as problem:
            if isinstance(problem, InputError) and not isinstance(problem, OutOfTimeError):
                tally.refused += smallest is None
                return
            if smallest is None:
                stop = time.time() + SHRINKING
            smallest = Found(subject, f"{type(problem).__name__}: {problem}")
            raise

    try:
        attempt()
    except Exception:
        if smallest is None:
            raise
    return tally, smallest


def keep(path: Path, found: Found) -> None:
    """Append a model that failed to a file of those, which a test tries again."""
    model = found.subject.model
    document = kept(path)
    entries = document.setdefault("model", tomlkit.aot())
    table = tomlkit.table()
    table["text"] = model.text
    table["bindings"] = {**model.bindings, **model.values}
    table["trainable"] = model.trainable
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
