"""``codegen show``: a module at one of its stages: derivation, program or source."""

from __future__ import annotations

import click

from codegen.completion import names

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen show mish --stage program
  codegen show "x*tanh(b*x)" b=2
  codegen show "softmax(W g(V x + b) + c)" g=gelu --stage derivation
"""


@click.command(epilog=EXAMPLES, short_help="Show a derivation, a program or a source.")
@click.argument("name", metavar="NAME|MODEL|FORMULA", shell_complete=names)
@click.argument("arguments", nargs=-1, metavar="[BINDING]...")
@click.option(
    "--stage",
    type=click.Choice(("derivation", "program", "source")),
    default="source",
    show_default=True,
    help="What to show.",
)
@click.option("--model", help="The model that a formula or a library activation is put into.")
@click.option("--trainable", multiple=True, metavar="G.BETA", help="Learn this parameter.")
@click.option("--dtype", help="float32, float64 or both.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(
    name: str,
    arguments: tuple[str, ...],
    *,
    stage: str,
    model: str | None,
    trainable: tuple[str, ...],
    dtype: str | None,
    as_json: bool,
) -> None:
    """Show a module, library activation, model or formula: derivation, program or source."""
    import json

    from codegen.arguments import recipe_of_name
    from codegen.settings import find_settings
    from codegen.stages import STAGES

    recipe = recipe_of_name(find_settings(), name, arguments, model, trainable, dtype)
    text = STAGES[stage](recipe)
    if as_json:
        said = {**recipe.facts, "stage": stage, "text": text}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        click.echo(text, nl=False)
