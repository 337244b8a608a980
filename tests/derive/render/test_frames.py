"""Pieces are spread over few frames, about equally full, and none is fuller than a page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.render.frames import GAP, PAGE, Piece, paginate

heights = st.lists(st.floats(0.8, 6.0), min_size=1, max_size=30)


@given(heights)
@settings(max_examples=50, deadline=None)
def test_no_frame_is_fuller_than_a_page_and_every_piece_is_on_one(sizes: list[float]) -> None:
    pieces = [Piece(f"<{k}>", size) for k, size in enumerate(sizes)]
    bodies = [frame.body for frame in paginate("t", pieces)]
    assert "\n\n".join(bodies).split("\n\n") == [piece.latex for piece in pieces]
    for body in bodies:
        on_it = [pieces[int(latex[1:-1])].height for latex in body.split("\n\n")]
        assert sum(on_it) + GAP * (len(on_it) - 1) <= PAGE + 1e-9


def test_the_last_frame_is_no_widow() -> None:
    frames = list(paginate("t", [Piece(str(k), 1.0) for k in range(12)]))
    assert [len(frame.body.split("\n\n")) for frame in frames] == [6, 6]
    assert [frame.title for frame in frames] == ["t", "t (continued)"]


@pytest.mark.parametrize("tight", [False, True])
def test_only_derivations_are_ticked(tight: bool) -> None:
    (frame,) = paginate("t", [Piece("x", 1.0)], "(7)", tight=tight)
    assert frame.checked is tight


def test_a_piece_stays_with_what_it_continues_where_a_frame_holds_both():
    third = 0.35 * PAGE
    pieces = [Piece("a", third), Piece("b", third, waits=True), Piece("c", third, tied=True)]
    assert [frame.body for frame in paginate("t", pieces)] == ["a", "b\n\nc"]
