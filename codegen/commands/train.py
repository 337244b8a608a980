"""``codegen train``: maximise the log-likelihood of a data set with a generated module."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codegen.completion import names
from derive.errors import InputError

if TYPE_CHECKING:
    from codegen.training.loop import Epoch
    from codegen.training.trainer import Request, Training

__all__ = ["command"]

SAVE_EVERY = 60.0  # seconds

EXAMPLES = """\b
Examples:
  codegen train mish --data digits
  codegen train tish --data digits --hidden 100 -o weights.npz --plot curve.png
  codegen train "softmax(W g(V x + b) + c)" g=gelu --data iris --epochs 200
  codegen train "softmax(U h(W g(V x)))" g=silu h=tanh --data flowers.csv --hidden 64 --hidden 32

\b
Data: digits, iris, wine or breast_cancer (they come with scikit-learn), or a file, also with .gz:
  .npz                    arrays X (examples, features) and y
                          or data, indices, indptr, shape as scipy.sparse.save_npz, and y
  .csv .tsv               with or without a header; the label is last, or named label, y, class
                          or target
  .svm .svmlight .libsvm .txt    lines of 'label index:value ...'
  What is mostly zeros stays CSR, is not shifted, and costs its non-zeros alone.

An engine divides every batch among fixed shards, whose gradients add up in a fixed order: weights
are the same to the bit on any number of workers, also if one is lost. It pays for large batches. A
batch is made a multiple of the shards, which are as many as its rows at most.

\b
The learning rate applies to the mean gradient of a batch and falls to 0 along half a cosine. By
default it is the reciprocal of the largest curvature at the start, and is halved if L diverges.
The same rows of every class are held out whatever the seed. Ctrl-C and SIGTERM keep the last whole
epoch, and the file of -o is written every minute: the same command with --resume goes on from it,
to the bit as if nothing had happened.
"""


@click.command(epilog=EXAMPLES, short_help="Train a model and save its weights.")
@click.argument("name", metavar="NAME|MODEL|FORMULA", shell_complete=names)
@click.argument("arguments", nargs=-1, metavar="[BINDING]...")
@click.option("--data", required=True, metavar="digits|FILE", help="What to learn from.")
@click.option(
    "--hidden",
    multiple=True,
    type=int,
    metavar="N",
    help="A hidden size, from the input outward [100].",
)
@click.option("--epochs", type=click.IntRange(1), default=100, show_default=True)
@click.option("--learning-rate", type=float, help="Per mean over a batch; found by default.")
@click.option("--batch-size", type=click.IntRange(1), default=32, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--engine", type=click.Choice(["serial", "dask"]), help="Share each batch among workers."
)
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Of the engine [the cores].")
@click.option("--shards", type=click.IntRange(1), default=8, show_default=True, metavar="N")
@click.option("--dtype", type=click.Choice(["float32", "float64"]), help="float32 by default.")
@click.option("--test-fraction", type=float, default=0.2, show_default=True, help="Held out.")
@click.option("--model", help="The model that a formula or a library activation is put into.")
@click.option("--trainable", multiple=True, metavar="G.BETA", help="Learn this parameter.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the learning curve.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the weights (.npz).")
@click.option("--resume", is_flag=True, help="Go on from the weights in the file of -o.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def command(
    name: str,
    arguments: tuple[str, ...],
    *,
    output: Path | None,
    plot: Path | None,
    resume: bool,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """Train a model by maximising its log-likelihood, and save the weights.

    NAME is a module of [tool.codegen] or an activation of the library; MODEL is written as on the
    slide, FORMULA in x. BINDING is g=VALUE or g.beta=1.5.
    """
    from codegen.training.outputs import check_output
    from codegen.training.plot import check_plot, draw_learning_curve
    from codegen.training.report import facts, heading, summary
    from codegen.training.trainer import begin
    from codegen.training.weights import save_weights

    if resume and output is None:
        raise InputError("--resume goes on from the file of -o: add -o weights.npz")
    if output is not None:
        check_output(output, (".npz",), "-o", read=(options["data"],))
    if plot is not None:
        check_plot(plot)
    training = begin(_request(name, arguments, **options))
    silent = quiet or as_json
    if not silent:
        click.echo(heading(training))
    if resume and output is not None:
        training = _resumed(training, output, silent=silent)
    epochs, status = _run(training, output, silent=silent)
    if epochs and output is not None:
        save_weights(output, training.weights(epochs[-1]))
    if epochs and plot is not None:
        draw_learning_curve(plot, epochs, str(training.request.recipe))
    if as_json:
        click.echo(facts(training, epochs))
    elif epochs and not quiet:
        click.echo(summary(training, epochs))
        for path in (output, plot):
            if path is not None:
                click.echo(f"wrote {path}")
    return status


def _request(
    name: str,
    arguments: tuple[str, ...],
    *,
    model: str | None,
    trainable: tuple[str, ...],
    dtype: str | None,
    data: str,
    learning_rate: float | None,
    **plan: Any,
) -> Request:
    """Return what the command line asks for; a module made for one dtype is trained in that one."""
    from codegen.arguments import recipe_of_name
    from codegen.settings import find_settings
    from codegen.training.trainer import Request

    if learning_rate is not None and not 0 < learning_rate < math.inf:
        raise InputError(f"the learning rate is {learning_rate}, expected more than 0, such as 0.1")
    recipe = recipe_of_name(find_settings(), name, arguments, model, trainable, None)
    if dtype is not None and dtype not in recipe.dtypes:
        raise InputError(f"{name} is made for {recipe.dtypes[0]} alone: leave --dtype {dtype} out")
    chosen = dtype or recipe.dtypes[0]
    return Request(recipe, data, chosen, rate=learning_rate, **plan)


def _resumed(training: Training, path: Path, *, silent: bool) -> Training:
    """Return the training after what the file has; from its beginning where there is no file."""
    from codegen.training.resume import resumed

    if not path.exists():
        _warn(f"there is no {path} to resume from yet: the training begins with epoch 1")
        return training
    training = resumed(training, path)
    done = training.done.number if training.done else 0
    if not silent:
        click.echo(f"resumed from {path} after epoch {done} of {training.plan.epochs}")
    return training


def _run(training: Training, output: Path | None, *, silent: bool) -> tuple[list[Epoch], int]:
    """Return the whole epochs and the exit status: 0, 1 if it diverged, 130 if interrupted.

    The last of them has weights. They are written on the way, so that even a kill loses a minute at
    most.
    """
    from codegen.training.loop import DivergenceError
    from codegen.training.report import shown_epochs
    from codegen.training.weights import save_weights

    epochs: list[Epoch] = []
    count = training.plan.epochs
    written = time.monotonic()
    try:
        for epoch in training.epochs() if silent else shown_epochs(training.epochs(), count):
            epochs.append(epoch)
            if len(epochs) > 1:  # the weights of every epoch may not fit into memory
                epochs[-2] = replace(epochs[-2], parameters=())
            if output is not None and time.monotonic() - written > SAVE_EVERY:
                save_weights(output, training.weights(epoch))
                written = time.monotonic()
    except DivergenceError as error:
        _warn(
            f"{error}, so the ascent diverged and {_kept(epochs)}: "
            f"try --learning-rate {training.plan.rate / 10:.2g}"
        )
        return epochs, 1
    except KeyboardInterrupt:
        done = epochs[-1] if epochs else training.done
        number = done.number if done else 0
        _warn(f"interrupted in epoch {number + 1} of {count}, {_kept(epochs)}")
        return epochs, 130
    except OSError:  # nobody reads what is printed any more, or the disk that it goes to is full
        if epochs and output is not None:
            save_weights(output, training.weights(epochs[-1]))
        raise
    return epochs, 0


def _kept(epochs: list[Epoch]) -> str:
    return (
        f"the weights of epoch {epochs[-1].number} are kept"
        if epochs
        else "there are no new weights to keep"
    )


def _warn(text: str) -> None:
    click.echo(f"codegen: {text}", err=True)
