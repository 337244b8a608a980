"""PyTorch through torch.compile, which needs a C++ compiler; the first call compiles."""

from __future__ import annotations

from shutil import which

from codegen.benchmarks.peer import Task, UnservedError
from codegen.benchmarks.peers import torch_eager
from codegen.benchmarks.problem import Problem

__all__ = ["NAME", "task", "version"]

NAME = "torch.compile"
version = torch_eager.version


def task(problem: Problem) -> Task:
    """Return the task with L, or g, compiled; UnservedError where nothing can compile."""
    import torch

    if not any(map(which, ("g++", "clang++", "cl"))):
        raise UnservedError("needs a C++ compiler")
    torch.compiler.reset()
    return torch_eager.task_with(problem, torch.compile)
