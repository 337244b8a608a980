"""The names of features: read from a header, and held against those that the weights were trained on."""

import pytest

from codegen.training.data import read_examples
from derive.errors import InputError


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a, b ,c\n1,2,red\n3,4,blue\n", ("a", "b")),
        ("a,Target,b\n1,0,2\n3,1,4\n", ("a", "b")),
        ("0,1,label\n1,2,0\n3,4,1\n", ("0", "1")),
        ("1,2,0\n3,4,1\n", ()),
    ],
)
def test_a_header_names_the_features(write, text, names):
    assert read_examples(write("t.csv", text)).names == names


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        (
            "b,a\n1,2\n",
            "ab",
            "has the feature 'b' where the weights were trained on 'a', "
            "expected a, b: bring its columns into that order",
        ),
        (
            "a,b,label\n1,2,0\n",
            "ac",
            "'b' where the weights were trained on 'c', expected a, c: "
            "give those under those names, or leave the header out",
        ),
        ("a,B\n1,2\n", "ab", "'B' where the weights were trained on 'b'"),
        (",".join("bacdefghijklmn") + "\n" + "1," * 13 + "1\n", "abcdefghijklmn", "l and 2 more:"),
    ],
)
def test_other_names_than_the_weights_know_are_refused(write, text, names, said):
    with pytest.raises(InputError) as caught:
        read_examples(write("new.csv", text), len(names), tuple(names))
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["0,1,label\n1,2,0\n", "0,1\n1,2\n", "1,2\n"])
def test_the_names_of_the_weights_are_a_header_even_where_they_are_numbers(write, text):
    assert read_examples(write("new.csv", text), 2, ("0", "1")).features.tolist() == [[1, 2]]
