"""One measured thing beside its floor, as a line of the report."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = f"{'':46}{'ours':>12}{'floor':>12}{'x time':>9}"


@dataclass(frozen=True, slots=True)
class Line:
    """`rate`, `floor`: units per second, the unit in the name; `ratio`: how many times the floor's time it takes."""

    name: str
    rate: float
    floor: float
    ratio: float

    def __str__(self) -> str:
        """The line."""
        return f"{self.name:46}{self.rate:12,.0f}{self.floor:12,.0f}{self.ratio:9.2f}"
