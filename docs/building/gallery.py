"""The gallery: a page for each activation of the library, and one with all their graphs."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.benchmarks.speeds import recorded_speeds
from codegen.certification.card import certificate_html
from codegen.certification.recorded import recorded_rows
from derive.activation import Activation, library
from derive.render.card import card
from derive.render.graph import graph_svg

__all__ = ["gallery"]

INTRODUCTION = """---
hide: [navigation, toc]
---
# Gallery

The {count} activations of the library: <span class="forward">g</span> is the line,
<span class="error">g′</span> dashed. Formulas, derivatives and graphs come out of the same engine as
slides and kernels; the certificates are those of the committed record. Any formula in `x` can be
used in place of a name.
"""

RECORD = (
    "The largest errors that were found, in units in the last place, and where: "
    "`codegen certify {name}` measures them again."
)
NO_RECORD = "No certificate is recorded: `codegen certify {name}` measures one."

SPEED = """| | float32 | float64 |
|---|---|---|
| g and g′ in one pass, nanoseconds an element | {float32} | {float64} |

One core of {processor}, 16,384 numbers in cache, from the committed record that
`python -m codegen.benchmarks.speeds {name}` writes."""
NO_SPEED = (
    "No speed is recorded: `python -m codegen.benchmarks.speeds {name}` measures it, and "
    "`codegen bench {name}` a whole network beside its peers."
)


def gallery() -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown of each page."""
    activations = list(library().values())
    tiles = "\n".join(map(_tile, activations))
    head = INTRODUCTION.format(count=len(activations))
    yield "gallery.md", f'{head}\n<div class="derivation gallery">\n{tiles}\n</div>\n'
    for activation in activations:
        yield f"gallery/{activation.name}.md", _page(activation)


def _tile(activation: Activation) -> str:
    graph = " ".join(graph_svg(activation).split("\n"))
    return f'<a href="gallery/{activation.name}.html"><strong>{activation.name}</strong>{graph}</a>'


def _page(activation: Activation) -> str:
    name = activation.name
    rows = recorded_rows(activation)
    certificate = certificate_html(rows) if rows else ""
    words = (RECORD if rows else NO_RECORD).format(name=name)
    speed = recorded_speeds().get(name)
    speed_words = SPEED.format(name=name, **speed) if speed else NO_SPEED.format(name=name)
    used = f"""```sh
derive g={name}      # the gradients, step by step
codegen new {name}   # the kernels
```
"""
    if activation.parameters:
        given = " ".join(f"{key}=1" for key in activation.parameters)
        used += f"\nOther values of its parameters: `codegen new mine {name} {given}`.\n"
    shown = "\n".join(line for line in card(activation, styled=False).splitlines() if line.strip())
    back = "[All activations](../gallery.md)"
    head = f"---\nhide: [navigation]\n---\n{back}\n\n# {name}"
    parts = [head, shown, "## Certificate", words, _derived(certificate), "## Speed", speed_words]
    return "\n\n".join([*parts, "## Use", used])


def _derived(html: str) -> str:
    return f'<div class="derivation">{html}</div>' if html else ""
