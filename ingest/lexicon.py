"""The words that say how likely something is, their bands and the patterns around them, as estimative.toml has them."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from ingest.briefing import Kind

# The tables of forms; where two hold the same form, the last has it.
_TABLES: Final[dict[str, Kind]] = {
    "modals": "modal",
    "hedges": "hedge",
    "mentions": "mention",
    "comparatives": "comparative",
    "terms": "term",
}
_JUDGING: Final = ("term", "comparative", "mention")
_GAP = re.compile(r"[ -]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A word or phrase that bears on likelihood: its span in the text, its base form and its band, if it has one.

    `form` is the form as it stands, folded. `negated`: "not likely", "no suspect is likely".
    """

    kind: Kind
    start: int
    end: int
    canonical: str
    band: str | None
    form: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What estimative.toml holds. `finder` finds every form, `quick` those that a judgement cannot do without.

    `patterns` are for folded text, `reading` for the text as it stands.
    """

    finder: re.Pattern[str]
    quick: re.Pattern[str]
    meanings: dict[str, tuple[Kind, str, str | None]]
    sets: dict[str, frozenset[str]]
    patterns: dict[str, re.Pattern[str]]
    reading: dict[str, re.Pattern[str]]
    levels: dict[str, float]
    hints: tuple[str, ...]
    predicates: dict[str, tuple[Kind, str, str]]

    def meaning(self, form: str) -> tuple[Kind, str, str | None] | None:
        """Kind, base form and band of a form, however it is spaced and hyphened; None for what is no form."""
        return self.meanings.get(_key(form))


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    raw = tomllib.loads(files("ingest").joinpath("estimative.toml").read_text(encoding="utf-8"))
    meanings: dict[str, tuple[Kind, str, str | None]] = {}
    everything: list[str] = []
    judging: list[str] = []
    rows = (
        (kind, band, canonical, form)
        for table, kind in _TABLES.items()
        for band, lexemes in raw[table].items()
        for canonical, forms in lexemes.items()
        for form in forms
    )
    for kind, band, canonical, form in rows:
        meanings[_key(form)] = (kind, canonical, None if band == "unspecified" else band)
        everything.append(form)
        if kind in _JUDGING and not form.endswith(raw["seldom"]):
            judging.append(form)
    return Lexicon(
        finder=_finder(everything),
        quick=_finder(judging),
        meanings=meanings,
        sets={name: frozenset(some) for name, some in raw["words"].items()},
        patterns={name: re.compile(pattern) for name, pattern in raw["patterns"].items()},
        reading={name: re.compile(pattern) for name, pattern in raw["reading"].items()},
        levels=dict(raw["levels"]),
        hints=tuple(raw["hints"]),
        predicates={name: (kind, canonical, band) for name, (kind, canonical, band) in raw["predicates"].items()},
    )


def level_of(band: str | None) -> float | None:
    """The place of a band in the order of all bands, without unit; None for what has no band."""
    return lexicon().levels[band] if band else None


def bands() -> tuple[str, ...]:
    """The bands of all scales taken together, lowest first."""
    levels = lexicon().levels
    return tuple(sorted(levels, key=levels.__getitem__))


def _key(form: str) -> str:
    return _GAP.sub("", form.lower())


def _finder(forms: Iterable[str]) -> re.Pattern[str]:
    """One pattern for many forms, longest first; a hyphen inside a word is gone, so a space may be, too."""
    ordered = sorted(forms, key=len, reverse=True)
    parts = ([form] if form[0].isdigit() else _GAP.split(form) for form in ordered)
    written = "|".join(" ?".join(map(re.escape, part)) for part in parts)
    return re.compile(rf"(?<![a-z0-9])(?:{written})(?![a-z0-9])")
