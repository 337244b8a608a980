"""The extracted text stands alone, in order, and gives the same bits with and without Numba."""

import ast
import builtins
import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from numba import njit

from codegen.vectormath import CATALOGUE, imports, sources
from codegen.vectormath.measure import implementation

SOME = ["exp_f32", "tanh_f64", "erfc_f64", "log_dd", "softplus_wide", "cos_f32"]
ARGUMENTS = [0.3, -1.7, 20.5, -80.25, 1e-5, 3e5, -0.0]


def module_text(names):
    return "\n".join(imports(names)) + "\n\n\n" + sources(names)


def test_text_is_the_same_whatever_the_order_of_the_names():
    assert sources(SOME) == sources(reversed(SOME)) == sources([*SOME, *SOME])


def test_every_name_is_defined_before_it_is_used_and_only_once():
    tree = ast.parse(module_text(CATALOGUE))
    known = set(dir(builtins))
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            known |= {alias.asname or alias.name for alias in node.names}
            continue
        local = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
        local |= {n.id for n in names if isinstance(n.ctx, ast.Store)}
        if isinstance(node, ast.FunctionDef):
            assert node.name not in known
            known.add(node.name)
        missing = (
            {n.id for n in names if isinstance(n.ctx, ast.Load)} - known - local - {"_nearest"}
        )
        assert not missing
        if isinstance(node, ast.Assign):
            known |= local


def test_only_what_a_generated_module_may_import_is_imported():
    roots = {line.split()[1].split(".")[0] for line in imports(CATALOGUE)}
    assert roots <= {"numpy", "numba", "math", "fractions"}


def test_a_function_brings_nothing_it_does_not_need():
    text = sources(["exp_f32"])
    assert "_f64" not in text
    assert "log_tail" not in text


def test_unknown_name_is_refused():
    with pytest.raises(KeyError, match="is not a function"):
        sources(["no_such"])


def test_needs_are_those_of_the_text():
    assert "exp_cubic_f64" in CATALOGUE["sigmoid_f64"].needs
    assert "sigmoid_f64" not in CATALOGUE["sigmoid_f64"].needs


def test_pasted_module_compiles_and_equals_the_package(tmp_path):
    path = tmp_path / "pasted.py"
    path.write_text(module_text(SOME), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("pasted", path)
    pasted = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pasted)
    x = np.float64(0.7)
    assert njit(pasted.tanh_f64)(x) == njit(implementation("tanh_f64"))(x)


PROGRAM = """
import json
import sys
import numpy as np
from codegen.vectormath import CATALOGUE
from codegen.vectormath.measure import kernel
np.seterr(all="ignore")
for name in sys.argv[1].split():
    x = np.array(json.loads(sys.argv[2]), dtype=CATALOGUE[name].dtype)
    low = (x * 2.0**-60).astype(x.dtype)
    y, rest = np.zeros_like(x), np.zeros_like(x)
    kernel(name)(x, low, y, rest)
    print(name, y.tobytes().hex(), rest.tobytes().hex())
"""


def test_python_twin_gives_the_same_bits_as_the_compiled_code():
    def run(**environment):
        command = [sys.executable, "-c", PROGRAM, " ".join(SOME), json.dumps(ARGUMENTS)]
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run(NUMBA_DISABLE_JIT="1") == run(NUMBA_DISABLE_JIT="0")
