"""``codegen new``: derive, lower, emit, verify, write a module with its LaTeX, and record it."""

from __future__ import annotations

import click

from codegen.completion import names

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen new mish
  codegen new tish "x*tanh(log(1+exp(b*x))/b)" b=2
  codegen new swish_learned swish g.beta=1.5 --trainable g.beta
  codegen new mish_jax mish --target jax
  codegen new residual --model "z = g(V x); softmax(W (z + h(U z)))" g=tanh h=mish
"""


@click.command(epilog=EXAMPLES, short_help="Generate, verify, write and record a module.")
@click.argument("name", shell_complete=names)
@click.argument("arguments", nargs=-1, metavar="[FORMULA] [BINDING]...")
@click.option(
    "--model", help="The model; by default that of pyproject.toml, else one hidden layer."
)
@click.option("--l2", metavar="NAME", help="Add an L2 term, its strength so named: alpha.")
@click.option("--trainable", multiple=True, metavar="G.BETA", help="Learn this parameter.")
@click.option("--dtype", help="float32, float64 or both.")
@click.option(
    "--target",
    default="numba",
    show_default=True,
    help="The library that it is for: numba, torch or jax.",
)
@click.option("--out", help="The folder to write to.")
@click.option(
    "--force", is_flag=True, help="Overwrite what was edited by hand or is not generated."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def command(
    name: str,
    arguments: tuple[str, ...],
    *,
    model: str | None,
    trainable: tuple[str, ...],
    l2: str | None,
    dtype: str | None,
    target: str,
    out: str | None,
    force: bool,
    quiet: bool,
) -> None:
    """Generate the module NAME, verify it, write it with its LaTeX, and record it in
    pyproject.toml.

    FORMULA, a formula in x or a library name, binds the model's only unbound activation; without it
    NAME does, if the library has an activation of that name. BINDING is g=VALUE or g.beta=1.5.
    """
    from codegen.arguments import recipe_of_arguments
    from codegen.plan import add
    from codegen.recipe import check_name
    from codegen.settings import find_settings

    found = find_settings()
    settings = found.with_folder(check_name(name, found.modules), out)
    recipe = recipe_of_arguments(settings, name, arguments, model, trainable, dtype, l2, target)
    changed = add(settings, name, recipe, force=force)
    if not quiet:
        for path in changed:
            click.echo(f"wrote {path}")
        before = found.modules.get(name)
        replaced = f", in the place of {before}" if before not in (None, recipe) else ""
        click.echo(f"recorded {name} in {settings.path}{replaced}")
