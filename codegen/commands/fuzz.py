"""``codegen fuzz``: random models, derived and generated, against automatic differentiation."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from derive.errors import InputError

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen fuzz --minutes 5
  codegen fuzz --minutes 60 --against differences --seed 7
  codegen fuzz --minutes 10 --compiled --keep tests/found_models.toml

Exit status 1 if a model failed; each is printed as small as it could be made.
"""


@click.command(epilog=EXAMPLES)
@click.option("--minutes", type=click.FloatRange(0), default=5.0, show_default=True, metavar="N")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N")
@click.option("--against", type=click.Choice(["jax", "differences"]), help="jax where it is there.")
@click.option("--compiled", is_flag=True, help="Compile each kernel (seconds a model).")
@click.option("--keep", type=click.Path(path_type=Path), help="Append failures to this TOML file.")
def command(
    *, minutes: float, seed: int, against: str | None, compiled: bool, keep: Path | None
) -> None:
    """Try random models: every line proved, every gradient held against an oracle.

    Models are composed at random in the model language, with activations of the library, formulas
    and learned parameters. The oracle's forward pass is written on its own and shares nothing
    with the package but the text. Needs Hypothesis, which also makes a failing model small.
    """
    from importlib.util import find_spec

    if find_spec("hypothesis") is None:
        raise InputError('codegen fuzz needs Hypothesis: pip install "gradscribe[test]"')
    from codegen.fuzzing import run
    from codegen.fuzzing.oracle import oracle_of

    name = against or ("jax" if find_spec("jax") else "differences")

    def tell(tally: run.Tally) -> None:
        if not sys.stderr.isatty():
            return
        click.echo(f"\r{tally.tried:,} models", nl=False, err=True)

    tally, found = run.fuzz(minutes, seed, oracle_of(name), compiled, tell)
    for finding in found:
        click.echo(f"{finding.model}\n    {finding.message}")
        if keep is not None:
            run.keep(keep, finding)
    click.echo(
        f"{tally.tried:,} models against {name}: {tally.refused:,} refused, "
        f"{tally.uncertified:,} without a certificate, {len(found)} failed"
    )
    if found:
        click.get_current_context().exit(1)
