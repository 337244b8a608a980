"""The reference of the two command lines, made from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from codegen.cli import command as codegen
from derive.cli import command as derive

__all__ = ["commands"]


def commands() -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown of a page for each program."""
    yield "reference/derive.md", _section("derive", derive, 1)
    group = click.Context(codegen)
    parts = [_section("codegen", codegen, 1)]
    for name in codegen.list_commands(group):
        found = codegen.get_command(group, name)
        assert found is not None
        parts.append(_section(f"codegen {name}", found, 2))
    yield "reference/codegen.md", "\n".join(parts)


def _section(name: str, command: click.Command, level: int) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f"{'#' * level} {name}", "", f"```text\n{name} {usage}\n```", ""]
    lines += [_prose(command.help or ""), ""]
    options = [p for p in command.get_params(context) if isinstance(p, click.Option)]
    lines += ["| Option | |", "|---|---|", *map(_row, options), ""]
    lines += list(_epilog(command.epilog or ""))
    return "\n".join(lines)


def _row(option: click.Option) -> str:
    """Return a line of the table: how the option is typed, and what it does."""
    names = ", ".join(f"`{name}`" for name in option.opts)
    value = "" if option.is_flag or option.count else f" `{_metavar(option)}`"
    words = option.help or ""
    default = option.default
    if option.show_default and default is not None:
        words += f" Default: `{default}`."
    if option.multiple:
        words += " May be repeated."
    return f"| {names}{value} | {words.strip()} |".replace("\n", " ")


def _metavar(option: click.Option) -> str:
    if option.metavar:
        return option.metavar.replace("|", r"\|")
    if isinstance(option.type, click.Choice):
        return r"\|".join(map(str, option.type.choices))
    return option.type.name.upper().split(" ")[0]


def _prose(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _epilog(text: str) -> Iterator[str]:
    """Yield what stands below the options; what click prints as it stands is a listing."""
    for part in re.split(r"\n\n+", text.strip()):
        if part.startswith("\b"):
            title, *rest = part.removeprefix("\b").strip("\n").splitlines()
            yield f"{title}\n\n```text\n" + "\n".join(line[2:] for line in rest) + "\n```\n"
        else:
            yield _prose(part) + "\n"
