"""What a message quotes is one printable line of bounded length."""

from __future__ import annotations

import pytest

from derive.errors import quoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("β x", "'β x'"),
        ("a \n\tb ", "'a b'"),
        ("é\x1b[2J", r"'é\x1b[2J'"),
        ("\udcff", r"'\udcff'"),
        (1.5, "'1.5'"),
        ("x" * 10, f"'{'x' * 10}'"),
        ("x" * 11, f"'{'x' * 9}…'"),
        ("\0" * 4, r"'\x00\x00\…'"),
        ("", "''"),
    ],
)
def test_a_user_s_text_is_quoted_on_one_short_line(text: object, expected: str) -> None:
    assert quoted(text, 10) == expected
