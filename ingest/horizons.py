"""The time that a judgement covers, where the heading, label or table cell above it says so."""

import re
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from ingest.briefing import Horizon, Window
from ingest.dates import MONTH, month_number
from ingest.rules import pattern
from ingest.timewords import YEAR, window_patterns, words

Unit = Literal["day", "week", "month", "quarter", "year", "decade"]
Period = tuple[date, date]

_HORIZONS: tuple[Horizon, ...] = ("long", "medium", "short")
_SHORT_NAMES = {"mth": "month", "mo": "month", "yr": "year"}
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_ANY_DAY = date(2001, 1, 1)


def label_window(text: str, published: date | None, parent: bool = False, forecast: bool = False) -> Window | None:
    """The window that a heading or label names, or None if the text is no such label.

    A label says little else than its time; that of a heading or of a bullet with others under it (`parent`) may go on:
    "Short-term outlook for the port". Bare dates ("November 2025 - January 2026") are a label under a `forecast`.
    """
    if len(text) > 120 or re.search(r"[.;!?”\"“]\s*\Z|^[\"“a-z]", text):
        return None
    term, rest = _term(text)
    printed = [(found.start(), kind, found) for kind, one in window_patterns().items() if (found := one.search(rest))]
    _, kind, found = min(printed, key=lambda one: one[0], default=(0, "", None))
    beside = rest
    for known in (*window_patterns().values(), pattern("horizons", "labels", "filler")):
        beside = known.sub(" ", beside)
    if term is None:
        bare = re.sub(r"[\W\d]+", " ", beside).strip()
        term = next((name for name in _HORIZONS if bare and pattern("horizons", "bare", name).fullmatch(bare)), None)
        beside = "" if term else beside
    says_more = re.search(r"\w", beside) and not (parent and is_forecast(text))
    if says_more or (term is None and not (found and (forecast or _looks_ahead(kind, rest)))):
        return None
    opens, closes = _window(kind, found, published or _ANY_DAY) if found else (None, None)
    horizon = term or _horizon_of(kind, opens, closes, published)
    opens, closes = (opens, closes) if published else (None, None)
    return Window(horizon, " ".join(text.split()).rstrip(":"), opens, closes) if horizon != "none" else None


def is_forecast(text: str) -> bool:
    """Whether a heading opens a forecast."""
    return bool(pattern("horizons", "labels", "forecast").search(text))


def _term(text: str) -> tuple[Horizon | None, str]:
    """The horizon that the words of a label name, and the label without them and what brackets add."""
    term: Horizon | None = None
    rest = text
    for name in _HORIZONS:
        if pattern("horizons", "terms", name).search(rest):
            term, rest = term or name, pattern("horizons", "terms", name).sub(" ", rest)
    if term and not any(printed.search(rest) for printed in window_patterns().values()):
        rest = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|/[^/]*/", " ", rest)
    return term, rest


def _looks_ahead(kind: str, text: str) -> bool:
    """Whether a window without a word for its horizon is one of a forecast: dates alone may be those of a chronicle."""
    led = re.match(r"\W*(?:to|until|till|through|by)\b", text, re.I)
    return kind not in ("calendar", "long") or is_forecast(text) or led is not None


def _horizon_of(kind: str, opens: date | None, closes: date | None, published: date | None) -> Horizon:
    if kind in ("onwards", "calendar") and published is None:
        return "none"
    if closes is not None:
        return horizon_until(closes, published or _ANY_DAY)
    later = opens and opens >= add(published or _ANY_DAY, 12, "month")
    return "long" if later or kind == "onwards" else "medium"


def _window(kind: str, found: re.Match[str], published: date) -> tuple[date | None, date | None]:
    """The first and last day of a window, as far as they are printed."""
    if kind == "onwards":
        return date(int(found["year"]), 1, 1), None
    if kind == "calendar":
        return published, _calendar_end(found.group())
    unit, count = unit_of(found["unit"]), count_of(found["count"] or "1")
    if kind == "range":
        low = count_of(found["low"] or "0")
        return add(published, low, unit_of(found["low_unit"] or unit)), add(published, count, unit)
    last = add(published, count, unit)
    return (last, None) if kind in ("beyond", "more") else (published, last)


def _calendar_end(text: str) -> date:
    years = [int(year) for year in re.findall(YEAR, text)]
    if short := re.search(r"20(\d\d)\s*[-–/]\s*(\d\d)\b(?!\d)", text):
        years.append(2000 + int(short.group(2)))
    if months := re.findall(MONTH, text, re.I):
        return month_end(years[-1], month_number(months[-1]))
    return month_end(years[-1], next((month for mark, month in words()["ends"].items() if mark in text.lower()), 12))


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
        return day + timedelta(days=min(round(count * (7 if unit == "week" else 1)), 1_000_000))
    later: date = day + relativedelta(months=min(int(count * _MONTHS[unit]), 60_000))
    return later


def calendar(unit: Unit, day: date) -> Period:
    """The calendar week, month ... that a day lies in."""
    if unit == "week":
        opens = day - timedelta(days=day.weekday())
        return opens, opens + timedelta(days=6)
    if unit == "day":
        return day, day
    months = _MONTHS[unit]
    opens = date(day.year, day.month, 1) - relativedelta(months=(day.year * 12 + day.month - 1) % months)
    return opens, add(opens, months, "month") - timedelta(days=1)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    last: date = date(year, month, 1) + relativedelta(day=31)
    return last


def count_of(text: str) -> float:
    """The number that a word or digits mean; of a range ("two to three") the last."""
    numbers: dict[str, int] = words()["numbers"]
    last = re.split(r"\s(?:to|or)\s|\s?[-–—]\s?(?=\d)", text.lower().strip())[-1]
    return float(numbers.get(last, 0) or last)


def unit_of(text: str) -> Unit:
    """The unit that "mo", "yrs" or "Months" mean."""
    name = text.lower()
    return _SHORT_NAMES.get(name, name)  # type: ignore[return-value]
