"""JSON holds every equation and every step as text and as LaTeX."""

from __future__ import annotations

import json

from derive.render.as_json import as_json
from derive.render.options import Options
from tests.derive.render.models import derivation


def test_equations_and_steps_are_all_there() -> None:
    made = derivation("biases", g="tanh")
    content = json.loads(as_json(made, Options(detail="full")))
    assert content["model"] == "softmax(W g(V f(x) + b) + c)"
    assert content["inputs"] == {
        "f": ["n"],
        "W": ["m", "d"],
        "V": ["d", "n"],
        "b": ["d"],
        "c": ["m"],
    }
    shown = [e for p in content["passages"] if p["key"] != "dataset" for e in p["equations"]]
    assert sorted(e["number"] for e in shown) == [e.number for e in made.equations]
    gradient = next(e for e in shown if e["quantity"] == "dW")
    assert gradient["matrix"]["right"]["text"] == "err(s) zᵀ"
    assert [case["condition"] for case in gradient["cases"]] == ["i = i*", "i ≠ i*"]
    assert gradient["steps"][0]["rule"] == "chain rule"
    assert all(step["teaching"] for step in gradient["steps"])
