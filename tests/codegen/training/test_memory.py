"""What there is of memory is the least that the machine, a container or a limit allows."""

import pytest

from codegen.training import memory


def test_the_least_of_what_is_said_is_what_there_is(tmp_path, monkeypatch):
    allowed = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "CONTAINER", (allowed, tmp_path / "absent"))
    alone = memory.available_memory()
    allowed.write_text("max\n")
    assert memory.available_memory() == alone
    allowed.write_text("1048576\n")
    assert memory.available_memory() == 2**20


def test_a_limit_of_the_process_counts(monkeypatch):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda which: (2**21, resource.RLIM_INFINITY))
    monkeypatch.setattr(memory, "CONTAINER", ())
    assert memory.available_memory() == 2**21


def test_what_is_used_grows_with_what_is_held():
    before = memory.used_memory()
    if not before:
        pytest.skip("this system does not say")
    held = bytearray(b"1") * 2**26
    assert memory.used_memory() > before + len(held) // 2
