"""``SoftmaxNetwork``: the generated kernels as a scikit-learn classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from codegen.sklearn.architecture import architecture
from codegen.sklearn.fit import train
from codegen.sklearn.objective import Rows
from codegen.sklearn.rows import checked_features, checked_rows, first_classes
from codegen.sklearn.settings import check_settings
from codegen.sklearn.state import State, started

__all__ = ["SoftmaxNetwork"]


def _is_stochastic(estimator: SoftmaxNetwork) -> bool:
    if estimator.solver == "lbfgs":
        raise AttributeError(
            "partial_fit needs solver='adam' or 'sgd': L-BFGS takes all rows at once"
        )
    return True


class SoftmaxNetwork(ClassifierMixin, BaseEstimator):
    """A softmax classifier with hidden layers of any activation, trained by generated kernels.

    Its parameters are those of :class:`sklearn.neural_network.MLPClassifier` and mean the same. What
    is more: ``activation`` is any name of the library (``derive/activations.toml``) or any formula
    in x, and ``model`` any model that gradscribe can write. The gradients, the L2 term's too, are
    derived from it, and compiled at the first fit of a topology, which takes seconds; afterwards the
    kernel comes from the user's cache. Two classes are two scores under a softmax, where
    MLPClassifier has one under a sigmoid.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, or int, default=(100,)
        Units of each hidden layer; () is multiclass logistic regression. With ``model``, the hidden
        sizes it leaves free, from the input outward.
    activation : str or dict, default="mish"
        A name of the library, such as "gelu", or a formula in x, such as "x*tanh(a*x)". With a
        ``model`` of several activations, a dict of one for each.
    activation_parameters : dict, default=None
        Values of the formula's parameters, such as {"a": 2}.
    model : str, default=None
        A model as gradscribe writes it, such as "softmax(W (silu(U x) * (V x)) + c)"; None is
        the network of layers with biases.
    solver : {"adam", "sgd", "lbfgs"}, default="adam"
    alpha : float, default=0.0001
        Strength of the L2 term: each batch's log-likelihood less α/2 Σ ‖W‖² is maximised, over the
        weight matrices and not the biases.
    batch_size : int or "auto", default="auto"
        "auto" is min(200, n_samples).
    learning_rate : {"constant", "invscaling", "adaptive"}, default="constant"
        The schedule of solver "sgd".
    learning_rate_init : float, default=0.001
    power_t : float, default=0.5
        The power of the schedule "invscaling".
    max_iter : int, default=200
        Epochs of "adam" and "sgd", iterations of "lbfgs".
    shuffle : bool, default=True
    random_state : int, RandomState instance or None, default=None
    tol : float, default=1e-4
    verbose : bool, default=False
    warm_start : bool, default=False
    momentum : float, default=0.9
    nesterovs_momentum : bool, default=True
    early_stopping : bool, default=False
    validation_fraction : float, default=0.1
    beta_1, beta_2, epsilon : float, defaults 0.9, 0.999, 1e-8
        Of solver "adam".
    n_iter_no_change : int, default=10
    max_fun : int, default=15000
        Evaluations of the loss by solver "lbfgs".

    Attributes
    ----------
    classes_, n_features_in_, feature_names_in_, n_iter_, n_layers_, n_outputs_, t_, loss_,
    best_loss_, loss_curve_, validation_scores_, best_validation_score_, out_activation_ :
        As MLPClassifier's.
    coefs_, intercepts_ : lists of arrays
        The weight matrices, (inputs, outputs) each, and the bias vectors, from the input outward;
        with ``model``, in the order in which it names them.
    parameters_ : dict of arrays
        Every parameter by its name in the model, in its own shape.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from codegen.sklearn import SoftmaxNetwork
    >>> X, y = load_iris(return_X_y=True)
    >>> network = SoftmaxNetwork((20,), "x*tanh(a*x)", activation_parameters={"a": 2},
    ...                          solver="lbfgs", random_state=0)
    >>> float(make_pipeline(StandardScaler(), network).fit(X, y).score(X, y)) > 0.97
    True
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | int = (100,),
        activation: str | Mapping[str, str] = "mish",
        *,
        activation_parameters: Mapping[str, Any] | None = None,
        model: str | None = None,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.activation_parameters = activation_parameters
        self.model = model
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_state")

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> SoftmaxNetwork:
        """Train on X (n_samples, n_features), dense or sparse, and labels y; return self."""
        check_settings(self.get_params(deep=False))
        resumes = self.warm_start and self.__sklearn_is_fitted__()
        known = self.classes_ if resumes else None
        return self._trained(X, y, sample_weight, known, resumes=resumes, epochs=None)

    @available_if(_is_stochastic)
    def partial_fit(
        self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None
    ) -> SoftmaxNetwork:
        """Train one epoch more on these rows; the first call needs ``classes``, all there will be."""
        check_settings(self.get_params(deep=False))
        if self.early_stopping:
            raise ValueError("partial_fit cannot hold rows out: leave early_stopping=True out")
        known = first_classes(classes, getattr(self, "classes_", None))
        return self._trained(
            X, y, sample_weight, known, resumes=self.__sklearn_is_fitted__(), epochs=1
        )

    def _trained(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        known: np.ndarray | None,
        *,
        resumes: bool,
        epochs: int | None,
    ) -> SoftmaxNetwork:
        """Train for these epochs, or as the parameters say, from where the state stands."""
        rows, self.classes_ = checked_rows(self, X, y, sample_weight, known, resumes)
        generator = check_random_state(self.random_state)
        if not resumes:
            self._state = self._new_state(rows, generator)
        train(self, self._state, rows, generator, epochs)
        return self

    def _new_state(self, rows: Rows, generator: np.random.RandomState) -> State:
        found = architecture(
            self.activation,
            self.activation_parameters,
            self.hidden_layer_sizes,
            self.model,
            rows.X.dtype,
        )
        return started(found, rows, len(self.classes_), int(generator.randint(2**31 - 1)))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class, (n_samples, n_classes), in the order of classes_."""
        return self._of_each_row("predict_proba", X)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithm of the probability of each class."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> np.ndarray:
        """Return the likeliest class of each row."""
        codes = self._of_each_row("predict", X)
        return self.classes_[codes]

    def _of_each_row(self, function: str, X: Any) -> np.ndarray:
        state = self._reached
        return state.of_each_row(function, checked_features(self, X, state.weights.vector.dtype))

    @property
    def _reached(self) -> State:
        """The state of the last fit; scikit-learn's NotFittedError where there was none."""
        check_is_fitted(self)
        return self._state

    @property
    def parameters_(self) -> dict[str, np.ndarray]:
        """Every parameter by its name in the model, in its own shape."""
        return self._reached.parameters

    @property
    def coefs_(self) -> list[np.ndarray]:
        """The weight matrices, (inputs, outputs) each, from the input outward."""
        return [matrix.T for matrix in self._reached.matrices]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """The bias vectors, from the input outward."""
        return self._reached.biases
