"""The front door: the lecture's results, models nobody typed in, gradients as numbers."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sympy import IndexedBase, KroneckerDelta, Sum, Symbol

from derive import InputError, derive
from derive.arithmetic import Float64
from derive.given import given_values
from derive.gradient import unfold_errors
from derive.graph import size
from derive.notation import Activated
from derive.numeric import Evaluator
from derive.objective import GOLD
from derive.steps import Kind, lines
from derive.sums import index

i, j, k = map(index, "ijk")
W, z, P, f = (IndexedBase(Symbol(name, real=True)) for name in "WzPf")
MODELS = {
    "softmax(W f(x))": {},
    "softmax(W f(x) + c)": {},
    "softmax(W g(V f(x)))": {"g": "mish"},
    "softmax(W g(V f(x) + b) + c)": {"g": "softplus"},
    "softmax(U h(W g(V f(x))))": {"g": "tanh", "h": "silu"},
    "softmax(A tanh(B silu(C gelu(D softplus(E f(x) + b) + c))))": {},
    "softmax(W (silu(U f(x)) * (V f(x))))": {},
    "z = g(V f(x)); softmax(W (z + h(U z)))": {"g": "tanh", "h": "x*exp(-x**2)"},
    "softmax(W g(V^T g(V f(x))))": {"g": "silu"},
    "softmax(W (0.5 * tanh(V f(x)) - 2 * silu(V f(x)) + b) + U f(x))": {},
    "softmax(g(V f(x)))": {"g": "tanh"},
}


def inputs(derivation, seed, batch=None):
    """Return random arrays of random, all different sizes for every parameter, x and y."""
    rng = np.random.default_rng(seed)
    names = sorted({s for q in derivation.model.quantities for s in q.sizes}, key=str)
    sizes = dict(zip(names, rng.permutation(np.arange(2, 2 + len(names))), strict=True))
    arrays = {
        q.name: rng.normal(size=[sizes[s] for s in q.sizes]) for q in derivation.model.parameters
    }
    lead = () if batch is None else (batch,)
    n = sizes[derivation.model.features.sizes[-1]]
    m = sizes[derivation.model.scores.sizes[-1]]
    return arrays, rng.normal(size=(*lead, n)), rng.integers(0, m, size=lead)


def loss_by_definition(derivation, arrays, x, y):
    """Return L in float64 from the definitions alone."""
    objective = derivation.objective
    evaluator = Evaluator(objective, given_values(objective, x, y, arrays), Float64())
    return float(evaluator.forward().values.arrays["L"])


def test_gradient_of_W_is_the_lectures():
    gradient = derive("softmax(W g(V f(x)))").gradient("W")
    assert gradient.index == (KroneckerDelta(i, GOLD) - P[i]) * z[j]
    assert gradient.cases.gold == (1 - P[i]) * z[j]
    assert gradient.cases.other == -P[i] * z[j]
    assert str(gradient.matrix) == "err_s*z.T"


def test_gradient_of_V_is_the_lectures():
    gradient = derive("softmax(W g(V f(x)))").gradient("V")
    a = IndexedBase(Symbol("a", real=True))
    error = Sum((KroneckerDelta(GOLD, k) - P[k]) * W[k, i], (k, 1, size("m")))
    assert gradient.index == error * Activated(Symbol("g"), (1,), a[i]) * f[j]
    assert gradient.cases is None
    assert str(gradient.matrix) == "err_a*f.T"


def test_a_case_is_found_through_the_errors_that_pass_it_on():
    cases = derive("z = V f(x); u = z + b; softmax(u + c)").gradient("V").cases
    assert (cases.gold, cases.other) == ((1 - P[i]) * f[j], -P[i] * f[j])


def test_only_what_has_a_case_is_written_out_for_it(monkeypatch):
    written = []
    monkeypatch.setattr(
        "derive.gradient.unfold_errors",
        lambda *given: written.append(given) or unfold_errors(*given),
    )
    derive("softmax(W6 W5 W4 W3 W2 W1 x)").latex()
    assert len(written) == 2  # err(s) and the gradient of W6; sixty matrices took 45 seconds


def test_data_set_form_has_examples_as_rows_and_the_same_numbers():
    derivation = derive("softmax(W g(V f(x)))")
    rows = derivation.dataset
    assert str(rows.gradient("W").matrix) == "err_s.T*z"
    assert str(rows.gradient("V").matrix) == "err_a.T*X"
    assert str(rows.equation("a").matrix) == "X*V.T"
    assert str(rows.equation("err_z").matrix) == "err_s*W"
    numbers = [(e.number, e.kind, e.quantity.name) for e in derivation.equations]
    assert [(e.number, e.kind, e.quantity.name) for e in rows.equations] == numbers
    assert [e.number for e in derivation.equations] == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(("model", "activations"), MODELS.items(), ids=list(MODELS))
def test_every_line_of_every_model_is_proved(model, activations):
    derive(model, **activations).verify(trials=1)


@pytest.mark.parametrize(("model", "activations"), MODELS.items(), ids=list(MODELS))
@pytest.mark.parametrize("batch", [None, 4])
def test_evaluated_gradients_equal_finite_differences_of_L(model, activations, batch):
    derivation = derive(model, **activations)
    derivation = derivation if batch is None else derivation.dataset
    arrays, x, y = inputs(derivation, seed=1, batch=batch)
    step = 1e-5
    for name, array in arrays.items():
        gradient = derivation.gradient(name).evaluate(**arrays, x=x, y=y)
        assert gradient.shape == array.shape
        numeric = np.empty_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for shift in (step, -step):
                moved = array.copy()
                moved[place] += shift
                ends.append(loss_by_definition(derivation, {**arrays, name: moved}, x, y))
            numeric[place] = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-8)


def test_an_unbound_activation_stays_abstract():
    derivation = derive("softmax(W g(V f(x)))")
    assert not list(derivation.of_kind(Kind.ACTIVATION))
    arrays, x, y = inputs(derivation, seed=0)
    with pytest.raises(InputError, match="g=tanh"):
        derivation.gradient("V").evaluate(**arrays, x=x, y=y)


def test_a_trainable_parameter_gets_its_own_gradient():
    derivation = derive(
        "softmax(W g(V f(x)))", {"g.b": 2}, g="log(1 + exp(b*x))/b", trainable=["g.b"]
    )
    assert [q.name for q in derivation.model.parameters] == ["W", "V", "b"]
    derivation.verify(trials=1)
    arrays, x, y = inputs(derivation.dataset, seed=2, batch=3)
    arrays["b"] = np.array(1.5)
    gradient = derivation.dataset.gradient("b").evaluate(**arrays, x=x, y=y)
    ends = [
        loss_by_definition(derivation.dataset, {**arrays, "b": np.array(1.5 + h)}, x, y)
        for h in (1e-6, -1e-6)
    ]
    assert gradient == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_worked_example_of_the_lecture():
    derivation = derive("softmax(W f(x))")
    scores = np.array([[-1.1], [2.1], [-0.4]])
    gradient = derivation.gradient("W").evaluate(W=scores, x=[1.0], y=1)
    probabilities = np.array([0.0, 1.0, 0.0]) - gradient[:, 0]
    assert probabilities == pytest.approx([0.036, 0.89, 0.07], abs=6e-3)
    assert probabilities.sum() == pytest.approx(1)


def test_detail_chooses_how_many_lines_a_derivation_shows():
    steps = derive("softmax(W g(V f(x)))").gradient("V").steps
    counts = [len(list(lines(steps, detail))) for detail in ("brief", "lecture", "full")]
    assert counts == sorted(counts)
    assert counts[0] >= 3
    for detail in ("brief", "lecture", "full"):
        shown = list(lines(steps, detail))
        assert shown[0].before == steps[0].before
        assert shown[-1].after == steps[-1].after


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": 9}, "labels from 0 to"),
        ({"y": 0.5}, "labels from 0 to"),
        ({"W": np.zeros(3)}, "dimensions"),
        ({"Q": 1.0}, "needs x, y and the parameters"),
        ({"x": [1j] * 5}, "x must hold real numbers"),  # whose imaginary part was dropped
        ({"x": np.arange(5).astype("M8[s]")}, "x must hold real numbers"),
        ({"x": ["1"] * 5}, "x must hold real numbers"),
        ({"x": [None] * 5}, "x must hold real numbers"),
        ({"W": [[1.0, 2.0], [3.0]]}, "W must hold real numbers"),
        ({"W": csr_array(np.eye(3))}, "W must hold real numbers"),
        ({"x": np.ma.masked_less([1.0, -1.0], 0)}, "x has a mask"),
        ({"y": np.ma.masked}, "y has a mask"),
        ({"y": [1]}, r"y has shape \(1,\), expected \(\)"),
    ],
)
def test_evaluate_refuses_what_does_not_fit(change, message):
    derivation = derive("softmax(W g(V f(x)))", g="tanh")
    arrays, x, y = inputs(derivation, seed=0)
    with pytest.raises(InputError, match=message):
        derivation.gradient("V").evaluate(**{**arrays, "x": x, "y": y, **change})


def test_evaluate_has_a_label_for_each_example():
    derivation = derive("softmax(W f(x))").dataset
    arrays, x, y = inputs(derivation, seed=0, batch=7)
    for labels in (y[:3], y[:, None], 1):
        with pytest.raises(InputError, match=r"y has shape .*, expected \(7,\)"):
            derivation.gradient("W").evaluate(**arrays, x=x, y=labels)


def test_a_gradient_of_something_else_is_refused_by_name():
    with pytest.raises(InputError, match=r"'Q'.*W, V"):
        derive().gradient("Q")
