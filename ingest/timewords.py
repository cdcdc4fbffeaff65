"""The words and patterns of horizons.toml, by which briefings name times."""

import re
from functools import cache
from typing import Any

from ingest.dates import MONTH
from ingest.rules import rules

YEAR = r"20\d\d"


def words() -> dict[str, Any]:
    """The tables of horizons.toml."""
    return rules("horizons")


@cache
def window_patterns() -> dict[str, re.Pattern[str]]:
    """What a forecast's label prints, by kind: a range, a limit, an open end, or dates."""
    return {kind: re.compile(_filled(pattern), re.I) for kind, pattern in words()["windows"].items()}


@cache
def frame_pattern() -> re.Pattern[str]:
    """What a sentence in lower case says of a time, as a group named for its kind."""
    kinds = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in words()["frames"].items())
    # The boundary stands in front once: most places in a text then fail at the first step.
    return re.compile(_filled(rf"\b(?=\w)(?:{kinds})"))


def _filled(pattern: str) -> str:
    """A pattern with the pieces that it names in braces."""
    raw = words()
    pieces = raw["parts"] | {
        "number": "|".join(sorted(map(re.escape, raw["numbers"]), key=len, reverse=True)) + r"|\d+(?:\.\d+)?",
        "month": MONTH.lower(),
        "days": "|".join([*raw["days"], "easter"]),
        "sides": "|".join(raw["sides"].values()),
    }
    for name, piece in pieces.items():
        pattern = pattern.replace(f"{{{name}}}", piece)
    return pattern
