"""Accurate scalar code for any formula: value, derivative and parameter derivatives, certified.

Reading order: :mod:`~codegen.scalar.code` (what comes out), :mod:`~codegen.scalar.prove` and
:mod:`~codegen.scalar.search` (how it is found), :mod:`~codegen.scalar.conditioning` and
:mod:`~codegen.scalar.precision` (which operation needs how many bits; its :mod:`~codegen.scalar.levels`
and :mod:`~codegen.scalar.shares` of the error), ``candidates`` (the forms),
:mod:`~codegen.scalar.regimes` and :mod:`~codegen.scalar.inner` (what covers the rest),
:mod:`~codegen.scalar.run` (how a candidate is tried), :mod:`~codegen.scalar.oracle` (the truth).
"""

from codegen.scalar.certificate import BOUNDS, CertificateError, Row
from codegen.scalar.certify import certify
from codegen.scalar.code import ScalarCode, scalar_code

__all__ = ["BOUNDS", "CertificateError", "Row", "ScalarCode", "certify", "scalar_code"]
