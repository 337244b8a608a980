"""README and pages keep up with the command lines, and CI runs the README's test command."""

import re
import shlex
from pathlib import Path

import click
import pytest

from codegen import cli
from derive.cli import command as derive_command

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "docs/pages").rglob("*.md")))
LISTINGS = "".join(re.findall(r"^```sh\n(.*?)^```$", PAGES, re.MULTILINE | re.DOTALL))
COMMANDS = [
    *re.findall(r"^    ((?:derive|codegen) .+)$", README, re.MULTILINE),
    *re.findall(r"^((?:derive|codegen) .+)$", LISTINGS, re.MULTILINE),
]


def test_the_test_command_of_the_readme_is_what_continuous_integration_runs():
    (line,) = re.findall(r"^    (.*pytest.*)$", README, re.MULTILINE)
    assert line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()


def test_readme_and_pages_show_commands():
    assert len(COMMANDS) > 12


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_that_is_shown_has_the_options_that_the_command_line_has(line):
    program, *arguments = shlex.split(line, comments=True)
    if program == "derive":
        derive_command.make_context("derive", arguments)
        return
    group = cli.command
    context = click.Context(group)
    name, found, rest = group.resolve_command(context, arguments)
    assert found is not None
    found.make_context(name, rest)
