"""Rates with their n and Wilson 95 % interval, printed as a table beside their bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of n trials with its Wilson 95 % interval (Wilson 1927)."""

    share: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.share:.3f} [{self.low:.3f}, {self.high:.3f}] (n={self.n})"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `value` is the number where `shown` is only text, or counts against a most.

    `bar` is the least value that passes; for a most, both are negated.
    """

    name: str
    shown: Rate | str
    bar: float | None
    value: float | None = None

    @property
    def passes(self) -> bool:
        value = self.shown.share if self.value is None and isinstance(self.shown, Rate) else self.value
        return self.bar is None or (value is not None and value >= self.bar)


def wilson(trials: Sequence[bool]) -> Rate:
    """The rate of successes; of no trials at all it is 0 with the whole interval."""
    n = len(trials)
    if not n:
        return Rate(0.0, 0.0, 1.0, 0)
    share, z = sum(trials) / n, 1.96
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Rate(share, max(0.0, centre - half), min(1.0, centre + half), n)


def print_table(rows: Sequence[Row]) -> int:
    """Print the rows as a Markdown table; 0 if every bar is met, else 1."""
    print("| measure | figure | bar | met |\n|---|---|---|---|")
    for row in rows:
        bar = "" if row.bar is None else f">= {row.bar:g}" if row.bar >= 0 else f"<= {-row.bar:g}"
        print(f"| {row.name} | {row.shown} | {bar} | {'' if row.bar is None else 'yes' if row.passes else 'NO'} |")
    return 0 if all(row.passes for row in rows) else 1
