"""``codegen generate`` killed at any moment, run twice at once or on a full disk: files stay whole."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegen.header import read_header

MODULES = "".join(f'm{k} = {{ model = "softmax(W x)" }}\n' for k in range(4))
SETTINGS = f"[tool.codegen.modules]\n{MODULES}"
# The real command with bodies that change from run to run, in place of the generator:
LOOP = """
import sys
from codegen import plan
from codegen.cli import main

plan.module_of = lambda recipe: None
plan._latex = lambda recipe: "% slides\\n" * 1000
for turn in range(int(sys.argv[2])):
    plan._source = lambda recipe: f"# {turn} {sys.argv[1]}\\n" + "value = 1  # a long body\\n" * 20_000
    status = main(["generate", "--quiet"])
    if status:
        sys.exit(status)
    print("written", flush=True)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "loop.py").write_text(LOOP)
    return tmp_path


def start(project: Path, name: str, turns: int) -> subprocess.Popen[str]:
    command = [sys.executable, "loop.py", name, str(turns)]
    return subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True)


def assert_whole(project: Path, expected: int) -> None:
    files = [*(project / "generated").glob("m*.py"), *(project / "generated").glob("m*.tex")]
    assert len(files) == expected
    for path in files:
        header = read_header(path.read_text())
        assert header is not None, path
        assert header.intact, path


def test_a_kill_at_any_moment_leaves_every_file_whole(project: Path) -> None:
    draw = random.Random(0)
    for turn in range(6):
        process = start(project, str(turn), 10_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        time.sleep(draw.uniform(0, 0.08))
        process.kill()
        process.wait()
        process.stdout.close()
        assert_whole(project, 8)


def test_two_runs_at_once_leave_every_file_whole(project: Path) -> None:
    runs = [start(project, name, 6) for name in ("first", "second")]
    for process in runs:
        process.communicate()
        assert process.returncode == 0
    assert_whole(project, 8)
    assert not list((project / "generated").glob(".*"))


def test_a_full_disk_leaves_the_old_files_and_says_so(project: Path) -> None:
    process = start(project, "before", 1)
    process.communicate()
    before = {path: path.read_bytes() for path in (project / "generated").iterdir()}

    def no_more_than_100_kilobytes() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        [sys.executable, "loop.py", "after", "1"],
        cwd=project, preexec_fn=no_more_than_100_kilobytes, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "cannot be written (file too large)" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in (project / "generated").iterdir()} == before
