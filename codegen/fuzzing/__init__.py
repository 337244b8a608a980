"""Random models against an oracle that shares nothing with the package but the model's text.

:mod:`~codegen.fuzzing.models` composes a model and, beside its text, the forward pass as plain
functions; :mod:`~codegen.fuzzing.oracle` differentiates that pass with JAX or by central
differences; :mod:`~codegen.fuzzing.compare` holds the derivation and the kernels against it;
:mod:`~codegen.fuzzing.run` spends the minutes, lets Hypothesis minimise what fails, and keeps it.
"""
