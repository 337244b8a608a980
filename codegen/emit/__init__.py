"""Emit: programs and scalar code → the text of one self-contained module.

:mod:`~codegen.emit.module` fills the templates; :mod:`~codegen.emit.statements` and
:mod:`~codegen.emit.expressions` write programs as Python; the others tell what stands around it.
"""

from __future__ import annotations

from codegen.emit.module import emit

__all__ = ["emit"]
