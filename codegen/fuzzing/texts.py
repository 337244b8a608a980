"""Throw mutated texts at every parser; anything but a value or InputError within a second is a find.

A text is made from those of the corpus by cutting, joining, repeating and planting words of the
parser's language or hostile ones. One whose outcome is new (the message of the refusal, without
what it quotes, or the type of the result) joins the corpus of the run, so that the search works
its way from refusal to refusal into the parser.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from codegen.fuzzing.corpus import SEEDS, WORDS
from derive.errors import InputError

__all__ = ["PARSERS", "Failure", "TextFuzzer", "fuzz_texts", "parsers"]

SLOW = 1.0  # seconds of processor time
LONGEST = 6000  # characters
MOST = 1000  # texts of a corpus
QUOTED = re.compile(r"'.*'|\".*\"|[0-9]+", re.DOTALL)
PARSERS = (
    "bindings",
    "csv",
    "formula",
    "model",
    "npz",
    "number",
    "settings",
    "svmlight",
    "weights",
)

Parser = Callable[[str], object]


@dataclass(frozen=True)
class Failure:
    """A text that a parser did not answer as it must, and what happened."""

    parser: str
    text: str
    message: str


def parsers(folder: Path) -> dict[str, Parser]:
    """Return every parser by name, as a function of a text; files are written to the folder."""
    from codegen.settings import find_settings
    from codegen.training.bundled import scikit_learn
    from codegen.training.csv_table import read_csv
    from codegen.training.npz_file import read_npz
    from codegen.training.svmlight import read_svmlight
    from codegen.training.weights import load_weights
    from derive.bindings import split_arguments
    from derive.formula import formula
    from derive.language.elaborate import elaborate
    from derive.language.parser import parse
    from derive.number import decimal

    scikit_learn("datasets")  # takes a second, once

    def settings(text: str) -> object:
        (folder / "pyproject.toml").write_text(text, "utf-8", "surrogatepass")
        return find_settings(folder)

    def of_file(read: Callable[[Path], object], suffix: str, text: str) -> object:
        path = folder / f"input{suffix}"
        path.write_bytes(text.encode("latin-1", "replace"))
        return read(path)

    return {
        "bindings": lambda text: split_arguments(text.split("\n")),
        "csv": partial(of_file, read_csv, ".csv"),
        "formula": formula,
        "model": lambda text: elaborate(parse(text), text),
        "npz": partial(of_file, read_npz, ".npz"),
        "number": decimal,
        "settings": settings,
        "svmlight": partial(of_file, read_svmlight, ".svm"),
        "weights": partial(of_file, load_weights, ".npz"),
    }


@dataclass
class TextFuzzer:
    """One parser, what was thrown at it so far, and what it did not answer as it must."""

    name: str
    parse: Parser
    rng: random.Random
    executions: int = 0
    outcomes: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.corpus = [*SEEDS[self.name]]
        for text in self.corpus:
            self.attempt(text)

    def run(self, count: int) -> None:
        """Try so many new texts."""
        for _ in range(count):
            text = self.mutated()
            if self.attempt(text):
                if len(self.corpus) >= MOST:
                    self.corpus.pop(self.rng.randrange(len(self.corpus)))
                self.corpus.append(text)

    def attempt(self, text: str) -> bool:
        """Try a text; return whether its outcome was new."""
        self.executions += 1
        outcome, wrong = self.outcome(text)
        if outcome in self.outcomes:
            return False
        self.outcomes.add(outcome)
        if wrong:
            small = self.smaller(text, outcome)
            self.failures.append(Failure(self.name, small, outcome))
        return not wrong

    def outcome(self, text: str) -> tuple[str, bool]:
        """Return what a parser makes of a text, and whether it must not."""
        start = time.thread_time()
        try:
            found = f"value {type(self.parse(text)).__name__}", False
        except InputError as error:
            found = QUOTED.sub("…", str(error))[:160], False
            if len(str(error)) > 1000 or "\n" in str(error):
                found = "a message that is not one short sentence", True
        except Exception as error:
            found = f"{type(error).__name__} {QUOTED.sub('…', str(error))[:80]}", True
        if time.thread_time() - start > SLOW:
            return "more than a second", True
        return found

    def mutated(self) -> str:
        """Return a text made from those of the corpus."""
        rng, text = self.rng, self.rng.choice(self.corpus)
        for _ in range(rng.choice((1, 1, 2, 3, 6))):
            start, stop = sorted(rng.randint(0, len(text)) for _ in range(2))
            if rng.random() < 0.6:
                stop = min(stop, start + rng.randint(0, 4))
            match rng.randrange(6):
                case 0:
                    text = text[:start] + text[stop:]
                case 1:
                    other = rng.choice(self.corpus)
                    text = text[:start] + other[rng.randint(0, len(other)) :]
                case 2:
                    text = text[:stop] + text[start:stop] * rng.choice((1, 1, 2, 40)) + text[stop:]
                case 3:
                    text = text[:start] + chr(rng.randrange(rng.choice((128, 256)))) + text[stop:]
                case _:
                    text = text[:start] + rng.choice(WORDS[self.name]) + text[stop:]
        return text[:LONGEST]

    def smaller(self, text: str, outcome: str) -> str:
        """Return the text with as much cut out as the outcome allows."""
        size = len(text) // 2
        until = time.monotonic() + 20
        while size and time.monotonic() < until:
            for start in range(0, len(text), size):
                shorter = text[:start] + text[start + size :]
                if self.outcome(shorter)[0] == outcome:
                    text = shorter
                    break
            else:
                size //= 2
        return text


def fuzz_texts(
    names: Sequence[str], seconds: float, seed: int, round_of: int = 200
) -> Iterator[TextFuzzer]:
    """Yield a fuzzer of each parser after its share of the time."""
    with tempfile.TemporaryDirectory(prefix="gradscribe-fuzz-") as folder:
        for name, parse in parsers(Path(folder)).items():
            if name in names:
                fuzzer = TextFuzzer(name, parse, random.Random(f"{seed} {name}"))
                end = time.monotonic() + seconds / len(names)
                while time.monotonic() < end:
                    fuzzer.run(round_of)
                yield fuzzer
