"""The kernel on a slide is the function that computes the numbered equations."""

import pytest

from derive import InputError, derive
from derive.render.excerpt import kernel_of

MODULE = """
def helper(x):
    return x


def gradients(x):
    # (1)  a = V f(x)
    a = 1
    # (9)  err(a) = err(z) ⊙ g′(a)
    return a


def likelihood(x):
    # (1)  a = V f(x)
    return 0
"""


def test_the_function_with_most_numbered_equations_is_shown(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(MODULE, encoding="utf-8")
    source = kernel_of(str(path))
    assert source.startswith("def gradients")
    deck = derive("softmax(W g(V f(x)))", g="tanh").beamer(source=source)
    assert "The generated kernel" in deck
    assert "err(a)" in deck


@pytest.mark.parametrize("text", ["x = 1\n", "def f(:\n"])
def test_a_file_without_equations_is_refused(tmp_path, text):
    path = tmp_path / "other.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="generated module"):
        kernel_of(str(path))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        kernel_of(str(tmp_path / "none.py"))
