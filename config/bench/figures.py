"""What a measurement says, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A number with its unit, what it should be, and whether it is (None: only told)."""

    name: str
    value: str
    note: str = ""
    met: bool | None = None

    def line(self) -> str:
        """One line of the report."""
        mark = {True: "met", False: "MISSED", None: ""}[self.met]
        return f"  {self.name:<46} {self.value:>14}  {self.note:<34} {mark}".rstrip()


def spread(values: Sequence[float]) -> tuple[float, float]:
    """(median, 95th percentile)."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
