"""A file is written whole; what a killed run left beside it does not stay for ever."""

import os
import time
from pathlib import Path

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
