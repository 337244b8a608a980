"""The log-likelihood in the forms of the lecture: log P, softmax · e, and its two terms."""

from __future__ import annotations

from sympy import Integer

from derive.render.box import Big, Box, Fence, Kind, Letter, Space, Under, row, words
from derive.render.names import Names
from derive.render.signs import MINUS, RELATIONS, SIGN
from derive.render.typeset import Typesetter
from derive.render.written import BAR, DOT, SOFTMAX

__all__ = ["loss_lines"]

LOG = Letter("log", r"\log", Kind.NAME)
EXP = Letter("exp", r"\exp", Kind.NAME)


def loss_lines(names: Names) -> tuple[Box, Box, Box]:
    """Return log P(y = i* | x), log(softmax(s) · e_{i*}), and score of the gold class − log Σ."""
    scores, gold = names.whole(names.model.scores.name), names.whole("e_{i^*}")
    features = Letter("x", r"\mathbf{x}", Kind.BOLD)
    event = row(Letter("y", "y"), RELATIONS["=="], names.gold(), BAR, features)
    probability = row(LOG, Space(), Letter("P", "P"), Fence(event))
    selected = row(LOG, Space(), Fence(row(SOFTMAX, Fence(scores), DOT, gold)))
    first = Under(row(scores, DOT, gold), words("score of the gold class"))
    second = Under(_normaliser(names, scores), words("log of the normaliser"))
    if names.options.sign == "negative":
        return row(SIGN, probability), row(SIGN, selected), row(second, MINUS, first)
    return probability, selected, row(first, MINUS, second)


def _normaliser(names: Names, scores: Box) -> Box:
    scalar = Typesetter(names)
    j = Letter("j", "j")
    sign = Big(j, scalar.bound(Integer(1)), scalar.bound(names.model.scores.sizes[-1]))
    return row(LOG, Space(""), sign, EXP, Fence(scores), DOT, names.one_hot(j))
