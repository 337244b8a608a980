"""Which known name somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return " (did you mean …?)" with the known name that looks most like it, or "".

    Names of the same letters in another order come first: tahn is tanh rather than tan.
    """
    from difflib import get_close_matches

    candidates = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(name.lower(), candidates, cutoff=cutoff)
    close.sort(key=lambda candidate: sorted(candidate) != sorted(name.lower()))
    return f" (did you mean {candidates[close[0]]}?)" if close else ""
