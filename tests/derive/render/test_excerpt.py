"""The kernel on a slide is the function that computes the numbered equations."""

import pytest

from derive import InputError, derive
from derive.cli import main
from derive.render import excerpt
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


@pytest.mark.parametrize(
    ("model", "other", "said"),
    [
        ("softmax(W f(x))", "softmax(W g(V x))", "has s = X Wᵀ as (1), expected a = X Vᵀ"),
        ("softmax(W g(V x))", "softmax(W x)", "has a = X Vᵀ as (1), expected s = X Wᵀ"),
        ("softmax(W g(V x))", "softmax(W g(U x))", "expected a = X Uᵀ: name the module of"),
        ("softmax(W x)", "softmax(W x + b)", "has s = X Wᵀ as (1), expected"),
    ],
)
def test_the_kernel_of_another_model_is_refused(model, other, said):
    source = excerpt.generated_kernel(derive(model))
    with pytest.raises(InputError) as caught:
        excerpt.check_kernel("m.py", source, derive(other))
    assert said in str(caught.value)


def test_a_kernel_of_the_model_may_have_an_l2_term_and_any_activation():
    source = excerpt.generated_kernel(derive("softmax(W g(V f(x)))", l2="alpha"))
    excerpt.check_kernel("m.py", source, derive("softmax(W g(V x))", g="tanh"))


def test_a_kernel_of_another_model_is_one_sentence_on_the_command_line(tmp_path, capsys):
    (tmp_path / "m.py").write_text(MODULE, encoding="utf-8")
    assert main(["softmax(W x)", "--kernel", str(tmp_path / "m.py"), "--to", "beamer"]) == 2
    said = capsys.readouterr().err
    assert "m.py is of another model: it has a = V f(x) as (1), expected s = X Wᵀ" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("text", ["x = 1\n", "def f(:\n"])
def test_a_file_without_equations_is_refused(tmp_path, text):
    path = tmp_path / "other.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="generated module"):
        kernel_of(str(path))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        kernel_of(str(tmp_path / "none.py"))
