"""The same bytes over runs, hash seeds, locales and working directories."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MODEL = "z = (U x) * (V x + b); softmax(W (z + T z) + c)"
SETTINGS = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "COLUMNS": "40"},
)


def test_a_module_has_the_same_bytes_everywhere(tmp_path: Path) -> None:
    texts = []
    for number, environment in enumerate(SETTINGS):
        folder = tmp_path / "ı" / str(number)
        folder.mkdir(parents=True)
        done = subprocess.run(
            [sys.executable, "-m", "codegen", "show", MODEL],
            cwd=folder,
            env={**os.environ, **environment},
            capture_output=True,
            check=True,
        )
        texts.append(done.stdout)
    assert texts[0] == texts[1]
    assert texts[0]
