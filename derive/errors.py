"""The one exception of bad input, and the one of a proof that fails."""

__all__ = ["InputError", "VerificationError"]


class InputError(ValueError):
    """Bad input; the message is one sentence: what is wrong, where, and what to type instead."""


class VerificationError(AssertionError):
    """A derived line that does not equal the one above it; the message names the step."""
