"""Find what limits the speed of kernels on this machine, and say what mends it."""

from __future__ import annotations

from codegen.doctor.finding import Finding

__all__ = ["Finding", "diagnose"]


def diagnose() -> tuple[Finding, ...]:
    """Return everything that was found, in the order in which it matters."""
    from codegen.doctor import blas, compiler, versions

    return (*blas.findings(), *compiler.findings(), *versions.findings())
