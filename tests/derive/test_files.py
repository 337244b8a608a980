"""A file is written whole; what a killed run left beside it does not stay for ever."""

import errno
import os
import time
from pathlib import Path

import pytest

from derive.cli import main
from derive.errors import InputError
from derive.files import write_whole


def test_what_a_killed_run_left_is_removed_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".a.py.1.part", ".a.py.2.part", ".b.py.part"))
    for path in (old, young, other):
        path.write_text("half")
    for path in (old, other):
        os.utime(path, (time.time() - 7200,) * 2)
    write_whole(tmp_path / "a.py", "whole")
    assert (tmp_path / "a.py").read_text() == "whole"
    assert {path.name for path in tmp_path.iterdir()} == {"a.py", young.name, other.name}


def test_what_the_system_refuses_is_one_sentence_and_no_bug(monkeypatch, capsys) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/cache/loop.nbi")

    monkeypatch.setattr("derive.cli._derivation", full)
    assert main(["g=tanh"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("derive: the system says 'no space left on device' of /cache/loop.nbi")
    assert "bug" not in said


def test_a_full_disk_is_not_told_to_be_a_missing_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(InputError, match="give a file in a folder that exists"):
        write_whole(tmp_path / "nowhere" / "a.py", "whole")
    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(InputError, match=r"\(no space left on device\): free some of the disk"):
        write_whole(tmp_path / "a.py", "whole")
