"""Lines break, and imports are sorted, as the formatters do it."""

from __future__ import annotations

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.layout import WIDTH, import_lines, tidy

LONG = ", ".join(f"argument_{k}" for k in range(7))
LONGER = ", ".join(f"argument_{k}" for k in range(20))


def test_a_long_call_is_broken_inside_its_last_brackets() -> None:
    assert tidy(f"the_total = function({LONG})\n") == f"the_total = function(\n    {LONG}\n)\n"


def test_a_long_tuple_takes_a_line_each_and_a_comprehension_does_not() -> None:
    rows = "".join(f"    argument_{k},\n" for k in range(7))
    assert tidy(f"the_tuple_of_arguments = ({LONG})\n") == f"the_tuple_of_arguments = (\n{rows})\n"
    line = f"[function({LONG[:46]}) for first, second in pairs]"
    assert tidy(f"the_list_of_calls = {line}\n") == f"the_list_of_calls = [\n    {line[1:-1]}\n]\n"


def test_what_is_still_too_long_takes_a_line_each() -> None:
    text = tidy(f"def function({LONGER}):\n    pass\n")
    assert text.count("\n    argument_") == 20
    assert all(len(line) <= WIDTH for line in text.splitlines())
    ast.parse(text)


def test_brackets_and_commas_in_strings_do_not_count() -> None:
    line = f'f({LONG}, "a, (b", [1, 2])'
    assert ast.dump(ast.parse(tidy(line + "\n"))) == ast.dump(ast.parse(line))


def test_a_long_sum_takes_a_line_a_term() -> None:
    terms = [f"-first_{k}[b, i] * (second_{k} - 1)" for k in range(4)]
    text = tidy(f"    total[b, i] = {' + '.join(terms)}\n")
    rows = [f"        {'+ ' * (k > 0)}{term}" for k, term in enumerate(terms)]
    assert text == "\n".join(["    total[b, i] = (", *rows, "    )"]) + "\n"


NAMES = st.sampled_from(
    ["b[i]", "z[p, i]", "1.5", "err_r[p, i]", "fma(x, y, z)", "memory[0][:batch]"]
)
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from("+-*/"), inner),
        st.builds("{} if {} > 0 else {}".format, inner, inner, inner).map("({})".format),
        st.builds("math.exp({})".format, inner),
        st.builds("-{}".format, inner),
    ),
    max_leaves=30,
)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS, st.sampled_from(["s[p, i] = {}", "return {}", "total += {}", "f({}, 1)", "{}"]))
def test_breaking_a_line_does_not_change_what_it_says(expression: str, statement: str) -> None:
    line = statement.format(expression)
    assert ast.dump(ast.parse(tidy(line + "\n"))) == ast.dump(ast.parse(line))


def test_a_long_factor_in_brackets_stays_a_number() -> None:
    factor = " + ".join(f"(b[i] + z[p, i]) * (real({k}.5) * b[i] + z[p, i])" for k in range(3))
    line = f"err[p, i] = (({factor}) * err_r[p, i])"
    assert ast.dump(ast.parse(tidy(line + "\n"))) == ast.dump(ast.parse(line))


def test_a_decorator_of_several_lines_stands_before_its_function() -> None:
    text = "x = 1\n\n\n@f(\n    1,\n)\ndef g():\n    pass\n"
    assert tidy(text) == text
    assert tidy("# Part\n# ----\n\ndef g():\n    pass\n").startswith("# Part\n# ----\n\n\ndef")


def test_two_blank_lines_stand_before_definitions() -> None:
    assert tidy("x = 1\n@f\ndef g():\n\n\n    pass\n") == "x = 1\n\n\n@f\ndef g():\n\n    pass\n"


def test_imports_are_joined_and_sorted() -> None:
    lines = [
        "import numpy as np",
        "import math",
        "from numba import types",
        "from numba import njit",
    ]
    expected = "import math\n\nimport numpy as np\nfrom numba import njit, types"
    assert import_lines(lines[:2], lines[2:]) == expected


def test_a_docstring_keeps_its_long_lines():
    line = "    (15)  g(x) = " + " + ".join(f"(exp({k}) / (1 + exp(x)))" for k in range(9))
    text = f'def g(x):\n    """Return g(x).\n\n{line}\n    """\n    return x\n'
    assert tidy(text) == text
