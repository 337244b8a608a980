"""SoftmaxNetwork is a scikit-learn classifier: the library's own checks, and what it adds."""

import pickle
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    parametrize_with_checks,
)

from codegen.sklearn import SoftmaxNetwork
from codegen.sklearn.architecture import architecture, layered_model
from codegen.sklearn.solvers import SGD, Adam

PAGES = Path(__file__).parents[3] / "docs/pages"
SMALLER = {  # what has a kernel already, and is quick to fit
    '["mish", "gelu", "x*exp(-x**2/2)"]': '["tanh"]',
    "(50,)": "(8,)",
    "max_iter=100": "max_iter=10",
}
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)


def small(**settings) -> SoftmaxNetwork:
    """Return a network whose kernels all tests share."""
    given = {"activation": "tanh", "random_state": 0, **settings}
    return SoftmaxNetwork((8,), **given)


@quiet
@parametrize_with_checks([small(max_iter=100)])
def test_scikit_learn_s_own_checks_pass(estimator, check) -> None:
    check(estimator)


@quiet
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_every_solver_learns(solver: str) -> None:
    rate = 0.1 if solver == "sgd" else 0.01
    network = small(solver=solver, learning_rate_init=rate).fit(X, y)
    assert network.score(X, y) > 0.95
    np.testing.assert_allclose(network.predict_proba(X).sum(axis=1), 1)
    assert network.n_iter_ >= 1


def test_the_optimum_is_that_of_mlpclassifier_with_the_same_alpha() -> None:
    network = small(solver="lbfgs", alpha=3.0, tol=1e-8, max_iter=2000, max_fun=10**5).fit(X, y)
    theirs = MLPClassifier((8,), "tanh", solver="lbfgs", alpha=3.0, tol=1e-8, max_iter=1)
    with pytest.warns(ConvergenceWarning):
        theirs.fit(X, y)
    theirs.coefs_, theirs.intercepts_ = network.coefs_, network.intercepts_
    np.testing.assert_allclose(theirs.predict_proba(X), network.predict_proba(X), rtol=1e-9)
    gold = network.predict_proba(X)[np.arange(len(y)), y]
    squares = sum(np.sum(coef**2) for coef in network.coefs_)
    assert network.loss_ == pytest.approx(-np.mean(np.log(gold)) + 3.0 / 2 * squares / len(y))


@quiet
def test_a_grid_searches_alpha_with_one_kernel_and_two_jobs() -> None:
    grid = GridSearchCV(
        make_pipeline(StandardScaler(), small(solver="lbfgs", max_iter=20)),
        {"softmaxnetwork__alpha": [0.01, 1000.0]},
        n_jobs=2,
        cv=2,
    )
    assert grid.fit(X, y).best_params_ == {"softmaxnetwork__alpha": 0.01}


@quiet
def test_the_example_of_the_page_runs() -> None:
    page = (PAGES / "how-to/scikit-learn.md").read_text(encoding="utf-8")
    for shown, tried in SMALLER.items():
        assert shown in page
        page = page.replace(shown, tried)
    (example,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names = {}
    exec(example, names)
    assert names["grid"].best_params_["softmaxnetwork__activation"] == "tanh"
    assert names["grid"].score(names["X_test"], names["y_test"]) > 0.5


@quiet
def test_labels_of_any_type_come_back() -> None:
    names = np.array(["setosa", "versicolor", "virginica"])
    for labels in (names[y], names[y].astype(object), y.astype(float), y == 2):
        network = small(solver="lbfgs").fit(X, labels)
        assert network.predict(X).dtype == network.classes_.dtype
        assert np.mean(network.predict(X) == labels) > 0.95


@quiet
def test_names_of_columns_are_kept_and_their_order_is_checked() -> None:
    pytest.importorskip("pandas")
    check_dataframe_column_names_consistency("SoftmaxNetwork", small(max_iter=50))


@quiet
def test_sparse_rows_are_dense_rows() -> None:
    dense = small(max_iter=5).fit(X, y)
    for kind in (sparse.csr_array, sparse.csr_matrix, sparse.csc_array):
        thin = small(max_iter=5).fit(kind(X), y)
        np.testing.assert_allclose(thin.predict_proba(kind(X)), dense.predict_proba(X), rtol=1e-9)


@quiet
def test_weights_of_zero_are_rows_left_out() -> None:
    weight = (np.arange(len(y)) % 3 > 0).astype(float)
    kept = weight > 0
    weighted = small(solver="lbfgs", alpha=1.0).fit(X, y, sample_weight=weight)
    fewer = small(solver="lbfgs", alpha=1.0).fit(X[kept], y[kept])
    np.testing.assert_allclose(weighted.predict_proba(X), fewer.predict_proba(X), atol=1e-3)


@quiet
def test_partial_fit_is_an_epoch_and_survives_a_pickle() -> None:
    one = small(shuffle=False, batch_size=50)
    one.partial_fit(X, y, classes=[0, 1, 2])
    one = pickle.loads(pickle.dumps(one))
    one.partial_fit(X, y)
    whole = small(shuffle=False, batch_size=50, max_iter=2).fit(X, y)
    np.testing.assert_allclose(one.predict_proba(X), whole.predict_proba(X), rtol=1e-12)
    assert one.loss_curve_ == pytest.approx(whole.loss_curve_)
    assert one.t_ == whole.t_ == 2 * len(y)


@quiet
def test_warm_start_goes_on_and_a_clone_begins_anew() -> None:
    network = small(warm_start=True, max_iter=5).fit(X, y)
    first = network.loss_curve_[0]
    network.fit(X, y)
    assert len(network.loss_curve_) == 10
    assert clone(network).fit(X, y).loss_curve_[0] == pytest.approx(first)
    with pytest.raises(ValueError, match="none of the classes"):
        network.fit(X, y + 1)


@quiet
def test_early_stopping_keeps_the_best_weights() -> None:
    network = small(early_stopping=True, learning_rate_init=0.05, n_iter_no_change=3).fit(X, y)
    assert network.best_validation_score_ == max(network.validation_scores_)
    assert network.n_iter_ < 200


@quiet
def test_float32_stays_float32() -> None:
    network = small(max_iter=2).fit(X.astype(np.float32), y)
    assert network.coefs_[0].dtype == network.predict_proba(X).dtype == np.float32


def test_a_module_is_not_pickled_but_found_again() -> None:
    network = small(solver="lbfgs", max_iter=500, max_fun=10**5).fit(X, y)
    code = """
        import pickle, sys, numpy as np
        network, X, expected = pickle.load(sys.stdin.buffer)
        np.testing.assert_array_equal(network.predict(X), expected)
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        input=pickle.dumps((network, X, network.predict(X))),
        check=True,
    )


def test_without_scikit_learn_one_sentence_says_what_to_install() -> None:
    code = "import sys; sys.modules['sklearn'] = None; import codegen.sklearn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ImportError: codegen.sklearn needs scikit-learn: install it with pip" in done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"solver": "newton"}, "solver is 'newton'; expected 'adam' or 'sgd' or 'lbfgs'"),
        ({"alpha": -1}, "alpha is -1; expected a number of 0 or more"),
        ({"activation": "mihs"}, "mish"),
        ({"batch_size": 0}, "batch_size is 0; expected"),
        (
            {"hidden_layer_sizes": (), "activation_parameters": {"a": 2}},
            "the binding a=2 is of no use in this model: it has no activations",
        ),
    ],
)
def test_a_wrong_parameter_is_one_sentence(settings, words) -> None:
    with pytest.raises(ValueError, match=words):
        small().set_params(**settings).fit(X, y)


@pytest.mark.parametrize("name", ["coefs_", "intercepts_", "parameters_"])
def test_what_a_fit_leaves_is_not_there_before_one_that_succeeds(name) -> None:
    network = small(activation="mihs")
    assert not hasattr(network, name)
    with pytest.raises(ValueError, match="mish"):
        network.fit(X, y)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(network, name)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        network.predict(X)


def test_what_is_masked_or_complex_is_refused_and_not_read_as_if_it_were_not() -> None:
    network = small(max_iter=1)
    for given in ((np.ma.masked_less(X, 0), y), (X, np.ma.masked_equal(y, 0))):
        with pytest.raises(ValueError, match=r"[Xy] has a mask: fill it in first"):
            network.fit(*given)
    with pytest.raises(ValueError, match="sample_weight has a mask"):
        network.fit(X, y, sample_weight=np.ma.masked_equal(y + 1.0, 1))
    for weight in (np.ones(len(y)) + 1j, ["1"] * len(y)):
        with pytest.raises(ValueError, match=r"sample_weight holds .*; expected real numbers"):
            network.fit(X, y, sample_weight=weight)


@quiet
def test_a_rate_that_is_gone_after_the_first_epoch_is_0() -> None:
    small(solver="sgd", learning_rate="invscaling", power_t=1e308, max_iter=2).fit(X, y)


def test_hidden_layers_become_a_model_of_layers() -> None:
    assert layered_model(0) == "softmax(W1 x + b1)"
    assert layered_model(2) == "softmax(W3 g(W2 g(W1 x + b1) + b2) + b3)"
    found = architecture("x*tanh(a*x)", {"a": 2}, (5, 4), None, np.dtype("float32"))
    assert found.recipe.l2 == "alpha"
    assert dict(found.bindings) == {"g": "x*tanh(a*x)", "a": "2"}
    gated = architecture("silu", None, (5,), "softmax(W (g(U x) * (V x)))", np.dtype("float64"))
    assert dict(gated.bindings) == {"g": "silu"}
    with pytest.raises(ValueError, match="hidden_layer_sizes is"):
        architecture("tanh", None, (5, 0), None, np.dtype("float64"))


def test_adam_and_sgd_step_as_they_are_defined() -> None:
    vector, slope = np.array([1.0, -2.0]), np.array([0.5, -0.25])
    adam = Adam(vector, 0.1, 0.9, 0.999, 1e-8)
    adam.step(vector, slope.copy())
    np.testing.assert_allclose(vector, [0.9, -1.9], rtol=1e-6)
    plain = SGD(vector, 0.1, "invscaling", 0.5, 0.0, nesterov=False)
    plain.step(vector, slope.copy())
    np.testing.assert_allclose(vector, [0.85, -1.875], rtol=1e-6)
    plain.end_of_epoch(99)
    assert plain.rate == pytest.approx(0.01)
    adaptive = SGD(vector, 0.1, "adaptive", 0.5, 0.9, nesterov=True)
    assert not adaptive.gives_up()
    assert adaptive.rate == pytest.approx(0.02)
