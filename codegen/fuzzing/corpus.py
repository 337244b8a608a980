"""What the fuzzing of parsers starts from: texts that are right or once were trouble, and words."""

from __future__ import annotations

import io
import json

import numpy as np

__all__ = ["SEEDS", "WORDS"]

HOSTILE = [
    "\0",
    "\ufeff",
    "\u202e",
    "\ud800",
    "𝟙",
    "х",
    "ﬁ",
    "é",
    "\\input{x}",
    "\\write18{id}",
    "<script>",
    "__import__('os')",
    "{0.__class__}",
    "$(id)",
    "`id`",
    "../",
    "9" * 50,
    "1e999999999",
    "((((",
    "))))",
    "'",
    '"',
    "#",
    "%",
    "\n",
    "\r",
    "\t",
    " ",
    "lambda",
    "yield",
    "None",
    "nan",
    "inf",
    "-",
    "_",
]
FORMULA = [
    "x*tanh(log(1+exp(x)))",
    "x if x > 0 else 0.01*x",
    "max(0, min(x, 6))",
    "9**9**9**9",
    "x*erf(x/sqrt(2))/2 + abs(x)",
    "gelu(x)*swish(x, beta=2)",
    "(x+1)**1000",
    "1e999999999*x",
    "Piecewise((x, x < 0), (sin(x), True))",
    "x if sin(x)*exp(x) > x**3 else -x",
    "exp(exp(exp(exp(x))))",
    "log(exp(pi*sqrt(2))-1)*x",
    "x if 0 < x <= 1 and not x == 0.5 else a*x",
    "x**(1/3) + 1/(1+x**2)",
]
MODEL = [
    "softmax(W g(V f(x)))",
    "log softmax(W f(x) + b)",
    "z = g(V f(x)); softmax(W (z + h(U z)))",
    "softmax(W (silu(U f(x)) * (V f(x))))",
    "softmax(W g(V^T g(V f(x))))",
    "softmax(W₁ σ(W_2 x) - 0.5 z)",
    "softmax(\\sigma(x))",
    "P(y|x) = softmax(W x)",
    "softmax(W [x; 1])",
    "softmax(0.5 * W x / 3)",
]
BINDINGS = [
    "g=mish\nbeta=1.5",
    "g.beta=1.5\nsoftmax(W g(V x))",
    "g='x*tanh(x)'\nh==2",
    "σ=tanh\n=",
    "g = 2",
]
NUMBERS = [
    "0.044715",
    "1e-30",
    "-17",
    "1_000",
    "0x10",
    "1e999999999",
    "½",
    "١٢",
    "3.",
    ".5",
    "1e+5",
    "9" * 500,
]
SETTINGS = [
    '[tool.codegen]\nout = "generated"\nmodel = "softmax(W f(x))"\n',
    '[tool.codegen.modules]\ntish = { bind = { g = "x*tanh(x)", "g.b" = 2 }, trainable = ["g.b"] }\n',
    '[tool.codegen.modules."../x"]\nout = "/etc"\n',
    "[tool]\ncodegen = 3\n",
    "[tool.codegen]\ndtype = 1.5\n",
    '[tool.codegen.modules]\nimport = {}\nCON = {dtype = "float32"}\n',
]
CSV = [
    "a,b,label\n1,2,p\n3,4,q\n5,6,p\n",
    "1;2;0\n3;4;1\n",
    "1\t2\t0\n\n3\t4\t1000000000\n",
    '"a,b",c\n1,2\n',
    "\xef\xbb\xbf1,2,0\n3,4,1\n",
    "1,nan,0\n2,inf,1\n",
    "1,2,0.5\n3,4,-1\n",
    "1,2\n3\n",
    "label\n1\n",
]
SVMLIGHT = [
    "1 1:2 3:4\n-1 2:1e3\n",
    "1 qid:3 1:2 # note\n0 2:1\n",
    "0.5 1:nan\n",
    "1 0:1\n2 1:1\n",
    "# only\n\n1\n",
    "1000000000 1:1\n2 1:2\n",
    "1 99999999999:1\n",
]


def _saved(**arrays: object) -> str:
    """Return the bytes of a .npz file, a character a byte."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]  # any array will do
    return stream.getvalue().decode("latin-1")


def _weights(**changes: object) -> str:
    card = {
        "model": "softmax(W f(x))",
        "bindings": {},
        "trainable": [],
        "dtype": "float32",
        "training": {},
    }
    arrays = {
        "W": np.zeros((2, 3), np.float32),
        "classes": np.arange(2),
        "mean": np.zeros(3),
        "scale": np.ones(3),
        "model": np.array(json.dumps({**card, **changes})),
    }
    return _saved(**arrays)


SEEDS = {
    "bindings": BINDINGS,
    "csv": CSV,
    "formula": FORMULA,
    "model": MODEL,
    "npz": [
        _saved(X=np.eye(3), y=np.arange(3)),
        _saved(X=np.ones((2, 2), int), y=np.array(["a", "b"])),
        "PK",
    ],
    "number": NUMBERS,
    "settings": SETTINGS,
    "svmlight": SVMLIGHT,
    "weights": [_weights(), _weights(dtype="object"), _weights(bindings={"g": 2})],
}
WORDS = {
    "bindings": [*HOSTILE, "=", "==", ".", ";", "softmax(", "g", "beta"],
    "csv": [*HOSTILE, ",", ";", "\t", "1.5", "-2", "label", '""', "1,2,3\n"],
    "formula": [
        *HOSTILE,
        "x",
        "(",
        ")",
        "+",
        "-",
        "*",
        "/",
        "**",
        " if ",
        " else ",
        " and ",
        " or ",
        "not ",
        "<",
        ">=",
        "==",
        "exp(",
        "log(",
        "tanh(",
        "abs(",
        "max(",
        "sqrt(",
        "sin(",
        "erf(",
        "gelu(",
        ",",
        "pi",
        "0.5",
        "1e5",
        "Piecewise(",
        "True",
        "sign(",
        "beta=",
        "**400",
        "/0",
    ],
    "model": [
        *HOSTILE,
        "softmax(",
        "log ",
        "W",
        "V^T",
        " z",
        "f(x)",
        "g(",
        ")",
        "(",
        ";",
        " = ",
        "+",
        "*",
        "@",
        "b",
        "0.5",
        "₁",
        "σ",
        "ᵀ",
        "^{T}",
        "⊙",
        "−",
        "1e30",
        ",",
        ".T",
    ],
    "npz": [
        *HOSTILE,
        "PK\x03\x04",
        "X.npy",
        "\x93NUMPY",
        "'descr': '|O'",
        "'shape': (9999999999,)",
    ],
    "number": [*HOSTILE, "e", "E", "+", ".", "0", "/", "0x", "j"],
    "settings": [
        *HOSTILE,
        "[",
        "]",
        "{",
        "}",
        "=",
        ".",
        "tool",
        "codegen",
        "modules",
        "bind",
        "out",
        "[[",
        '"""',
        "1",
    ],
    "svmlight": [*HOSTILE, "1:", ":2", " 3:4", "qid:", "1e400", "-1", "0"],
    "weights": [
        *HOSTILE,
        "PK\x03\x04",
        "classes.npy",
        "'<f4'",
        "'|O'",
        '"dtype"',
        "null",
        "[" * 40,
    ],
}
