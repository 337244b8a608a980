"""A generated module where people put it: a zip, no cache, processes, threads, pickles, no compiler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "generated"
VALUES = "np.concatenate([np.linspace(-9, 9, 301), [np.nan, np.inf, -np.inf, -0.0, 1e-30, 88.0, -104.0]])"
BITS = f"""
import json, numpy as np
from kernels import relu, silu
x = {VALUES}
found = {{}}
for module in (relu, silu):
    for dtype in ("float32", "float64"):
        for array in module.value_and_derivative(x.astype(dtype)):
            array[np.isnan(array)] = np.nan  # whose sign IEEE 754 leaves open
            found.setdefault(module.__name__ + dtype, []).append(array.tobytes().hex())
print(json.dumps(found))
"""
WORKERS = """
import multiprocessing, pickle, numpy as np
from concurrent.futures import ThreadPoolExecutor
from kernels import relu

x = np.linspace(-2, 2, 9)

def main():
    right = relu.derivative(x)
    assert pickle.loads(pickle.dumps(relu.derivative)) is relu.derivative
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            for found in pool.map(relu.derivative, [x] * 4):
                assert np.array_equal(found, right)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(relu.derivative, [x] * 64):
            assert np.array_equal(found, right)
    print("fine")

if __name__ == "__main__":
    main()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package of generated modules, the same package in a zip, and a cache."""
    folder = tmp_path_factory.mktemp("project")
    package = folder / "source" / "kernels"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    for name in ("relu.py", "silu.py"):
        (package / name).write_bytes((FOLDER / name).read_bytes())
    with zipfile.ZipFile(folder / "kernels.zip", "w") as archive:
        for path in package.iterdir():
            archive.write(path, f"kernels/{path.name}")
    (folder / "empty").mkdir()
    return folder


def run(project: Path, code: str, source: str, **environment: str) -> str:
    """Run code that sees the modules, and nothing of gradscribe, in a process of its own."""
    script = project / "empty" / "script.py"
    script.write_text(code)
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    plain |= {"PYTHONPATH": str(project / source), "NUMBA_CACHE_DIR": str(project / "cache")}
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=project / "empty",
        env={k: v for k, v in (plain | environment).items() if v},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def compiled(project: Path) -> str:
    return run(project, BITS, "source")


def test_plain_python_has_the_bits_of_compiled_code(project: Path, compiled: str) -> None:
    plain = json.loads(run(project, BITS, "source", NUMBA_DISABLE_JIT="1"))
    assert plain == json.loads(compiled)


def test_it_works_from_a_zip_where_nothing_can_be_kept(project: Path, compiled: str) -> None:
    nowhere = str(project / "empty" / "script.py" / "below-a-file")
    places = {"HOME": nowhere, "XDG_CACHE_HOME": nowhere, "NUMBA_CACHE_DIR": ""}
    assert json.loads(run(project, BITS, "kernels.zip", **places)) == json.loads(compiled)


def test_it_works_in_processes_and_threads_and_pickles_by_reference(
    project: Path, compiled: str
) -> None:
    assert run(project, WORKERS, "source") == "fine\n"


def test_what_is_compiled_is_kept_where_it_was_asked_for(project: Path, compiled: str) -> None:
    assert list((project / "cache").rglob("*.nbi"))
    assert not list((project / "source").rglob("*.nbi"))


def test_a_damaged_cache_is_mended_and_another_name_does_no_harm(
    project: Path, compiled: str
) -> None:
    kept = list((project / "cache").rglob("relu.*value_and_derivative*.nb?"))
    for k, path in enumerate(sorted(kept)):
        path.write_bytes((b"", b"garbage", path.read_bytes()[:100])[k % 3])
    assert json.loads(run(project, BITS, "source")) == json.loads(compiled)
    assert kept
    assert all(path.stat().st_size > 100 for path in kept)
    package = str(project / "source" / "kernels")
    renamed = BITS.replace("from kernels import relu, silu", "import relu, silu")
    renamed = renamed.replace("module.__name__", "'kernels.' + module.__name__")
    assert json.loads(run(project, renamed, "source", PYTHONPATH=package)) == json.loads(compiled)
