"""Typeset random models under random options and hold the logs of TeX against errors.

    python tests/random_decks.py --count 50 --seed 0
    python tests/random_decks.py --library

Each deck is of a model that ``codegen fuzz`` would try, some of its activations unbound, under
every option of the renderers drawn at random; ``--library`` typesets the slides of each activation
of the library instead. A deck fails where TeX stops, where a box is overfull
and where TeX warns of more than a font.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

from codegen.fuzzing.models import Model, models
from derive import Derivation, InputError, derive
from derive.activation import library
from derive.render.beamer import beamer
from derive.render.build import ENGINES, compile_tex
from derive.render.options import Options

CHOICES: dict[str, tuple[Any, ...]] = {
    "detail": ("brief", "lecture", "full"),
    "sign": ("log-likelihood", "negative"),
    "layout": ("denominator", "numerator"),
    "names": ("err", "delta"),
    "index_base": (0, 1),
    "variant": ("slides", "handout", "notes"),
}
PATIENCE = 900  # seconds that TeX may take on a busy machine
ALARMS = re.compile(r"Overfull.*|^!.*|(?:LaTeX|Package \w+|Class \w+) Warning(?!: Font).*", re.M)


def random_options(rng: np.random.Generator, made: Derivation) -> Options:
    """Return options drawn at random; half of the time one parameter bears another name."""
    drawn = {name: values[rng.integers(len(values))] for name, values in CHOICES.items()}
    names = [quantity.name for quantity in made.model.parameters if quantity.sizes]
    renamed = {str(rng.choice(names)): "Theta"} if rng.random() < 0.5 else {}
    return Options(**drawn, rename=renamed)


def random_models(count: int, seed: int) -> list[Model]:
    """Return models drawn at random, the same ones for the same seed."""
    drawn: list[Model] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(models())
    def keep(model: Model) -> None:
        drawn.append(model)

    keep()
    return drawn


def random_decks(count: int, seed: int) -> Iterator[tuple[str, Derivation, Options]]:
    """Yield what was typed, its derivation and options; models that are refused are left out."""
    rng = np.random.default_rng(seed)
    for model in random_models(count, seed):
        unbound = [name for name in model.bindings if f"{name}.a" not in model.values]
        if unbound and rng.random() < 0.3:
            del model.bindings[unbound[0]]
        try:
            made = derive(model.text, model.values, trainable=model.trainable, **model.bindings)
        except InputError as refusal:
            print(f"{model}\n    refused: {refusal}", flush=True)
            continue
        options = random_options(rng, made)
        yield f"{model} {options}", made, options


def library_decks() -> Iterator[tuple[str, Derivation, Options]]:
    """Yield the part on the activation, for every one of the library."""
    for name in library():
        options = Options(part="activation", variant="handout")
        yield name, derive(g=name), options


def faults(made: Derivation, options: Options, engine: str) -> list[str]:
    """Return what TeX complains of."""
    with tempfile.TemporaryDirectory() as folder:
        pdf, log = compile_tex(beamer(made, options), Path(folder), engine, PATIENCE)
    found = [" ".join(alarm.split()) for alarm in ALARMS.findall(log)]
    return found if pdf or found else ["no PDF"]


def main() -> int:
    """Typeset the decks asked for; print those that fail."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=50, help="how many decks")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    parser.add_argument("--library", action="store_true", help="every activation of the library")
    asked = parser.parse_args()
    engine = next((name for name in ENGINES if shutil.which(name)), None)
    if engine is None:
        print("no TeX engine on the path")
        return 2
    count = failed = 0
    slowest = (0.0, "")
    decks = library_decks() if asked.library else random_decks(asked.count, asked.seed)
    for what, made, options in decks:
        start = time.monotonic()
        found = faults(made, options, engine)
        slowest = max(slowest, (time.monotonic() - start, what))
        count += 1
        if found:
            failed += 1
            print(what, *(f"    {fault}" for fault in found[:5]), sep="\n", flush=True)
    print(f"{count} decks, {failed} failed; the slowest took {slowest[0]:.1f} s: {slowest[1]}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
