"""``codegen list``: the modules that pyproject.toml names."""

from __future__ import annotations

import json

import click

from derive.errors import escaped

__all__ = ["command"]


@click.command(short_help="List the modules that pyproject.toml names.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(*, as_json: bool) -> None:
    """List the modules of [tool.codegen]: name, model and bindings."""
    from codegen.settings import find_settings

    settings = find_settings()
    if as_json:
        rows = [
            {"name": name, **recipe.facts, "path": str(settings.folder(name) / f"{name}.py")}
            for name, recipe in settings.modules.items()
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not settings.modules:
        click.echo(settings.of_nothing)
    width = max(map(len, settings.modules), default=0)
    for name, recipe in settings.modules.items():
        click.echo(f"{name:{width}}  {escaped(str(recipe))}")
