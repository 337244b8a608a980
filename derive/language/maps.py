"""Matrix expressions as linear maps: they are applied to a vector, never worked out as matrices.

(W + U) z is W z + U z, and (W V)ᵀ z is Vᵀ (Wᵀ z), so that each parameter meets a named vector.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Rational

__all__ = ["Chain", "LinearMap", "MapSum", "Matrix", "transpose"]


@dataclass(frozen=True)
class LinearMap:
    """A linear map; the subclasses say which."""


@dataclass(frozen=True)
class Matrix(LinearMap):
    """W or Wᵀ."""

    name: str
    transposed: bool = False

    @property
    def sizes(self) -> tuple[str, str]:
        """Return the size variables of what it gives and of what it takes."""
        rows, columns = f"rows of {self.name}", f"columns of {self.name}"
        return (columns, rows) if self.transposed else (rows, columns)


@dataclass(frozen=True)
class Chain(LinearMap):
    """The product of maps, the last of which is applied first."""

    maps: tuple[LinearMap, ...]


@dataclass(frozen=True)
class MapSum(LinearMap):
    """c₁ A + c₂ B + …"""

    terms: tuple[tuple[Rational, LinearMap], ...]


def transpose(linear: LinearMap) -> LinearMap:
    """Return the transposed map."""
    if isinstance(linear, Matrix):
        return Matrix(linear.name, not linear.transposed)
    if isinstance(linear, Chain):
        return Chain(tuple(transpose(part) for part in reversed(linear.maps)))
    assert isinstance(linear, MapSum)
    return MapSum(tuple((c, transpose(part)) for c, part in linear.terms))
