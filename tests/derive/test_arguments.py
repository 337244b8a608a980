"""What a program gives in the place of a text, a list, a mapping or a number is one sentence."""

import pytest

from derive import derive
from derive.errors import InputError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"parameters": ["beta"]}, r"parameters is \['beta'\], expected a mapping"),
        ({"trainable": 3}, "trainable is 3, expected a list of texts"),
        ({"trainable": [3]}, "trainable has an entry that is 3, expected a text"),
        ({"l2": True}, "l2 is True, expected a text"),
    ],
)
def test_derive_names_the_argument(given, message):
    parameters = given.pop("parameters", None)
    with pytest.raises(InputError, match=message):
        derive("softmax(W g(V f(x)))", parameters, g="swish", **given)


def test_one_name_stands_for_a_list_of_one():
    learned = derive("softmax(W g(V f(x)))", g="swish", trainable="g.beta")
    assert learned == derive("softmax(W g(V f(x)))", g="swish", trainable=["g.beta"])


@pytest.mark.parametrize(
    "draws", [{"trials": 0}, {"trials": 1.5}, {"seed": -1}, {"seed": "a"}, {"trials": True}]
)
def test_a_proof_takes_whole_numbers(draws):
    with pytest.raises(InputError, match=r"expected an integer from [01] on"):
        derive("softmax(W x)").verify(**draws)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rename": "V=U"}, "rename is 'V=U', expected a mapping"),
        ({"rename": {"V": 3}}, "rename has an entry that is 3"),
        ({"part": 3}, "part is 3, expected a text"),
        ({"source": 3}, "source is 3, expected a text"),
    ],
)
def test_options_are_texts(options, message):
    with pytest.raises(InputError, match=message):
        derive().latex(**options)


def test_what_is_no_name_of_a_parameter_is_refused():
    with pytest.raises(InputError, match="has no parameter 3"):
        derive().with_respect_to(3)
