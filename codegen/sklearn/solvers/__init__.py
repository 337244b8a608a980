"""Solvers, one a file: what moves the parameters once their gradient is known."""

from codegen.sklearn.solvers.adam import Adam
from codegen.sklearn.solvers.lbfgs import minimise
from codegen.sklearn.solvers.sgd import SGD
from codegen.sklearn.solvers.stochastic import Progress, Schedule, Stepper, descend

__all__ = ["SGD", "Adam", "Progress", "Schedule", "Stepper", "descend", "minimise"]
