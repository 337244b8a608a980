"""Refuse a parameter whose name the generated module needs for something else.

Kernels make room for any name; the functions around them are laid out by templates, with local
names, imports and builtins of their own, that a bias vector called ``range`` would hide.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Collection, Iterator

from codegen.recipe import DTYPES
from derive.errors import InputError

__all__ = ["check_names"]

PRODUCT = {"alpha", "C"}  # the arguments of α A B + β C, whose A and B are whatever is multiplied
ADDRESS = "_at"  # of a parameter, as an argument
READ = {"shape", "dtype", "size", "ndim", "flags", "itemsize", "T"}  # what is asked of a parameter


def check_names(source: str, parameters: Collection[str]) -> None:
    """Raise InputError naming the first parameter that hides another name in a function, or is its twin.

    So too for one that is a word of Python, as the strength of an L2 term may be on a slide.
    """
    for name in parameters:
        if keyword.iskeyword(name):
            raise InputError(f"{name!r} is a word of Python: rename it, for example to {name}_1")
    for function in _functions(ast.parse(source)):
        given = [argument.arg for argument in function.args.args]
        arguments = set(given)
        if arguments >= PRODUCT or _is_helper(function):
            continue
        twice = (name.removesuffix(ADDRESS) for name in given if given.count(name) > 1)
        for name in (*twice, *_hidden(function, arguments & set(parameters))):
            raise InputError(
                f"the parameter {name!r} has a name that the generated module needs itself: "
                f"rename it, for example to {name}_1"
            )


def _is_helper(function: ast.FunctionDef) -> bool:
    """Whether it is scalar code that is alike in every module: its arguments are its own."""
    decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
    return decorators == ["scalar"] and not function.name.endswith(DTYPES)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a module, those in classes and functions too; expressions hold none."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.stmt):
            if isinstance(node, ast.FunctionDef):
                yield node
            yield from _functions(node)


def _hidden(function: ast.FunctionDef, names: Collection[str]) -> Iterator[str]:
    """Yield the arguments that the body assigns, calls, or takes for a module."""
    if not names:
        return
    made_of_itself = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign([ast.Name(id=name) as target], ast.Call(args=[ast.Name(id=same), *_])):
                if name == same:  # alpha = _strength(alpha, X.dtype)
                    made_of_itself.add(target)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Call(func=ast.Name(id=name)):
                if name in names and node not in made_of_itself:
                    yield name
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                if name in names and attribute not in READ:
                    yield name
