"""One line of a diagnosis: a topic, what was found, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

__all__ = ["Finding"]


@dataclass(frozen=True)
class Finding:
    """What was found about a topic; the remedy is empty where nothing limits the speed."""

    topic: str
    found: str
    remedy: str = ""

    def facts(self) -> dict[str, str]:
        """Return the finding for programs."""
        return asdict(self)
