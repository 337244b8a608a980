"""A file is written whole; what a killed run left beside it does not stay for ever."""

import errno
import os
import time
from pathlib import Path

import pytest

from derive.cli import main
from derive.errors import InputError
from derive.files import read_whole, write_whole


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


def test_a_loop_of_links_is_named_and_left_alone(tmp_path: Path) -> None:
    one, two = tmp_path / "one.tex", tmp_path / "two.tex"
    one.symlink_to(two)
    two.symlink_to(one)
    for path in (one, one / "below.tex"):
        with pytest.raises(InputError, match="a loop of symbolic links"):
            write_whole(path, "text")
    assert one.is_symlink()
    assert main(["softmax(W x)", "-o", str(one)]) == 2


def test_what_never_ends_or_waits_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match=r"regular file|directory"):
            read_whole(path)
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(2**27)
    with pytest.raises(OSError, match="more than 64 MiB"):
        read_whole(tmp_path / "large")
    (tmp_path / "text").write_bytes("α\r\n".encode())
    assert read_whole(tmp_path / "text") == "α\r\n"


def test_a_folder_or_a_link_to_nothing_is_what_the_advice_is_about(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere" / "a")
    for path, advice in (
        (tmp_path, "move that folder away"),
        (tmp_path / "link", "remove that link"),
    ):
        with pytest.raises(InputError, match=f"cannot be written .*: {advice}, or give a file"):
            write_whole(path, "text")
