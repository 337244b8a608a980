"""``codegen fuzz``: random models beside automatic differentiation, formulas, texts at parsers."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.errors import InputError

if TYPE_CHECKING:
    from codegen.fuzzing.run import Trials

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen fuzz --minutes 5
  codegen fuzz --minutes 60 --against differences --seed 7
  codegen fuzz --minutes 10 --compiled --keep tests/found_models.toml
  codegen fuzz --minutes 20 --formulas
  codegen fuzz --minutes 20 --texts

Exit status 1 if a model, a formula or a text failed; each is printed as small as it could be made.
"""


@click.command(epilog=EXAMPLES, short_help="Try random models, and hold them against an oracle.")
@click.option("--minutes", type=click.FloatRange(0), default=5.0, show_default=True, metavar="N")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N")
@click.option("--against", type=click.Choice(["jax", "differences"]), help="jax where it is there.")
@click.option("--compiled", is_flag=True, help="Compile each kernel (seconds a model).")
@click.option("--formulas", is_flag=True, help="Formulas on their own, instead of models.")
@click.option("--texts", is_flag=True, help="Mutated texts at every parser, instead of models.")
@click.option("--keep", type=click.Path(path_type=Path), help="Append failures to this TOML file.")
def command(
    *,
    minutes: float,
    seed: int,
    against: str | None,
    compiled: bool,
    formulas: bool,
    texts: bool,
    keep: Path | None,
) -> int:
    """Try random models: every line proved, every gradient held against an oracle.

    Models are composed at random in the model language, with activations of the library, formulas
    and learned parameters. The oracle's forward pass is written on its own and shares nothing
    with the package but the text. Needs Hypothesis, which also makes a failing model small.

    With --formulas each of any functions, extrema and cases is derived, proved and shown in every
    form; all forms in which its code may compute it are compared with it, and it is certified.

    With --texts every parser (formula, model, bindings, number, settings, csv, svmlight, npz,
    weights) is held to its word: a value, or one sentence, within a second.
    """
    if not math.isfinite(minutes):
        raise InputError(f"--minutes is {minutes}, expected a number: give --minutes 5")
    if keep is not None and (texts or formulas):
        raise InputError(f"--keep {keep} is for models: leave it out with --texts and --formulas")
    if texts:
        return _texts(60 * minutes, seed)
    from importlib.util import find_spec

    if find_spec("hypothesis") is None:
        raise InputError('codegen fuzz needs Hypothesis: pip install "gradscribe[test]"')
    from codegen.fuzzing import run
    from codegen.fuzzing.formulas import FormulaTrials
    from codegen.fuzzing.oracle import oracle_of
    from codegen.training.outputs import check_output

    if formulas:
        return _tried(FormulaTrials(), minutes, seed)
    if keep is not None:
        check_output(keep, (".toml",), "--keep")
        run.kept(keep)
    name = against or ("jax" if find_spec("jax") else "differences")
    oracle_of(name)  # so that one that is missing is said at once
    return _tried(run.ModelTrials(name, compiled), minutes, seed, keep)


def _tried(trials: Trials, minutes: float, seed: int, keep: Path | None = None) -> int:
    """Try subjects for so many minutes; say what was found."""
    from codegen.fuzzing import run

    tally, failed = run.Tally(), 0
    for tally, finding in run.fuzz(minutes, seed, trials):
        if sys.stderr.isatty():
            click.echo(f"\r{tally.tried:,}", nl=False, err=True)
        if finding is not None:
            failed += 1
            click.echo(f"{finding.subject}\n    {finding.message}")
            if keep is not None:
                run.keep(keep, finding)
    for message, subject in tally.uncertified.items():
        click.echo(f"{subject}\n    no certificate: {message}")
    click.echo(
        f"{tally.tried:,} {trials.what}: {tally.refused:,} refused, "
        f"{len(tally.uncertified):,} without a certificate, {failed} failed"
    )
    return int(failed > 0)


def _texts(seconds: float, seed: int) -> int:
    """Throw texts at each parser for its share of the time; say what was found."""
    from codegen.fuzzing.texts import PARSERS, fuzz_texts

    failed = total = 0
    for fuzzer in fuzz_texts(PARSERS, seconds, seed):
        for failure in fuzzer.failures:
            click.echo(f"{failure.parser}: {failure.text!a}\n    {failure.message}")
        click.echo(
            f"{fuzzer.name}: {fuzzer.executions:,} texts, {len(fuzzer.outcomes):,} outcomes, "
            f"{len(fuzzer.failures)} failed"
        )
        total += fuzzer.executions
        failed += len(fuzzer.failures)
    click.echo(f"{total:,} texts, {failed} failed")
    return int(failed > 0)
