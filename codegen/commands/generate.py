"""``codegen generate``: write what pyproject.toml names, and nothing that is fine already."""

from __future__ import annotations

import click

from codegen.completion import modules

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen generate
  codegen generate mish tish
  codegen generate --prune        remove generated files that nothing names any more
"""


@click.command(epilog=EXAMPLES, short_help="Make the modules that pyproject.toml names.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=modules)
@click.option(
    "--force", is_flag=True, help="Overwrite what was edited by hand or is not generated."
)
@click.option("--prune", is_flag=True, help="Remove orphaned files.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def command(names: tuple[str, ...], *, force: bool, prune: bool, quiet: bool) -> None:
    """Make the modules of [tool.codegen], all or those named; fine files are not touched.

    What was edited by hand is left as it is, which is an error once all else is written. Nothing is
    written where a file to be written could not be. Where no pyproject.toml has [tool.codegen] and no
    file is generated, that is an error, exit 2.
    """
    from codegen.plan import State, check_places, findings, write_file
    from codegen.settings import find_settings

    settings = find_settings()
    found = [finding for finding in findings(settings, names) if finding.state is not State.FINE]
    orphans = [finding for finding in found if finding.state is State.ORPHANED]
    kept = [finding for finding in found if finding.loses and not force]
    written = [finding for finding in found if finding not in orphans + kept]
    check_places(written)
    for finding in written:
        write_file(finding, settings.modules[finding.name], force=force)
        _say(f"wrote {finding.path}", quiet=quiet)
    for finding in orphans:
        if prune:
            finding.path.unlink()
            _say(f"removed {finding.path}", quiet=quiet)
        else:
            _say(f"{finding.path} is orphaned: {finding.command}", quiet=quiet)
    for finding in kept:
        write_file(finding, settings.modules[finding.name])  # raises, with what to do
    if not settings.modules:
        _say(settings.of_nothing, quiet=quiet)
    elif not found:
        _say("nothing to do: every file is as it should be", quiet=quiet)


def _say(text: str, *, quiet: bool) -> None:
    if not quiet:
        click.echo(text)
