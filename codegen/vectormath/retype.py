"""Write the float32 functions from the float64 ones: one algorithm, two types.

`python -m codegen.vectormath.retype` rewrites `float32/*.py` from `float64/*.py` (polynomials and
constants aside, which have their own degrees); `--check` compares instead. Names change their
suffix, NumPy types their width, and every float literal is wrapped in `f32` (NumPy's float32),
because a bare one would promote the arithmetic to float64.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tokenize
from pathlib import Path

__all__ = ["main", "retype"]

FOLDER = Path(__file__).parent
WORDS = {
    "np.float64": "np.float32",
    "np.uint64": "np.uint32",
    "float64": "float32",
    "np.nan": "f32(np.nan)",
    "-np.inf": "f32(-np.inf)",
    "np.inf": "f32(np.inf)",
}
NOTE = "\n\nWritten from `float64/{name}` by `python -m codegen.vectormath.retype`.\n"
ARITHMETIC = re.compile(r"(from codegen\.vectormath\.arithmetic import )([^()\n]+|\([^)]+\))\n")


def _with_f32(found: re.Match[str]) -> str:
    """Add f32 to the import from `arithmetic`, laid out as the formatter does."""
    names = sorted({*re.findall(r"\w+", found[2]), "f32"})
    line = f"{found[1]}{', '.join(names)}\n"
    if len(line) <= 101:
        return line
    return f"{found[1]}(\n" + "".join(f"    {name},\n" for name in names) + ")\n"


def retype(text: str, name: str) -> str:
    """Return the float32 module for the text of the float64 module called `name`."""
    lines = text.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(text).readline))):
        if token.type == tokenize.NUMBER and re.search(r"[.e]", token.string):
            (row, start), (_, end) = token.start, token.end
            line = lines[row - 1]
            lines[row - 1] = f"{line[:start]}f32({token.string}){line[end:]}"
    text = "".join(lines)
    text = re.sub("|".join(map(re.escape, WORDS)), lambda found: WORDS[found[0]], text)
    text = re.sub(r"_f64\b", "_f32", text)
    text = re.sub(r"_F64\b", "_F32", text)
    opening = text.index('"""', 3)
    note = NOTE.format(name=name)
    body = text[opening:]
    if re.search(r"\bf32\(", body):
        body = ARITHMETIC.sub(_with_f32, body, count=1)
    return text[:opening].rstrip() + note + body


def main(arguments: list[str] | None = None) -> int:
    """Rewrite, or with --check compare, the float32 modules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args(arguments).check
    stale = []
    for source in sorted((FOLDER / "float64").glob("*.py")):
        if source.name == "polynomials.py":
            continue
        target = FOLDER / "float32" / source.name
        text = retype(source.read_text(encoding="utf-8"), source.name)
        if not check:
            target.write_text(text, encoding="utf-8")
        elif not target.is_file() or target.read_text(encoding="utf-8") != text:
            stale.append(target)
    for target in stale:
        print(f"{target} differs: run python -m codegen.vectormath.retype")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
