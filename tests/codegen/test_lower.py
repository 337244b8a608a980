"""Lowering keeps every equation as it is, and raises on what it does not know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Function, Symbol, sin

from codegen.lower import LoweringError, lower, lower_update
from codegen.program import Operation, reads, writes
from codegen.programs import lower_to_programs
from codegen.update import updates
from derive import derive
from derive.objective import LABELS
from derive.steps import Kind

LOGISTIC = """\
likelihood(W, X, y, omega) → L
(1)      s[b, i] = Σ_j (W[i, j] · X[b, j])
(2)      P[b, i] = exp(s[b, i]) / Σ_j exp(s[b, j])
(3)      L += """


def equations(text: str = "softmax(W f(x))", **bindings: str):
    data = derive(text, **bindings).weighted_dataset
    computed = [e for e in data.equations if e.kind not in (Kind.ACTIVATION, Kind.UPDATE)]
    return data, computed


def test_a_program_reads_like_the_equations_with_their_numbers() -> None:
    programs = lower_to_programs(derive("softmax(W f(x))"))
    assert str(programs.likelihood).startswith(LOGISTIC)
    assert "(4)      err_s[b, i] = " in str(programs.gradients)
    assert "(5)      dW[i, j] = Σ_b " in str(programs.gradients)


def test_every_equation_becomes_one_assignment_of_its_quantity() -> None:
    data, computed = equations("softmax(W g(V f(x) + b) + c)", g="tanh")
    statements = lower(computed, (*data.objective.inputs, LABELS))
    assert [s.target.array.name for s in statements] == [e.quantity.name for e in computed]
    assert [s.numbers for s in statements] == [(e.number,) for e in computed]


@pytest.mark.parametrize("node", [sin(Symbol("t")), Function("mystery")(Symbol("t"))])
def test_what_is_not_known_is_named_with_its_equation(node) -> None:
    data, computed = equations()
    wrong = replace(computed[0], right=computed[0].right + node)
    with pytest.raises(LoweringError, match=r"equation \(1\): no kernel is known for"):
        lower([wrong], (*data.objective.inputs, LABELS))


def test_a_quantity_is_not_used_before_it_is_computed() -> None:
    data, computed = equations()
    with pytest.raises(LoweringError, match="s is used before it is computed"):
        lower(computed[1:], (*data.objective.inputs, LABELS))


def test_the_update_is_read_off_its_equation() -> None:
    data, computed = equations()
    statements = lower(computed, (*data.objective.inputs, LABELS))
    arrays = {a.name: a for s in statements for a in (*reads(s), *writes(s))}
    (equation,) = (e for e in data.equations if e.kind is Kind.UPDATE)
    ascent = updates([lower_update(equation, arrays)]).first
    assert (str(ascent.keep), str(ascent.scale)) == ("1", "learning_rate")
    descent = replace(equation, right=2 * equation.left - equation.right)
    down = updates([lower_update(descent, arrays)]).first
    assert down.keep == ascent.keep
    assert isinstance(down.scale, Operation)
