"""Searches made ahead: processes of their own fill the cache, and none outlives its parent."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen import ahead, beside
from codegen.recipe import Recipe
from derive.errors import InputError

SEARCH = """
import codegen.doctor.processor

codegen.doctor.processor.cores = lambda: 2  # even where there is one

from codegen import ahead
from codegen.recipe import Recipe
from derive.errors import InputError

print("a script is run once", flush=True)
with ahead.searching([Recipe(bindings={"g": "relu"})]):
    pass
"""


@pytest.fixture(autouse=True)
def _nobody_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "RESTING", [])


def start(folder: Path) -> subprocess.Popen[str]:
    """Start a search of both dtypes whose cache is in the folder, by two processes."""
    (folder / "main.py").write_text(SEARCH)
    return subprocess.Popen(
        [sys.executable, "main.py"],
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )


def children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in found]


def running(process: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_each_dtype_is_kept_by_a_process_of_its_own(tmp_path: Path) -> None:
    said, _ = start(tmp_path).communicate(timeout=120)
    assert said == "a script is run once\n"
    assert len(list((tmp_path / "gradscribe" / "scalar").glob("*.json"))) == 2


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's list of children")
def test_a_killed_parent_leaves_no_process_behind(tmp_path: Path) -> None:
    parent = start(tmp_path)
    assert wait_until(lambda: len(children(parent.pid)) == 2)
    found = children(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert wait_until(lambda: not any(map(running, found)))


def test_a_caller_that_is_not_installed_searches_on_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    monkeypatch.setattr(ahead, "cores", lambda: 2)
    with ahead.searching([Recipe(bindings={"g": "x*tanh(7*x)"})]):
        pass  # and says nothing


def test_an_error_in_the_meantime_ends_the_searches_and_is_raised(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(beside, "COMMAND", (sys.executable, "-c", "import time; time.sleep(600)"))
    for module in (ahead, beside):
        monkeypatch.setattr(module, "cores", lambda: 2)
    with (
        pytest.raises(InputError, match="no such thing"),
        ahead.searching([Recipe(bindings={"g": "x*tanh(6*x)"})]),
    ):
        raise InputError("no such thing")
    assert capfd.readouterr() == ("", "")


HOPELESS = """
from codegen import beside, targets
from derive.budget import OutOfTimeError
def search(recipe):
    raise OutOfTimeError(300.0)
targets.search = search
beside._work()
"""


def test_a_search_that_takes_too_long_ends_all_with_its_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "COMMAND", (sys.executable, "-c", HOPELESS))
    for module in (ahead, beside):
        monkeypatch.setattr(module, "cores", lambda: 2)
    with (
        pytest.raises(InputError, match=r"g=x\*tanh\(8\*x\).* more than 300 seconds"),
        ahead.searching([Recipe(bindings={"g": "x*tanh(8*x)"})]),
    ):
        pass


def test_a_recipe_can_be_sent_to_another_process() -> None:
    recipe = Recipe(bindings={"g": "relu", "g.beta": 2.0}, l2="alpha")
    assert pickle.loads(pickle.dumps(recipe)) == recipe
