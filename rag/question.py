"""What a question asks for: its content words, its names and numbers, and the kind of answer that would satisfy it."""

import calendar
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from ingest.briefing import Horizon

_WORD = re.compile(r"[^\W\d_][\w’'-]*|\d[\d.,:]*\d|\d")
_FOCUS = re.compile(
    r"\b(?:how many|how much|which|what (?:kind|sort|share|percentage|proportion|number) of|what)\s+"
    r"(?:of\s+)?((?:[\w’'-]+\s+){0,4}?[\w’'-]+)"
    r"(?=\s+(?:of|in|on|at|did|does|do|is|are|was|were|has|have|had|will|would|can|could|may|might|for|to|that|who|"
    r"from|outside|by|with|be|been|under|over|after|before|during|between|among|since|until)\b|\s*[?.,!]|\s*$)",
    re.IGNORECASE,
)
# Function words: they carry no subject matter, so they neither match nor miss.
_FUNCTION_WORDS = """
a an the of to in on at by for with and or but is are was were be been being do does did has have had it its
this that these those as from into than then so if not no how what which who whom whose when where why will
can would could should may might must shall about there their they them he she his her we our us you your i me
my any some such s t ll ve re d m don doesn didn won isn aren wasn weren get got go going just also more most
much many
"""
STOPWORDS = frozenset(_FUNCTION_WORDS.split())


@dataclass(frozen=True, slots=True)
class Question:
    """A question as read.

    `kinds` are the answer types it asks for, `focus` the noun it wants ("soldiers"), `period` the first and the last
    day of a time that it names ("in the summer of 2026").
    """

    text: str
    words: tuple[str, ...]
    names: tuple[str, ...]
    kinds: frozenset[str]
    specific: bool
    focus: str | None
    horizon: Horizon | None
    period: tuple[date, date] | None
    bottom_line: bool


@cache
def rules() -> dict[str, Any]:
    """The patterns of question.toml, compiled."""
    raw = tomllib.loads(Path(__file__).with_name("question.toml").read_text(encoding="utf-8"))
    return {
        section: {
            key: {k: _compiled(v) for k, v in value.items()} if isinstance(value, dict) else _compiled(value)
            for key, value in table.items()
        }
        for section, table in raw.items()
    }


def _compiled(value: Any) -> Any:
    return re.compile(value, re.IGNORECASE) if isinstance(value, str) else value


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that carry its subject matter, in lower case and in order."""
    words = (word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(text))
    return tuple(word for word in words if word not in STOPWORDS)


def read_question(text: str) -> Question:
    """What a question asks for; never fails, whatever the text."""
    kinds = rules()["kinds"]
    asked = frozenset(name for name, kind in kinds.items() if kind["asks"].search(text))
    specific = any(map(is_specific, asked)) and "reason" not in asked
    return Question(
        text=text,
        words=content_words(text),
        names=_names(text),
        kinds=asked,
        specific=specific,
        focus=_focus(text),
        horizon=_horizon(text),
        period=_period(text),
        bottom_line=bool(rules()["bottom_line"]["asks"].search(text)),
    )


@lru_cache(maxsize=16_384)
def shows(kind: str, sentence: str) -> bool:
    """Whether a sentence has what a question of this kind asks for."""
    return bool(rules()["kinds"][kind]["shows"].search(sentence))


def is_specific(kind: str) -> bool:
    """Whether a kind of question wants one particular fact."""
    return bool(rules()["kinds"][kind]["specific"])


def leans_on_previous(sentence: str) -> bool:
    """Whether a sentence starts with a word that refers to the sentence before it."""
    start = sentence.lstrip("\"'“‘(").lstrip()
    referring = rules()["referring"]
    return bool(referring["starts"].match(start)) and not referring["except"].match(start)


def _names(text: str) -> tuple[str, ...]:
    """Capitalised words after the first, and numbers: what an answer has to be about."""
    words = list(_WORD.finditer(text))
    return tuple(
        word.group().lower().replace("’", "'").removesuffix("'s")
        for place, word in enumerate(words)
        if (word.group()[0].isdigit() or (place and word.group()[0].isupper()))
        and word.group().lower() not in STOPWORDS
    )


def _focus(text: str) -> str | None:
    match = _FOCUS.search(text)
    words = [word for word in content_words(match.group(1)) if not word[0].isdigit()] if match else []
    return words[-1] if words else None


def _horizon(text: str) -> Horizon | None:
    """The horizon that a question names ("in the longer term"), or None."""
    return next((cast(Horizon, name) for name, words in rules()["horizons"].items() if words.search(text)), None)


def _period(text: str) -> tuple[date, date] | None:
    """The time that a question names, by year with its season, month or part of the year."""
    table = rules()["periods"]
    match = table["pattern"].search(text)
    if match is None:
        return None
    year, part = int(match.group("year")), match.group("part")
    months = next((span for name, span in table["months"].items() if part and part.lower().startswith(name)), (1, 12))
    first, last = months
    # A winter is named for the year in which it begins, or for the one in which it ends.
    ends = year if last >= first else year + 1
    return date(year, first, 1), date(ends, last, calendar.monthrange(ends, last)[1])
