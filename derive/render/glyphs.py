"""Letters and marks as Unicode text and as LaTeX."""

from __future__ import annotations

__all__ = ["GREEK", "SUBSCRIPTS", "SUPERSCRIPTS", "bold", "subscript", "superscript"]

GREEK = {
    "alpha": ("α", r"\alpha"),
    "beta": ("β", r"\beta"),
    "gamma": ("γ", r"\gamma"),
    "delta": ("δ", r"\delta"),
    "epsilon": ("ε", r"\varepsilon"),
    "zeta": ("ζ", r"\zeta"),
    "eta": ("η", r"\eta"),
    "theta": ("θ", r"\theta"),
    "iota": ("ι", r"\iota"),
    "kappa": ("κ", r"\kappa"),
    "lambda": ("λ", r"\lambda"),
    "lam": ("λ", r"\lambda"),
    "mu": ("μ", r"\mu"),
    "nu": ("ν", r"\nu"),
    "xi": ("ξ", r"\xi"),
    "pi": ("π", r"\pi"),
    "rho": ("ρ", r"\rho"),
    "sigma": ("σ", r"\sigma"),
    "tau": ("τ", r"\tau"),
    "upsilon": ("υ", r"\upsilon"),
    "phi": ("φ", r"\varphi"),
    "chi": ("χ", r"\chi"),
    "psi": ("ψ", r"\psi"),
    "omega": ("ω", r"\omega"),
    "Gamma": ("Γ", r"\Gamma"),
    "Delta": ("Δ", r"\Delta"),
    "Theta": ("Θ", r"\Theta"),
    "Lambda": ("Λ", r"\Lambda"),
    "Xi": ("Ξ", r"\Xi"),
    "Pi": ("Π", r"\Pi"),
    "Sigma": ("Σ", r"\Sigma"),
    "Upsilon": ("Υ", r"\Upsilon"),
    "Phi": ("Φ", r"\Phi"),
    "Psi": ("Ψ", r"\Psi"),
    "Omega": ("Ω", r"\Omega"),
}

SUPERSCRIPTS = dict(
    zip(
        "0123456789+−-=()nicxvuhdlk′ᵀ*T",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᶜˣᵛᵘʰᵈˡᵏ′ᵀ*ᵀ",
        strict=True,
    )
)
SUBSCRIPTS = dict(zip("0123456789+−-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))

_BOLD_UPPER, _BOLD_LOWER, _BOLD_DIGIT, _BOLD_GREEK = 0x1D400, 0x1D41A, 0x1D7CE, 0x1D6C2


def superscript(text: str) -> str | None:
    """Return the text raised, in Unicode's superscripts; None where one of them does not exist."""
    raised = [SUPERSCRIPTS.get(c) for c in text]
    return None if None in raised else "".join(c for c in raised if c)


def subscript(text: str) -> str | None:
    """Return the text lowered, in Unicode's subscripts; None where one of them does not exist."""
    lowered = [SUBSCRIPTS.get(c) for c in text]
    return None if None in lowered else "".join(c for c in lowered if c)


def bold(text: str) -> str:
    """Return the text in Unicode's bold mathematical letters, for MathML and SVG."""

    def one(c: str) -> str:
        if "A" <= c <= "Z":
            return chr(_BOLD_UPPER + ord(c) - ord("A"))
        if "a" <= c <= "z":
            return chr(_BOLD_LOWER + ord(c) - ord("a"))
        if "α" <= c <= "ω":
            return chr(_BOLD_GREEK + ord(c) - ord("α"))
        if "0" <= c <= "9":
            return chr(_BOLD_DIGIT + ord(c) - ord("0"))
        return c

    return "".join(map(one, text))
