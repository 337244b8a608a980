"""Measure generated modules side by side with what a user would run instead.

Reading order: :mod:`~codegen.benchmarks.work` (what is measured),
:mod:`~codegen.benchmarks.problem`, ``peers`` (one file each), :mod:`~codegen.benchmarks.measure`,
:mod:`~codegen.benchmarks.run`.
"""
