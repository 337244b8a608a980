"""A scikit-learn classifier with any activation: ``from codegen.sklearn import SoftmaxNetwork``.

Reading order: :mod:`codegen.sklearn.estimator` (the public face), :mod:`codegen.sklearn.architecture`
(parameters become a recipe, a recipe a generated module), :mod:`codegen.sklearn.objective` (what is
minimised, by the module's derived gradients), :mod:`codegen.sklearn.solvers`.
"""

try:
    import sklearn  # noqa: F401
except ImportError as error:
    raise ImportError(
        "codegen.sklearn needs scikit-learn: install it with pip install 'gradscribe[sklearn]'"
    ) from error

from codegen.sklearn.estimator import SoftmaxNetwork

__all__ = ["SoftmaxNetwork"]
