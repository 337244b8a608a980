"""What Numba cannot use of the environment is bad input, as all that is typed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from codegen.numba_settings import blamed_on_settings
from derive.errors import InputError

LOADED = "from codegen.cli import main; import sys; sys.exit(main(['doctor', '--json']))"


@pytest.mark.parametrize("value", ["0", "many"])
def test_a_setting_that_numba_does_not_take_is_named(value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env={**os.environ, "NUMBA_NUM_THREADS": value}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"the environment sets NUMBA_NUM_THREADS={value!r}: unset it" in done.stderr


def test_other_errors_and_those_of_an_untouched_environment_stay(monkeypatch) -> None:
    from numba.core.typing.typeof import typeof

    for name in [name for name in os.environ if name.startswith("NUMBA_")]:
        monkeypatch.delenv(name)
    with pytest.raises(ValueError, match="Cannot determine"), blamed_on_settings():
        typeof(object())
    monkeypatch.setenv("NUMBA_OPT", "0")
    with pytest.raises(InputError, match="Cannot determine Numba type"), blamed_on_settings():
        typeof(object())
    with pytest.raises(ValueError, match="of ours"), blamed_on_settings():
        raise ValueError("of ours")
