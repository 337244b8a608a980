"""``codegen certify``: measure the error of g and g′ against the truth, hold it to a bound."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from codegen.completion import names
from derive.errors import VerificationError

__all__ = ["command"]

SAMPLE = 64  # bytes that one takes: in float64 drawn, sorted, shuffled, and measured in blocks
EXAMPLES = """\b
Examples:
  codegen certify mish
  codegen certify "x*tanh(b*x)" b=2 --samples 20000
  codegen certify silu --exhaustive --plot silu.png

Errors are in units in the last place (ULP) of the true result. The bounds are 2 ULP in float32 and
4 ULP in float64; a miss exits with 1 and names x, the value and the truth.
"""


@click.command(epilog=EXAMPLES, short_help="Measure the errors of activations, in ULP.")
@click.argument("name", metavar="NAME|FORMULA|MODEL", shell_complete=names)
@click.argument("arguments", nargs=-1, metavar="[BINDING]...")
@click.option("--exhaustive", is_flag=True, help="Try every float32 that there is (minutes).")
@click.option(
    "--samples", type=click.IntRange(1), default=1_000_000, show_default=True, metavar="N"
)
@click.option("--dtype", help="float32, float64 or both.")
@click.option("--trainable", multiple=True, metavar="G.BETA", help="Vary this parameter as well.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the error over x.")
@click.option(
    "--record",
    is_flag=True,
    help="Enter the result into the record, but for one of the same code at more inputs.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(
    name: str,
    arguments: tuple[str, ...],
    *,
    exhaustive: bool,
    samples: int,
    dtype: str | None,
    trainable: tuple[str, ...],
    plot: Path | None,
    record: bool,
    as_json: bool,
) -> None:
    """Certify the activations of a module, of the library, of a formula or of a model.

    The value and the derivative of each are measured at seeded samples, which crowd where code is
    most likely to be wrong, against intervals of many digits; with --exhaustive in float32 at every
    input. The docstring of a module states the errors of what else it computes: second
    derivatives, and those by a trainable parameter.
    """
    from codegen.certification.report import facts, heading, shown_progress, table
    from codegen.certification.subject import subjects
    from codegen.doctor.console import console
    from codegen.scalar import CertificateError, certify
    from codegen.settings import find_settings
    from codegen.training.examples import check_memory
    from codegen.training.plot import check_plot

    if plot is not None:
        check_plot(plot)
    check_memory(SAMPLE * samples, f"--samples {samples}", "give fewer")
    recipe, activations = subjects(find_settings(), name, arguments, trainable, dtype)
    found = {}
    for symbol, activation in activations.items():
        with shown_progress(symbol) as tell:
            try:
                found[symbol] = certify(
                    activation, samples, exhaustive, tell, recipe.dtypes, record=record
                )
            except CertificateError as error:
                raise VerificationError(str(error)) from None
    if as_json:
        click.echo(json.dumps(facts(found), ensure_ascii=False, indent=2))
    else:
        for symbol, activation in activations.items():
            click.echo(heading(symbol, activation))
        console().print(table(found))
    if plot is not None:
        from codegen.certification.errors import errors
        from codegen.certification.plot import draw_errors

        curves = {
            symbol: [errors(activation, kind) for kind in recipe.dtypes]
            for symbol, activation in activations.items()
        }
        drawn = {symbol: replace(g, trainable=()) for symbol, g in activations.items()}
        title = "; ".join(heading(symbol, g) for symbol, g in drawn.items())
        draw_errors(plot, curves, title)
        if not as_json:
            click.echo(f"wrote {plot}")
