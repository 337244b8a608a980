"""The float32 modules are the float64 ones, retyped."""

import io
import tokenize
from pathlib import Path

import codegen.vectormath as package
from codegen.vectormath.retype import main, retype

FOLDER = Path(package.__file__).parent


def test_committed_float32_modules_are_up_to_date():
    assert main(["--check"]) == 0


def test_no_bare_float_literal_promotes_float32_arithmetic():
    for path in sorted((FOLDER / "float32").glob("*.py")):
        tokens = list(tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline))
        for i, token in enumerate(tokens):
            if token.type == tokenize.NUMBER and "." in token.string:
                before = [t.string for t in tokens[i - 3 : i]]
                assert "f32" in before, f"{path.name}:{token.start[0]}"


def test_names_types_and_literals_change_together():
    text = '"""In float64."""\n\n\ndef half_f64(x):\n    return 0.5 * np.float64(x)\n'
    assert "return f32(0.5) * np.float32(x)" in retype(text, "half.py")
    assert "def half_f32(x)" in retype(text, "half.py")
