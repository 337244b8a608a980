"""scikit-learn's MLPClassifier: an epoch of plain SGD; it has biases, which cannot be left out."""

from __future__ import annotations

import numpy as np

from codegen.benchmarks.arrays import function_of
from codegen.benchmarks.peer import CHECKED, Task, UnservedError
from codegen.benchmarks.peers.by_hand import derivatives
from codegen.benchmarks.problem import RATE, Problem, Subject
from codegen.benchmarks.work import Kind
from codegen.program import Applied, Assign, Entry, Product

__all__ = ["NAME", "task", "version"]

NAME = "sklearn"


def version() -> str:
    """Return scikit-learn's version; ImportError where it is not installed."""
    import sklearn

    return str(sklearn.__version__)


def task(problem: Problem) -> Task:
    """Return the task of an epoch; UnservedError for other work and models that are no chain."""
    from sklearn.neural_network import MLPClassifier

    work = problem.work
    if work.kind is not Kind.EPOCH:
        raise UnservedError("has no public gradient")
    if not _is_chain(problem.subject):
        raise UnservedError("has only plain layers")
    own = _own_activation(problem.subject)
    settings = {} if own is None else {"activation": own}
    network = MLPClassifier(
        work.hidden,
        solver="sgd",
        alpha=0.0,
        batch_size=work.batch,
        learning_rate_init=RATE * work.batch,  # its step is along the mean
        momentum=0.0,
        shuffle=False,
        random_state=0,
        **settings,
    )
    classes = np.arange(work.classes)
    network.partial_fit(problem.X[: work.batch], problem.y[: work.batch], classes=classes)
    activation = "" if own else f", {network.activation} in place of {problem.symbol}"
    return Task(
        lambda: network.partial_fit(problem.X, problem.y),
        lambda _: (),
        note=f"with biases{activation}",
        same=False,
    )


def _is_chain(subject: Subject) -> bool:
    """Return whether the model is products and one activation of a whole vector, in turn."""
    symbols = set()
    for place, statement in enumerate(subject.forward):
        if place % 2 == 0 and not isinstance(statement, Product):
            return False
        if place % 2 == 1:
            value = statement.value if isinstance(statement, Assign) else None
            if not isinstance(value, Applied) or not isinstance(value.argument, Entry):
                return False
            symbols.add(value.symbol)
    return len(symbols) <= 1 and len(subject.forward) % 2 == 1


def _own_activation(subject: Subject) -> str | None:
    """Return its name for the model's activation, found by trying each; None if it has none."""
    from sklearn.neural_network import MLPClassifier

    for symbol, activation in subject.activations.items():
        if activation.trainable:
            return None
        right = derivatives(subject)[function_of(symbol, (0,))](CHECKED)
        (options,) = (
            rule.options
            for rule in MLPClassifier._parameter_constraints["activation"]
            if hasattr(rule, "options")
        )
        for name in sorted(options):
            probe = MLPClassifier((1,), activation=name, max_iter=1, random_state=0)
            probe.partial_fit(np.zeros((2, 1)), [0, 1], classes=[0, 1])
            probe.coefs_ = [np.ones((1, 1)), np.ones((1, 1))]
            probe.intercepts_ = [np.zeros(1), np.zeros(1)]
            odds = probe.predict_proba(CHECKED[:, None])[:, 1]
            if np.allclose(np.log(odds / (1 - odds)), right, atol=1e-6):
                return str(name)
    return None
