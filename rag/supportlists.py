"""The word lists and patterns of the support check, read from support.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.wordlists import lists


@dataclass(frozen=True, slots=True)
class SupportLists:
    """What support.toml holds; see there. `numbers` has those of wording.toml, too."""

    around: frozenset[str]
    openers: frozenset[str]
    name_endings: frozenset[str]
    linking: frozenset[str]
    telling: frozenset[str]
    single: frozenset[str]
    units: frozenset[str]
    numbers: dict[str, int]
    days: dict[str, int]
    months: dict[str, int]
    patterns: dict[str, re.Pattern[str]]


@cache
def support_lists() -> SupportLists:
    """The lists, read once."""
    raw = tomllib.loads(files("rag").joinpath("support.toml").read_text(encoding="utf-8"))
    return SupportLists(
        around=frozenset(raw["around"].split()),
        openers=frozenset(raw["openers"].split()),
        name_endings=frozenset(["", *raw["name_endings"].split()]),
        linking=frozenset(raw["linking"].split()),
        telling=frozenset(raw["telling"].split()),
        single=frozenset(raw["single"].split()),
        units=frozenset(raw["units"].split()),
        numbers=lists().numbers | raw["numbers"],
        days=raw["days"],
        months=raw["months"],
        patterns={name: re.compile(pattern, re.I) for name, pattern in raw["patterns"].items()},
    )


def lowered(word: str) -> str:
    """A word in lower case, in one spelling ("stabilization" as "stabilisation"), without the mark of a possessive."""
    return word.lower().replace("’", "'").removesuffix("'s").replace("iza", "isa").replace("ize", "ise")
