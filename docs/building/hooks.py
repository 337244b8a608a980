"""What mkdocs calls while it builds the site: pages that are made, fences that are run."""

from __future__ import annotations

import re

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

# mkdocs puts this folder on the path only while it reads this file: import everything here.
from commands import commands
from gallery import gallery
from notebooks import notebook
from sessions import run_fences
from styles import style

ROLE = re.compile(r":(?:class|func|meth|mod|data):<code>~?([\w.]+)</code>")
MADE = (gallery, commands, notebook, style)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the project."""
    for make in MADE:
        for path, content in make():
            files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Run the fences that are marked to be run, and show what they print below them."""
    return run_fences(markdown, page.file.src_uri)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Show a docstring's ``:class:`~derive.errors.InputError``` as InputError."""
    return ROLE.sub(lambda found: f"<code>{found[1].rpartition('.')[2]}</code>", html)
