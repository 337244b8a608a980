"""The command line ``derive``: a model in, its derivation out, on the screen or in a file.

Nothing heavy is imported until a model is to be derived, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from derive.budget import PROVING, limited
from derive.console import run
from derive.errors import InputError, VerificationError

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = ["command", "main"]

FORMS = ("text", "latex", "beamer", "html", "json")

EXAMPLES = """\b
Examples:
  derive                                       softmax(W g(V f(x))), any g
  derive "softmax(W f(x))"                     multiclass logistic regression
  derive "softmax(W g(V f(x)))" g=tanh         one hidden layer
  derive g="x*tanh(log(1+exp(b*x))/b)" b=2     a formula of your own
  derive g=swish --trainable g.beta            with a gradient for beta
  derive "z = g(V x); softmax(W (z + h(U z)))" --wrt V --to latex
  derive g=mish -o slides.pdf                  slides to lecture from
  derive "softmax(W g(V x + b))" --l2 alpha    with an L2 term on W and V
  derive g=mish --check                        prove every line numerically

\b
A model: f(x) or x is the feature vector, a capital name is a matrix, a small one a
vector (a bias, or one defined before, as in z = g(V x); …), a small name before ( an
activation. W z and V^T z multiply, z * h is elementwise.
"""


@click.command(
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("arguments", nargs=-1, metavar="[MODEL] [BINDING]...")
@click.option("--wrt", multiple=True, metavar="P", help="Only the gradient of this parameter.")
@click.option(
    "--trainable", multiple=True, metavar="NAME", help="Learn this activation parameter: g.beta."
)
@click.option(
    "--l2", metavar="NAME", help="Add an L2 term over the weight matrices, its strength so named."
)
@click.option("--to", type=click.Choice(FORMS), help="The form; else the suffix of -o, else text.")
@click.option("-o", "--output", metavar="FILE", help="Write .txt, .tex, .pdf, .html or .json.")
@click.option(
    "--check", is_flag=True, help="Evaluate every line at random points; print residuals."
)
@click.option("--trials", type=click.IntRange(1, 1000), default=2, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--part", metavar="KEY", help="One part only: model, loss, gradient:W, dataset, …")
@click.option(
    "--detail", type=click.Choice(("brief", "lecture", "full")), help="How many steps are shown."
)
@click.option(
    "--sign", type=click.Choice(("log-likelihood", "negative")), help="Maximise L, or minimise −L."
)
@click.option(
    "--layout", type=click.Choice(("denominator", "numerator")), help="Gradients, or Jacobians."
)
@click.option("--names", type=click.Choice(("err", "delta")), help="Errors as err(z), or as δ.")
@click.option("--index-base", type=click.Choice(("0", "1")), help="What the first index is.")
@click.option(
    "--variant",
    type=click.Choice(("slides", "handout", "notes")),
    help="The deck as slides, without overlays, or so with pages of notes between the frames.",
)
@click.option("--kernel", metavar="FILE", help="The generated module whose kernel the slides show.")
@click.option("--second", is_flag=True, help="Derive g″ of each activation as well.")
@click.option("--rename", multiple=True, metavar="OLD=NEW", help="Display a name differently.")
@click.version_option(package_name="gradscribe")
def command(
    arguments: tuple[str, ...],
    *,
    wrt: tuple[str, ...],
    trainable: tuple[str, ...],
    l2: str | None,
    to: str | None,
    output: str | None,
    check: bool,
    trials: int,
    seed: int,
    second: bool,
    **shown: Any,
) -> None:
    """Derive the gradients of a classifier's log-likelihood, every step named and checked.

    MODEL is written as on a slide and defaults to "softmax(W g(V f(x)))". BINDING is NAME=VALUE: an
    activation's library name or formula in x (g=mish), or a parameter's number (g.beta=1.5).
    """
    rest, selected = _selected(arguments, wrt)
    derivation = _derivation(rest, trainable, l2).with_respect_to(*selected)
    derivation = derivation.second_order if second else derivation
    options = _options(shown, derivation)
    alone = check and to is None and output is None
    if check:
        with limited(PROVING):
            _check(derivation, options, trials, seed, to_stderr=not alone)
    if output is not None and output != "-":
        from derive.render import save

        click.echo(save(derivation, output, to, options), err=True)
    elif not alone:
        from derive.render import render

        click.echo(render(derivation, to or "text", options), nl=False)


def _selected(
    arguments: tuple[str, ...], wrt: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split bare names from the arguments where --wrt is given: --wrt W V means both."""
    if not wrt:
        return arguments, ()
    names = [name for group in wrt for name in group.replace(",", " ").split()]
    names += [argument for argument in arguments if argument.isidentifier()]
    if not names:
        raise InputError("--wrt names no parameter: give one, or leave --wrt out")
    rest = tuple(argument for argument in arguments if not argument.isidentifier())
    return rest, tuple(dict.fromkeys(names))


def _derivation(arguments: Sequence[str], trainable: Sequence[str], l2: str | None) -> Derivation:
    from derive.bindings import split_arguments
    from derive.derivation import derive
    from derive.model import DEFAULT_MODEL

    text, bindings = split_arguments(arguments)
    chosen = DEFAULT_MODEL if text is None else text
    return derive(chosen, bindings, trainable=trainable, l2=l2)


def _options(shown: dict[str, Any], derivation: Derivation) -> Any:
    """Return the options of the renderers from those that were typed."""
    from derive.render import Options

    given = {name: value for name, value in shown.items() if value}
    if "index_base" in given:
        given["index_base"] = int(given["index_base"])
    if "kernel" in given:
        from derive.render.excerpt import check_kernel, kernel_of

        path = given.pop("kernel")
        given["source"] = kernel_of(path)
        check_kernel(path, given["source"], derivation)
    renamed = {}
    for pair in given.pop("rename", ()):
        old, equals, new = pair.partition("=")
        if not (old and equals and new):
            raise InputError(
                f"--rename {pair} does not read OLD=NEW: type one such as --rename V=U"
            )
        renamed[old] = new
    return Options(**given, rename=renamed)


def _check(
    derivation: Derivation, options: Any, trials: int, seed: int, *, to_stderr: bool
) -> None:
    """Print a table of residuals; VerificationError naming the first step that fails.

    What is checked is what the options show: −L from its own steps, Jacobians.
    """
    from derive.render.statement import Presenter
    from derive.verify import TOLERANCE, checks

    failed = None
    count = 0
    shown = Presenter(derivation, options)
    for part, title in ((shown, "one example"), (shown.dataset, "the data set")):
        click.echo(f"{title}:", err=to_stderr)
        of = part.derivation
        for check in checks(of.objective, of.equations, trials, seed, turned=part.jacobian):
            count += 1
            verdict = "ok" if check.passed else _alarm("FAILS")
            equation = check.equation
            name = f"  ({equation.number})".ljust(7) + equation.quantity.name.ljust(8)
            click.echo(f"{name} {check.residual:8.1e}  {verdict}  {check.what}", err=to_stderr)
            if not check.passed and failed is None:
                failed = f"{title}, {check}"
    if failed is not None:
        raise VerificationError(f"{failed} exceeds {TOLERANCE:.0e}, so this step does not hold")
    click.echo(f"all {count} comparisons are equal up to {TOLERANCE:.0e}", err=to_stderr)


def _alarm(word: str) -> str:
    """Colour a word where the terminal shows colours and NO_COLOR does not forbid them."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return click.style(word, fg="red", bold=True) if coloured else word


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 fine, 1 a check failed, 2 bad input."""
    return run(command, "derive", arguments)
