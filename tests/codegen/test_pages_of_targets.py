"""The examples on the pages for PyTorch and JAX run, with modules that are committed or quick to make."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codegen import plan, targets
from codegen.recipe import Recipe
from codegen.settings import find_settings
from codegen.store import import_file, import_plain
from tests.codegen.peers import peer

ROOT = Path(__file__).parents[2]
SETTINGS = find_settings(ROOT)
REPLACED = {  # the same model as in a committed module, and sizes that plain Python is fast for
    '"softmax(W silu(V f(x)))"': '"softmax(W g(V f(x)))", g="silu"',
    "64": "5",
    "100, ": "7, ",
    "100)": "7)",
    "(32,": "(4,",
    "range(5)": "range(2)",
}


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = peer(name)
    committed = {r.hash: SETTINGS.folder(n) / f"{n}.py" for n, r in SETTINGS.modules.items()}

    def module_of(recipe: Recipe) -> ModuleType:
        path = committed.get(recipe.hash, tmp_path / f"made_{recipe.hash[:12]}.py")
        if not path.exists():
            path.write_text(targets.source(recipe), encoding="utf-8")
        return import_file(f"{path.stem}_of_a_page", path) if name == "jax" else import_plain(path)

    monkeypatch.setattr(plan, "module_of", module_of)
    page = (ROOT / "docs/pages/how-to" / f"{name}.md").read_text(encoding="utf-8")
    for shown, tried in REPLACED.items():
        page = page.replace(shown, tried)
    fences = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for fence in fences:
        exec(fence, names)
    if name == "torch":
        assert names["loss"].item() > 0
        assert [part.shape for part in names["product"]] == [(10, 7), (7, 5)]
    else:
        slope = library.grad(names["mine"])(-100.0), library.grad(names["silu"])(-80.0)
        assert str(slope[0]) == "nan"
        assert float(slope[1]) == pytest.approx(-1.4255e-33, rel=1e-3)
