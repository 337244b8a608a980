"""Which lines a derivation shows: minor steps join the rule that they prepare or finish."""

from sympy import Symbol, symbols

from derive.steps import Rule, Step, lines

MAJOR, OTHER = Rule("product rule", "major"), Rule("power rule", "major")
MINOR = Rule("constant rule", "minor", minor=True)
a, b, c, d = symbols("a b c d")


def shown(steps, detail="lecture"):
    return [(step.rule.name, step.before, step.after) for step in lines(steps, detail)]


def test_a_minor_step_joins_the_major_one_before_or_after_it():
    before = (Step(MINOR, a, b), Step(MAJOR, b, c))
    after = (Step(MAJOR, a, b), Step(MINOR, b, c))
    for steps in (before, after):
        assert shown(steps) == [("product rule", a, c)]
        assert len(shown(steps, "full")) == 2


def test_two_major_steps_are_two_lines():
    steps = (Step(MAJOR, a, b), Step(OTHER, b, c))
    assert shown(steps) == [("product rule", a, b), ("power rule", b, c)]


def test_brief_shows_the_outermost_steps_and_full_every_rule_applied():
    inner = (Step(MAJOR, a, b), Step(MINOR, b, c), Step(OTHER, c, d))
    steps = (Step(Rule("differentiate", "all"), a, d, (), inner),)
    assert shown(steps, "brief") == [("differentiate", a, d)]
    assert [name for name, *_ in shown(steps, "full")] == [
        "product rule",
        "constant rule",
        "power rule",
    ]
    assert [name for name, *_ in shown(steps)] == ["product rule", "power rule"]


def test_a_step_that_changes_nothing_is_no_line():
    still = Symbol("x")
    for detail in ("brief", "lecture", "full"):
        assert shown((Step(MAJOR, still, still),), detail) == []
