"""``codegen bench``: the generated module side by side with what a user would run instead."""

from __future__ import annotations

import json
from pathlib import Path

import click

from codegen.completion import names

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen bench silu
  codegen bench mish --against torch,jax --dtype float64 --threads 1
  codegen bench "x*tanh(b*x)" b=2 --sizes 128-784-256-10,1000000
  codegen bench silu --sizes 1797x1-64-100-10 --json epochs.json --plot epochs.svg

\b
Sizes:
  128-784-256-10      gradients of a batch of 128: features, hidden sizes, classes
  1797x1-64-100-10    ascent_epoch over 1797 rows in batches of 1
  2560x256-100000:100-128-20    rows of 100 non-zeros, as CSR
  100000              value_and_derivative of so many elements

Times are medians of interleaved rounds in one process, each begun when the threads of the library
before sleep; a ratio says how many times ours a peer takes. Whoever does the same work must get the
same numbers, or the command fails.
"""


@click.command(epilog=EXAMPLES, short_help="Measure against PyTorch, JAX, scikit-learn and NumPy.")
@click.argument("name", metavar="NAME|FORMULA|MODEL", shell_complete=names)
@click.argument("arguments", nargs=-1, metavar="[BINDING]...")
@click.option("--against", metavar="PEER,…", help="By default numpy, torch, jax, sklearn.")
@click.option("--sizes", multiple=True, metavar="SIZE,…", help="What to measure; see below.")
@click.option("--dtype", default="float32", show_default=True, help="float32, float64 or both.")
@click.option("--threads", type=click.IntRange(1), help="All cores by default.")
@click.option("--rounds", type=click.IntRange(1), default=9, show_default=True)
@click.option("--model", help="The model that a formula or a library activation is put into.")
@click.option("--trainable", multiple=True, metavar="G.BETA", help="Learn this parameter.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write JSON there.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the plot.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def command(
    name: str,
    arguments: tuple[str, ...],
    *,
    against: str | None,
    sizes: tuple[str, ...],
    dtype: str,
    threads: int | None,
    rounds: int,
    model: str | None,
    trainable: tuple[str, ...],
    json_path: Path | None,
    plot: Path | None,
    quiet: bool,
) -> None:
    """Measure a module, a formula or a model against PyTorch, JAX, scikit-learn and NumPy.

    Peers that are not installed are left out, which is said; torch.compile has to be asked for.
    """
    from codegen.benchmarks.threads import keep_to
    from codegen.doctor.processor import cores

    count = cores() if threads is None else min(threads, cores())
    if threads is not None:
        keep_to(count)

    from codegen.benchmarks.plot import draw_results
    from codegen.benchmarks.report import facts, notes, table
    from codegen.benchmarks.shown import measured
    from codegen.doctor.console import console
    from codegen.training.outputs import check_output
    from codegen.training.plot import check_plot
    from derive.files import write_whole

    if json_path is not None:
        check_output(json_path, (".json",), "--json")
    if plot is not None:
        check_plot(plot)
    chosen = None if against is None else [*filter(None, map(str.strip, against.split(",")))]
    done = measured(name, arguments, sizes, chosen, dtype, rounds, count, model, trainable)
    recipe, results = done.recipe, done.results
    if not quiet:
        click.echo(f"{recipe}, {count} threads")
        console().print(table(results))
        for line in notes(results, done.missing):
            click.echo(line)
    if json_path is not None:
        write_whole(
            json_path, json.dumps(facts(recipe, results, done.versions, count), indent=2) + "\n"
        )
    if plot is not None:
        draw_results(plot, results, str(recipe))
    for path in (json_path, plot):
        if path is not None and not quiet:
            click.echo(f"wrote {path}")
