"""Σ and δ: each manipulation leaves the value alone, for every body and every choice of indices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Expr, Indexed, IndexedBase, Integer, KroneckerDelta, Mul, Sum, Symbol, exp

from derive.arithmetic import Float64
from derive.graph import size
from derive.model import parse_model
from derive.numeric import Evaluator, Values
from derive.objective import GOLD, of_example
from derive.sums import EXAMPLES, collect, contract, fold, hoist, index, rename_bound

i, j, k, l, p = map(index, "ijklp")
d = size("d")
u, v, A = (IndexedBase(Symbol(name, real=True)) for name in "uvA")
OBJECTIVE = of_example(parse_model("softmax(W f(x))"))


def value(expression, *free):
    """Return the expression over its free indices at fixed random arrays of size 3."""
    rng = np.random.default_rng(5)
    arrays = {"u": rng.normal(size=3), "v": rng.normal(size=3), "A": rng.normal(size=(3, 3))}
    point = Evaluator(OBJECTIVE, Values({d: 3}, arrays, {GOLD: 2}), Float64())
    return point.array(expression, free, (d,) * len(free))


INDICES = st.sampled_from([i, j, k, l])
FACTORS = st.one_of(
    st.builds(lambda a: u[a], INDICES),
    st.builds(lambda a: v[a], INDICES),
    st.builds(lambda a, b: A[a, b], INDICES, INDICES),
    st.builds(KroneckerDelta, INDICES, INDICES),
    st.builds(lambda a: exp(v[a]), INDICES),
    st.builds(lambda a: Sum(A[a, p] * u[p], (p, 1, d)), INDICES),
)
PRODUCTS = st.lists(FACTORS, min_size=1, max_size=4).map(lambda parts: Mul(*parts))
BODIES = st.lists(PRODUCTS, min_size=1, max_size=2).map(lambda terms: Add(*terms))
SUMS = st.builds(
    lambda body, bound: Sum(body, *((b, 1, d) for b in bound)),
    BODIES,
    st.sampled_from([(k,), (l,), (k, l), (l, k)]),
)


def assert_equal(one, other):
    np.testing.assert_allclose(
        value(one, i, j, k, l), value(other, i, j, k, l), rtol=1e-12, atol=1e-12
    )


@given(SUMS)
@settings(max_examples=80, deadline=None)
def test_contracting_and_renaming_leave_the_value_alone(expression: Expr):
    contracted = contract(expression, (i, j))
    assert_equal(contracted, expression)
    assert_equal(rename_bound(contracted), expression)
    assert_equal(collect(contracted), expression)


@given(SUMS)
@settings(max_examples=40, deadline=None)
def test_no_delta_between_a_bound_and_a_free_index_survives_contraction(expression: Expr):
    for node in contract(expression, (i, j)).atoms(Sum):
        bound = {limit[0] for limit in node.limits}
        for delta in node.function.atoms(KroneckerDelta):
            assert not (set(delta.args) & bound and set(delta.args) & {i, j})


@given(SUMS)
@settings(max_examples=40, deadline=None)
def test_names_of_bound_indices_do_not_matter(expression: Expr):
    other = expression.xreplace({p: Symbol("s", integer=True)})
    assert rename_bound(other) == rename_bound(expression)
    renamed = rename_bound(expression)
    assert rename_bound(renamed) == renamed


def test_what_stands_inside_a_function_is_not_multiplied_out():
    inner = exp(u[k] * (v[k] + 1))
    assert contract(Sum(KroneckerDelta(i, k) * inner, (k, 1, d)), (i,)) == inner.xreplace({k: i})


def test_sums_in_products_are_multiplied_out_as_far_as_a_delta_stands_in_them():
    delta = KroneckerDelta(i, k)
    kept = v[k] + A[k, k]
    body = u[k] * kept * (v[k] + u[k] * (2 * delta * v[k] + delta * kept))
    expression = Sum(body, (k, 1, d))
    contracted = contract(expression, (i,))
    assert_equal(contracted, expression)
    assert not contracted.has(KroneckerDelta)
    assert contracted.has(kept.xreplace({k: i}))


def test_a_name_that_is_bound_further_in_is_not_captured():
    expression = Sum(u[k] * Sum(A[j, k] * v[j], (j, 1, d)), (k, 1, d))
    renamed = rename_bound(expression)
    assert_equal(renamed, expression)
    assert rename_bound(renamed) == renamed
    swapped = Sum(A[k, j] * u[j], (k, 1, d), (j, 1, d))
    assert_equal(rename_bound(swapped), swapped)


def test_the_gold_label_keeps_its_delta():
    expression = Sum(KroneckerDelta(k, GOLD) * u[k], (k, 1, d))
    assert contract(expression, (i,)) == expression


def test_what_does_not_depend_on_the_index_is_hoisted():
    assert hoist(Sum(3 * u[i] * v[k], (k, 1, d))) == 3 * u[i] * Sum(v[k], (k, 1, d))
    assert hoist(Sum(u[i], (k, 1, d))) == u[i] * Sum(Integer(1), (k, 1, d))


def test_a_common_factor_is_factored_out():
    assert collect(u[i] * v[j] - u[i] * A[i, j]) == u[i] * (v[j] - A[i, j])
    assert collect(2 * u[i] + 2 * v[i]) == 2 * u[i] + 2 * v[i]


def test_a_free_index_is_never_captured_by_a_new_name():
    renamed = rename_bound(Sum(A[j, p] * u[p], (p, 1, d)))
    ((bound, *_),) = renamed.limits
    assert bound.name == "k"
    assert renamed.free_symbols >= {j}


def test_indices_of_examples_have_names_of_their_own():
    s = index("s")
    renamed = rename_bound(Sum(u[s] * Sum(v[p], (p, 1, d)), (s, 1, EXAMPLES)))
    assert {limit[0].name for node in renamed.atoms(Sum) for limit in node.limits} == {"b", "j"}


@pytest.mark.parametrize("at", [i, l, GOLD])
def test_a_probability_is_recognised_at_any_index(at):
    (probabilities, _) = OBJECTIVE.definitions[-2:]
    standing = rename_bound(probabilities.right.xreplace({probabilities.indices[0]: at}))
    others = exp(v[i]) * exp(exp(u[j])) * exp(A[i, j]) * exp(Symbol("x"))
    folded = fold(3 * standing * u[i] + others, probabilities)
    assert folded == 3 * probabilities.quantity.at(at) * u[i] + others
    assert not [node for node in folded.atoms(Indexed) if node.base.label.name == "s"]


def test_an_average_is_recognised_where_the_normaliser_stands_outside_its_sum():
    (probabilities, _) = OBJECTIVE.definitions[-2:]
    (own,) = probabilities.indices
    (above,) = [part for part in probabilities.right.args if isinstance(part, exp)]
    classes = probabilities.quantity.sizes[0]
    total = Sum(above.xreplace({own: k}) * v[k], (k, 1, classes))
    folded = fold(rename_bound(u[i] * total * probabilities.right / above), probabilities)
    expected = u[i] * Sum(probabilities.quantity.at(k) * v[k], (k, 1, classes))
    assert rename_bound(folded) == rename_bound(expected)


def test_a_sum_that_is_one_of_several_terms_or_factors_is_contracted():
    inner = Sum(KroneckerDelta(k, i) * u[k], (k, 1, d))
    assert contract(2 * v[j] * inner + exp(inner), (i, j)) == 2 * v[j] * u[i] + exp(u[i])


def test_sums_in_one_another_take_the_first_names_in_turn():
    nested = Sum(u[p] * Sum(v[l] * A[l, p], (l, 1, d)), (p, 1, d))
    assert rename_bound(nested) == Sum(u[j] * Sum(v[k] * A[k, j], (k, 1, d)), (j, 1, d))


def test_a_probability_is_recognised_among_other_exponentials():
    others = Mul(*(exp(array[c]) for array in (u, v) for c in (i, j, k, l)), exp(u[p] * v[p]))
    scores = OBJECTIVE.model.scores
    whole = exp(scores.at(j)) / Sum(exp(scores.at(k)), (k, 1, scores.sizes[0]))
    assert fold(
        others + whole, OBJECTIVE.probabilities
    ) == others + OBJECTIVE.probabilities.quantity.at(j)
