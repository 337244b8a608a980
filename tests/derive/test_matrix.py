"""Matrix forms: whatever network the indices make, the matrix has the entries of the index form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, IndexedBase, Integer, KroneckerDelta, Mul, Sum, Symbol, exp, tanh

from derive.arithmetic import Float64
from derive.graph import size
from derive.matrix import matrix_form
from derive.matrix_value import matrix_value
from derive.model import parse_model
from derive.notation import Activated, Maximum
from derive.numeric import Evaluator, Values
from derive.objective import GOLD, of_example
from derive.sums import index

i, j, k, l = map(index, "ijkl")
d, e, m, n = map(size, ("d", "e", "m", "n"))
SIZES = {i: d, j: e, k: m, l: n}
LENGTHS = {d: 2, e: 3, m: 4, n: 5}
OBJECTIVE = of_example(parse_model("softmax(W f(x))"))


def entry(*indices):
    """Return the entry of the array that is named after the indices' sizes."""
    name = "T" + "".join(SIZES[k].name for k in indices)
    return IndexedBase(Symbol(name, real=True))[indices]


def point():
    rng = np.random.default_rng(3)
    arrays = {
        "T" + one.name + (other.name if other else ""): rng.normal(
            size=[LENGTHS[one], *([LENGTHS[other]] if other else [])]
        )
        for one in LENGTHS
        for other in (None, *LENGTHS)
    }
    return Evaluator(OBJECTIVE, Values(LENGTHS, arrays, {GOLD: 2}), Float64())


POINT = point()
INDICES = st.sampled_from([i, j, k, l])
FACTORS = st.one_of(
    st.builds(entry, INDICES),
    st.lists(INDICES, min_size=2, max_size=2, unique=True).map(lambda pair: entry(*pair)),
    st.builds(lambda a: tanh(entry(a)), INDICES),
    st.builds(lambda a, b: exp(entry(a)) - 2 * entry(b), INDICES, INDICES),
    st.builds(lambda a: KroneckerDelta(a, GOLD), INDICES),
)
NETWORKS = st.builds(
    lambda factors, number, bound: (
        Sum(Mul(*factors), *((b, 1, SIZES[b]) for b in bound)) * number if bound else Mul(*factors),
        [index for index in SIZES if index not in bound],
    ),
    st.lists(FACTORS, min_size=1, max_size=4),
    st.sampled_from([1, -1, 3]),
    st.sampled_from([(), (k,), (l,), (k, l), (l, k)]),
)


def assert_same_entries(expression, free):
    """Hold the matrix form, if there is one, against the index form; return it."""
    sizes = [SIZES[index] for index in free]
    matrix = matrix_form(expression, free, sizes)
    if matrix is not None:
        wanted = POINT.array(expression, tuple(free), tuple(sizes))
        shape = (*wanted.shape, 1, 1)[:2]
        np.testing.assert_allclose(matrix_value(matrix, POINT), wanted.reshape(shape), rtol=1e-10)
        assert tuple(POINT.length(length) for length in matrix.shape) == shape
    return matrix


@given(NETWORKS)
@settings(max_examples=250, deadline=None)
def test_a_matrix_form_has_the_entries_of_the_network(network):
    expression, left = network
    free = [index for index in left if index in expression.free_symbols]
    if len(free) <= 2:
        assert_same_entries(expression, free)
        assert_same_entries(expression, free[::-1])


@given(st.lists(NETWORKS, min_size=2, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_sum_of_networks_is_the_sum_of_their_matrices(networks):
    expression = Add(*(term for term, _ in networks))
    free = [index for index in SIZES if index in expression.free_symbols]
    if 0 < len(free) <= 2:
        assert_same_entries(expression, free)


@pytest.mark.parametrize(
    ("expression", "free", "expected"),
    [
        (entry(i) * entry(j), (i, j), "Td*Te.T"),
        (Sum(entry(i, k) * entry(k), (k, 1, m)), (i,), "Tdm*Tm"),
        (Sum(entry(k, i) * entry(k), (k, 1, m)), (i,), "Tmd.T*Tm"),
        (Sum(entry(i, k) * entry(j, k), (k, 1, m)), (i, j), "Tdm*Tem.T"),
        (Sum(entry(i, k), (k, 1, m)), (i,), "Tdm*1"),
        (entry(i), (i,), "Td"),
        (entry(i), (i, j), "Td*1"),
        (entry(i) + entry(j), (i, j), "Td*1 + 1*Te.T"),
        (3 * tanh(entry(i)), (i,), "3*Lambda(x, tanh(x)).(Td)"),
        (Integer(3), (), "3*1"),
        (Maximum(entry(i), 0), (i,), "Lambda(x, Maximum(x, 0)).(Td)"),
        (exp(entry(i, j)), (i, j), "Lambda(x, exp(x)).(Tde)"),
        (exp(entry(i) + entry(j)), (i, j), "Lambda(x, exp(x)).(Td*1 + 1*Te.T)"),
        (entry(i) * entry(i, j) * entry(j), (i, j), "(DiagMatrix(Td)*Tde)*DiagMatrix(Te)"),
        (entry(i) * entry(j, i), (i, j), "DiagMatrix(Td)*Ted.T"),
        (entry(i, j) * entry(j), (i, j), "Tde*DiagMatrix(Te)"),
        (
            entry(i, j) * tanh(entry(j, i)),
            (i, j),
            "HadamardProduct(Tde, Lambda(x, tanh(x)).(Ted.T))",
        ),
        (KroneckerDelta(i, GOLD), (i,), "e_{i^*}"),
        (Sum(entry(k) * entry(k, l) * entry(l), (l, 1, n), (k, 1, m)), (), "Tm.T*(Tmn*Tn)"),
        (Sum(entry(k) * tanh(entry(k)), (k, 1, m)), (), "Tm.T*Lambda(x, tanh(x)).(Tm)"),
        (
            Sum(entry(k) * tanh(entry(k)) * exp(entry(k)), (k, 1, m)),
            (),
            "1*(HadamardProduct(HadamardProduct(Tm, Lambda(x, exp(x)).(Tm)), Lambda(x, tanh(x)).(Tm)))",
        ),
        (Sum(entry(k, i) * entry(k, j), (k, 1, m)), (i, j), "Tmd.T*Tme"),
        (Sum(entry(i, k) * entry(k) * entry(j, k), (k, 1, m)), (i, j), "Tdm*DiagMatrix(Tm)*Tem.T"),
        (
            Sum(entry(k, i) * tanh(entry(k, i)), (k, 1, m)),
            (i,),
            "(HadamardProduct(Tmd.T, Lambda(x, tanh(x)).(Tmd.T)))*1",
        ),
        (Sum(entry(i, k) * entry(l) * entry(k, l), (k, 1, m), (l, 1, n)), (i,), "(Tdm*Tmn)*Tn"),
        (Sum(entry(i, k) * (entry(k) - 1), (k, 1, m)), (i,), "Tdm*(Tm - 1)"),
    ],
)
def test_the_known_products_come_out(expression, free, expected):
    assert str(assert_same_entries(expression, free)) == expected


def test_factors_stand_as_a_lecturer_writes_them():
    error = IndexedBase(Symbol("err_s", real=True))[i]
    total = Sum(entry(i, k) * entry(k), (k, 1, m))
    late = IndexedBase(Symbol("a", real=True))[i]
    for expression, expected in [
        (entry(i) * error, "HadamardProduct(err_s, Td)"),
        (late * KroneckerDelta(i, GOLD), "HadamardProduct(e_{i^*}, a)"),
        (tanh(late) * entry(i), "HadamardProduct(Td, Lambda(x, tanh(x)).(a))"),
        (tanh(late) * total, "HadamardProduct(Tdm*Tm, Lambda(x, tanh(x)).(a))"),
        (late - tanh(late), "-Lambda(x, tanh(x)).(a) + a"),
    ]:
        assert str(matrix_form(expression, (i,), (d,))) == expected


def test_an_unbound_activation_is_applied_to_each_entry():
    found = matrix_form(Activated(Symbol("g"), (1,), entry(i)), (i,), (d,))
    assert str(found) == "Lambda(x, Activated(g, (1,), x)).(Td)"


def test_the_delta_of_a_free_pair_is_the_identity():
    assert str(matrix_form(KroneckerDelta(i, j), (i, j), (d, d))) == "I"


@pytest.mark.parametrize(
    ("expression", "free"),
    [
        (Sum(entry(k), (k, 1, m)) * Sum(entry(l), (l, 1, n)), ()),  # a product of two numbers
        (entry(i) * Sum(entry(k), (k, 1, m)), (i,)),  # a number times a vector
        (Sum(2 * entry(i, k), (k, 1, m)), (i,)),  # a number under a Σ
        (Maximum(entry(i), 2 * entry(i)), (i,)),  # a function of two vectors
        (Sum(exp(entry(i) + entry(j) + entry(k)), (k, 1, m)), (i, j)),  # a tensor
        (entry(i, i), (i,)),  # a diagonal
        (IndexedBase(Symbol("T", real=True))[i, j, k], (i, j)),  # an index of no size
        (Sum(IndexedBase(Symbol("T", real=True))[i, j, k], (k, 1, m)), (i, j)),  # three indices
    ],
)
def test_what_is_no_product_of_matrices_has_no_form(expression, free):
    assert matrix_form(expression, free, [SIZES[index] for index in free]) is None


def test_three_free_indices_have_no_matrix_form():
    assert matrix_form(entry(i) * entry(j) * entry(k), (i, j, k), (d, e, m)) is None


def test_three_matrices_that_meet_in_one_summed_index_have_no_matrix_form():
    star = Sum(Sum(entry(i, k) * entry(j, k) * entry(l, k), (k, 1, m)), (l, 1, n))
    assert matrix_form(star, (i, j), (d, e)) is None
