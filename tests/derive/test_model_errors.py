"""A model typed wrongly is answered by one sentence with the place and the mend."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from derive import InputError
from derive.model import parse_model

SAYS = {
    "max(x, 0)": "is a formula in x and no model: bind an activation to it, as in g='max(x, 0)'",
    "x if x > 0 else a*x": "is a formula in x and no model",
    "g(v x)": "the model must end with softmax(...)",
    "Wx": "character 1: write softmax(…) around the scores, as in softmax(W x)",
    "W f(x)": "as in softmax(W f(x))",
    "softmax(Wx)": "'Wx' at character 9 is a matrix: to multiply, put a blank between the names",
    "softmax(Wf(x))": "write W f(…) with a blank",
    "softmax(Wg(Vf(x)))": "write W g(…) with a blank",
    "softmax(W g(Vx))": "g takes a vector, but 'Vx' at character 13 is a matrix",
    "softmax(Wx + b)": "as in W x",
    "softmax(W f(x)": "the ( at character 8 is never closed: add a )",
    "softmax(W f(x)))": "the ) at character 16 closes nothing",
    "softmax(W g V f(x))": "to apply an activation g, write g(V f(x))",
    "softmax(w f(x))": "a matrix has a capital name, as in W f(x)",
    "softmax(W f(y))": "write f(x), or x",
    "softmax(W f)": "write f(x), or x",
    "sofmax(W f(x))": "did you mean softmax?",
    "Softmax(W f(x))": "did you mean softmax?",
    "log_softmax(W x)": "did you mean log softmax?",
    "softmax W x": "needs parentheses",
    "softmax(W g(V f(x))) + 1": "nothing may follow softmax(...), but '+ 1' stands at character 22",
    "softmax()": "has nothing between its parentheses",
    "": "the model is empty",
    " \n\t": "the model is empty",
    "mish": "bind an activation by g=mish",
    "softmax(W V)": "'W V' at character 9 is a matrix: apply it to the features, as in W V f(x)",
    "softmax(W)": "apply it to the features, as in W f(x)",
    "softmax(W z)": "z at character 11 is not defined before, hence a bias vector",
    "softmax(f(x))": "no parameters",
    "softmax(2 x)": "no parameters",
    "softmax(2)": "is a number",
    "softmax(b)": "never uses the features",
    "z = g(V f(x)); softmax(W f(x))": "z is defined but never used",
    "z = g(V x); z = h(z); softmax(W z)": "defined at character 1 and again at character 13",
    "z = W z; softmax(z)": "z is used at character 7 before or while it is defined",
    "softmax(W x + z); z = V x": "a definition stands before it",
    "z = g(V x)": "add the classifier, as in ; softmax(W z)",
    "z = g(V x) softmax(W z)": "after the ; of the last definition",
    "z = 1; softmax(W z)": "'1' at character 5 is a number",
    "z = U; softmax(W z)": "the definition of z takes a vector",
    "Z = g(V x); softmax(W Z)": "write z = …",
    "P = softmax(W x)": "leave it out",
    "softmax(b + b(W x))": "b is an activation at character 13 and a vector at character 9",
    "z = V x, softmax(W z)": "',' stands at character 8: the definition of z ends with ;",
    "softmax(b * b)": "never uses the features: b at character 9",
    "b(V x); softmax(W x)": "'b(V x)' at character 1 is no definition",
    "z = g(V x);; softmax(W z)": "the ; at character 12 ends no definition",
    "softmax(W W f(x))": "'W f(x)' at character 11 and 'W W f(x)' at character 9",
    "softmax(W g(W f(x)))": "'W f(x)' at character 13 and 'W g(W f(x))' at character 9",
    "softmax(V^T V x)": "'V x' at character 13 and 'V^T V x' at character 9",
    "softmax(W V^T V f(x) + V W f(x))": "the sizes do not fit",
    "softmax(W x + x)": "'W x + x' at character 9",
    "softmax(X f(x))": "X at character 9 is reserved, it is the features of a data set",
    "softmax(L x)": "reserved",
    "y = V x; softmax(W y)": "y at character 1 is reserved, it is the labels",
    "softmax(W x + order)": "reserved",
    "softmax(W x + lambda)": "a word of Python",
    "softmax(W λ(V x))": "a word of Python",
    "softmax(W x + err_s)": "reserved",
    "softmax(W x + dW)": "dW at character 15 is reserved, it is the gradient of W",
    "softmax(W*x)": "to multiply by a matrix write no mark, as in W x",
    "softmax(W x + U)": "'U' at character 15 is a matrix and is added to a vector",
    "softmax((W + 1) x)": "'1' at character 14 is a number and is added to a matrix",
    "softmax(x W)": "a matrix stands before it, as in W x",
    "softmax(W x x)": "a matrix stands before it, as in W x, and an elementwise product is x * x",
    "softmax(W x + w^T x)": "only a matrix can be transposed",
    "softmax(W^2 x)": "^ at character 10 must be followed by T",
    "softmax(W x ** 2)": "write z * z for a square",
    "softmax(W x / U)": "where only a number other than 0 may",
    "softmax(W x / 0)": "where only a number other than 0 may",
    "softmax(softmax(W x))": "once and outermost",
    "softmax(W g(V x, U x))": "gives g a second argument",
    "softmax(W g())": "g at character 11 is applied to nothing",
    "softmax(W ())": "the parentheses at character 11 are empty",
    "softmax(W x + )": "')' stands at character 15",
    "softmax(W x - W x)": "the terms of 'W x - W x' at character 9 cancel",
    "softmax(W x - W x + U x)": "W at character 9 cancels out",
    "softmax(0 W x)": "has the factor 0",
    "softmax(1e99 W x)": "not between 1e-30 and 1e30",
    "softmax(g(W x) + g)": "g is an activation at character 9 and a vector at character 18",
    "z = g(V x); softmax(W z(x))": "z at character 23 is a vector, which is not applied",
    "softmax(W sillu(V x))": "did you mean silu?",
    "softmax(W W__1 x)": "an underscore stands singly",
    "softmax(W [x])": "use ( and )",
    "softmax(W·x)": "middle dot",
    "softmax(W х)": "cyrillic small letter ha",
    "softmax(W x) g=tanh": "a binding such as g=tanh is an argument of its own",
    "softmax(W ReLU(V x))": "an activation is small, write relu(…)",
    "log(softmax(W x))": "leave it out, as in log softmax",
    "g:tanh": "a binding is an argument of its own",
    "softmax(W1 x + W_1 x)": "W1 and W_1 look alike",
    "softmax(W x) # no": "character 14 of the model is '#'",
    "softmax(W\x00)": r"'\x00'",
    "softmax(W g(V x)); import os": "nothing may follow",
    "__import__('os')": "character 1 of the model is '_'",
}


def answer(text: str) -> str:
    """Return what the text is answered by: the names of its quantities, or one sentence."""
    try:
        return " ".join(quantity.name for quantity in parse_model(text).quantities)
    except InputError as error:
        return str(error)


@pytest.mark.parametrize("text", SAYS)
def test_a_wrong_model_is_answered_by_one_sentence(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_model(text)
    message = str(caught.value)
    assert SAYS[text] in message
    assert "\n" not in message
    assert message.isprintable()
    assert len(message) < 320


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("softmax(" + "W " * 4000 + "x)", "the limit is 4000"),
        ("softmax(" + "(" * 300 + "W x" + ")" * 301, "the limit is 50"),
        ("softmax(" + "g(" * 60 + "W x" + ")" * 61, "the limit is 50"),
        ("softmax(" + "+".join(["W x"] * 600) + ")", "the limit is 1000"),
        ("softmax(W" + "a" * 31 + " x)", "the limit is 30"),
        ("softmax(0." + "1" * 40 + " W x)", "the limit is 30"),
        ("softmax(" + "W U " * 100 + "W x)", "100 intermediate vectors, the limit is 100"),
        (f"softmax({' + '.join(f'W{k} x' for k in range(101))})", "100 parameters, the limit is"),
        (f"softmax(W x + {' + '.join(f'b{k}' for k in range(100))})", "100 parameters, the limit"),
        ("(" * 1000, "nested more than 50"),
    ],
)
def test_a_limit_is_named(text: str, limit: str) -> None:
    with pytest.raises(InputError, match=limit):
        parse_model(text)


@pytest.mark.parametrize(
    "text",
    [
        "softmax(W" + "'" * 900 + " x)",
        "softmax(" + "-" * 900 + "W x)",
        "softmax(W x" + "/1" * 400 + ")",
        "softmax(W x" + "*2/2" * 200 + ")",
        "softmax(" + "W U " * 200 + "W x)",
        "softmax((" + "W U " * 200 + "W)^T g(x))",
        "softmax(W x" + " + b" * 400 + ")",
        "softmax(" + "(A+B) (A-C) " * 60 + "W x)",
        "".join(f"z{k} = g(V{k} z{k - 1}); " for k in range(1, 70)).replace("z0", "x")
        + "softmax(W z69)",
    ],
)
def test_long_chains_within_the_limits_are_read_or_refused(text: str) -> None:
    assert answer(text)


def test_what_is_not_a_text_is_refused() -> None:
    with pytest.raises(InputError, match="a model is a text"):
        parse_model(5)  # type: ignore[arg-type]


PIECES = (
    "W V U x f(x) f ( ) g( h( silu( softmax( + - * / @ ; = z = ^T ' .T 0.5 2 b c 1e5 log , ^ W1 _ σ"
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES.split()), max_size=25).map(" ".join) | st.text(max_size=60))
@example("softmax(" * 40)
def test_any_text_is_read_or_refused_with_one_sentence(text: str) -> None:
    for model in (text, f"softmax({text})"):
        assert answer(model).isprintable()
