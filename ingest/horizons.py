"""The time that a judgement covers, where the heading, label or table cell above it says so."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from ingest.briefing import Horizon, Window
from ingest.dates import MONTH, month_number
from ingest.timewords import YEAR, label_pattern, words

Unit = Literal["day", "week", "month", "quarter", "year", "decade"]
Period = tuple[date, date]

_SHORT_NAMES = {"mth": "month", "mo": "month", "yr": "year"}


@dataclass(frozen=True, slots=True)
class _Rules:
    label: re.Pattern[str]
    terms: tuple[tuple[Horizon, re.Pattern[str], re.Pattern[str]], ...]
    filler: re.Pattern[str]
    forecast: re.Pattern[str]


@cache
def _rules() -> _Rules:
    order: tuple[Horizon, ...] = ("long", "medium", "short")
    terms, bare, labels = words()["terms"], words()["bare"], words()["labels"]
    return _Rules(
        label=re.compile(label_pattern(), re.I),
        terms=tuple((name, re.compile(rf"\b(?:{terms[name]})", re.I), re.compile(bare[name], re.I)) for name in order),
        filler=re.compile(labels["filler"], re.I),
        forecast=re.compile(labels["forecast"], re.I),
    )


def label_window(text: str, published: date | None, parent: bool = False, forecast: bool = False) -> Window | None:
    """The window that a heading or label names, or None if the text is no such label.

    A label says little else than its time; that of a heading or of a bullet with others under it (`parent`) may go on:
    "Short-term outlook for the port". Bare dates ("November 2025 - January 2026") are a label under a `forecast`.
    """
    rules = _rules()
    if len(text) > 120 or re.search(r"[.;!?”\"“]\s*\Z|^[\"“a-z]", text):
        return None
    term, rest = _term(text)
    found = rules.label.search(rest)
    beside = rules.filler.sub(" ", rules.label.sub(" ", rest))
    if term is None:
        bare = re.sub(r"[\W\d]+", " ", beside).strip()
        term = next((name for name, _, pattern in rules.terms if bare and pattern.fullmatch(bare)), None)
        beside = "" if term else beside
    says_more = re.search(r"\w", beside) and not (parent and rules.forecast.search(text))
    if says_more or (term is None and not (found and (forecast or _looks_ahead(found)))):
        return None
    opens, closes = _window(found, published) if found else (None, None)
    horizon = term or _horizon_of_window(found, opens, closes, published)
    return Window(horizon, " ".join(text.split()).rstrip(":"), opens, closes) if horizon != "none" else None


def is_forecast(text: str) -> bool:
    """Whether a heading opens a forecast."""
    return bool(_rules().forecast.search(text))


def _term(text: str) -> tuple[Horizon | None, str]:
    """The horizon that the words of a label name, and the label without them and what brackets add."""
    term: Horizon | None = None
    rest = text
    for name, pattern, _ in _rules().terms:
        if pattern.search(rest):
            term, rest = term or name, pattern.sub(" ", rest)
    if term and not _rules().label.search(rest):
        rest = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|/[^/]*/", " ", rest)
    return term, rest


def _looks_ahead(found: re.Match[str]) -> bool:
    """Whether a window without a word for its horizon is one of a forecast: dates alone may be those of a chronicle."""
    counted = found["calendar"] is None and not (found["within"] and found["limit2"])
    return (
        counted
        or _rules().forecast.search(found.string) is not None
        or re.match(r"\W*(?:to|until|till|through|by)\b", found.string, re.I) is not None
    )


def _horizon_of_window(
    found: re.Match[str] | None, opens: date | None, closes: date | None, published: date | None
) -> Horizon:
    if found is None or (published is None and found.lastgroup in ("onwards", "calendar")):
        return "none"
    today = published or date(2000, 1, 1)
    if published is None:
        opens, closes = _window(found, today)
    if closes is not None:
        return horizon_until(closes, today)
    if found["onwards"]:
        return "long"
    return "long" if opens and opens >= add(today, 12, "month") else "medium"


def _window(found: re.Match[str], published: date | None) -> tuple[date | None, date | None]:
    """The first and last day of a window, as far as they are printed and can be counted."""
    if published is None:
        return None, None
    if found["range"]:
        unit = unit_of(found["high_unit"])
        low = 0.0 if found["from_now"] else count_of(found["low"])
        return add(published, low, unit_of(found["low_unit"] or unit)), add(published, count_of(found["high"]), unit)
    for name in ("floor", "floor2", "floor3"):
        if found["beyond"] and found[name]:
            return add(published, count_of(found[name]), unit_of(found[f"{name}_unit"])), None
    if found["within"]:
        name = "limit2" if found["limit2"] else "limit"
        return published, add(published, count_of(found[name] or "1"), unit_of(found[f"{name}_unit"]))
    if found["onwards"]:
        return date(int(found["onward_year"] or found["onward_year2"]), 1, 1), None
    return published, _calendar_end(found["calendar"])


def _calendar_end(text: str) -> date | None:
    years = [int(year) for year in re.findall(YEAR, text)]
    if short := re.search(r"20(\d\d)\s*[-–/]\s*(\d\d)\b(?!\d)", text):
        years.append(2000 + int(short.group(2)))
    year, months = years[-1], re.findall(rf"{MONTH}", text, re.I)
    lowered = text.lower()
    if months:
        return month_end(year, month_number(months[-1]))
    for mark, month in (
        ("q1", 3),
        ("q2", 6),
        ("q3", 9),
        ("q4", 12),
        ("h1", 6),
        ("first half", 6),
        ("mid", 6),
        ("early", 3),
    ):
        if mark in lowered:
            return month_end(year, month)
    return date(year, 12, 31)


def horizon_until(closes: date, published: date) -> Horizon:
    """Short up to three months ahead, medium up to twelve, long beyond; none for what is past."""
    if closes < published:
        return "none"
    if closes <= add(published, 3, "month"):
        return "short"
    return "medium" if closes <= add(published, 12, "month") else "long"


def add(day: date, count: float, unit: Unit) -> date:
    """The day `count` units later; a month later is the same day of the next month, or its last."""
    if unit in ("day", "week"):
        return day + timedelta(days=round(count * (7 if unit == "week" else 1)))
    whole = day.month - 1 + int(count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit])
    year, month = day.year + whole // 12, whole % 12 + 1
    if year > 9000:
        return date(9000, 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def calendar(unit: Unit, day: date) -> Period:
    """The calendar week, month ... that a day lies in."""
    if unit == "week":
        opens = day - timedelta(days=day.weekday())
        return opens, opens + timedelta(days=6)
    if unit == "day":
        return day, day
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
    first = ((day.year * 12 + day.month - 1) // months) * months
    opens = date(first // 12, first % 12 + 1, 1)
    return opens, add(opens, months, "month") - timedelta(days=1)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def count_of(text: str) -> float:
    """The number that a word or digits mean; of a range ("two to three") the last."""
    numbers: dict[str, int] = words()["numbers"]
    last = re.split(r"\s(?:to|or)\s|\s?[-–—]\s?(?=\d)", text.lower().strip())[-1]
    return float(numbers.get(last, 0) or last)


def unit_of(text: str) -> Unit:
    """The unit that "mo", "yrs" or "Months" mean."""
    name = text.lower()
    return _SHORT_NAMES.get(name, name)  # type: ignore[return-value]
