"""The time that a judgement covers: from a forecast's headings and labels, or from a time named in the sentence."""

import re
import tomllib
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ingest.briefing import Horizon, Window
from ingest.dates import MONTH, month_number

Unit = Literal["day", "week", "month", "quarter", "year", "decade"]
Period = tuple[date, date]

_UNIT = r"(?P<{0}>day|week|month|quarter|year|decade|mth|mo|yr)s?\b"
_YEAR = r"20\d\d"
_DASH = r"\s*(?:-|–|—|to|and|till|until)\s*"
_SHORT_NAMES = {"mth": "month", "mo": "month", "yr": "year"}
_PARTS = {"end": "end", "close": "end", "late": "end", "start": "start", "beginning": "start", "early": "start"}


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A time named in a sentence that lies ahead of the briefing, as a span of the sentence and the horizon it means."""

    start: int
    end: int
    horizon: Horizon


@dataclass(frozen=True, slots=True)
class _Rules:
    words: dict[str, Any]
    label: re.Pattern[str]
    frame: re.Pattern[str]
    hint: re.Pattern[str]
    terms: tuple[tuple[Horizon, re.Pattern[str], re.Pattern[str]], ...]
    filler: re.Pattern[str]
    forecast: re.Pattern[str]
    forward: re.Pattern[str]
    past: re.Pattern[str]
    conditional: re.Pattern[str]


@cache
def _rules() -> _Rules:
    words = tomllib.loads(Path(__file__).with_name("horizons.toml").read_text(encoding="utf-8"))
    number = "|".join(sorted(map(re.escape, words["numbers"]), key=len, reverse=True)) + r"|\d+(?:\.\d+)?"
    order: tuple[Horizon, ...] = ("long", "medium", "short")

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.I)

    return _Rules(
        words=words,
        label=compiled(_label_pattern(number)),
        frame=compiled(_frame_pattern(words, number)),
        hint=compiled(
            r"\b(?:days?|weeks?|months?|quarters?|years?|decades?|term|run|tonight|tomorrow|20\d\d|end-20|mid-20|year-end|q[1-4]"
            rf"|{'|'.join([*words['seasons'], *words['days']])}|{MONTH})\b"
        ),
        terms=tuple((name, compiled(rf"\b(?:{words['terms'][name]})"), compiled(words["bare"][name])) for name in order),
        filler=compiled(words["labels"]["filler"]),
        forecast=compiled(words["labels"]["forecast"]),
        **{name: compiled(words["tense"][name]) for name in ("forward", "past", "conditional")},
    )


def _label_pattern(number: str) -> str:
    unit = _UNIT.format
    return (
        rf"(?P<range>\b(?:(?P<from_now>now|today|present)|(?P<low>{number}))\s*(?:{unit('low_unit')})?{_DASH}"
        rf"(?P<high>{number})[- ]?{unit('high_unit')})"
        rf"|(?P<beyond>(?:>|≥|\b(?:beyond|more than|over|after|longer than|above|greater than)\b)\s*=?\s*(?P<floor>{number})"
        rf"[- ]?{unit('floor_unit')}|\b(?P<floor2>{number})\+?[- ]?{unit('floor2_unit')}\s*(?:\+|and (?:beyond|more|over)|or more|plus|onwards?)"
        rf"|\b(?P<floor3>\d+)\+[- ]?{unit('floor3_unit')})"
        rf"|(?P<within>(?:<|≤|\b(?:less than|under|up to|within|next|coming|first|over)\b)\s*=?\s*(?:the )?(?:next )?(?P<limit>{number})?[- ]?"
        rf"{unit('limit_unit')}|\b(?P<limit2>{number})[- ]{unit('limit2_unit')})"
        rf"|(?P<onwards>\b(?:beyond|after|from)\s(?P<onward_year>{_YEAR})|\b(?P<onward_year2>{_YEAR})\s?(?:\+|and beyond|onwards?))"
        rf"|(?P<calendar>(?:\b(?:to|until|till|through|by|in|for|end|mid|late|early|q[1-4]|h[12]|(?:first|second) half of|end of|{MONTH})"
        rf"[\s-]*)*\b{_YEAR}(?:\s*[-–/]\s*(?:{MONTH}\s)?(?:20)?\d\d)?)"
    )


def _frame_pattern(words: dict[str, Any], number: str) -> str:
    unit = _UNIT.format
    preposition = "|".join(words["prepositions"].values())
    season, day = "|".join(words["seasons"]), "|".join(words["days"])
    own = r"(?:the |its |their |his |her |this |a |an |next |coming |following )*"
    part = r"(?:(?P<{0}>(?:very )?(?:end|close|late|start|beginning|early|middle|mid)|(?:first|second) half|(?:first|second|third|fourth|last) quarter)(?:[- ]| of (?:the )?))?"
    return (
        rf"(?P<next>\b(?P<next_the>the |its )?(?:next|coming)\s(?:(?P<next_count>{number})\s)?{unit('next_unit')})"
        rf"|(?P<within>\b(?:within|inside|in less than|in under|in as little as)\s(?:just |about |roughly |at most )?(?:(?P<within_count>{number}|the)\s)?{unit('within_unit')})"
        rf"|(?P<ahead>\bin\s(?:(?:about|around|roughly|some)\s)?(?P<ahead_count>{number})\s{unit('ahead_unit')}(?P<time>[’']? time)?"
        rf"|\b(?P<from_count>{number})\s{unit('from_unit')}\sfrom now)"
        rf"|(?P<beyond>\b(?:beyond|after more than|not for)\s(?P<beyond_count>{number})\s{unit('beyond_unit')})"
        rf"|(?P<this>\b(?:later |earlier |by the end of |before the end of |for the rest of |before |by |end of )?(?:this|the (?:current|calendar))\s(?P<this_unit>week|month|quarter|year|decade)\b"
        rf"|\b(?:by|before|until|at|towards?|to) (?:the )?(?:end|close) of the (?P<the_unit>week|month|quarter|year|decade)\b)"
        rf"|(?P<soon>\btonight\b|\btomorrow\b|\bthis (?:morning|afternoon|evening)\b)"
        rf"|(?P<named>\b(?P<preposition>{preposition})\s(?:late |early |about |around )?{own}"
        rf"(?:(?P<day>{day})\b(?!['’]s)"
        rf"|{part.format('season_part')}(?:the )?(?P<season>{season})\b(?!['’]s)(?:\sof)?(?:\s(?P<season_year>{_YEAR}))?"
        rf"|(?P<date_day>\d\d?)(?:st|nd|rd|th)?\s(?P<date_month>{MONTH})\b(?:,?\s(?P<date_year>20\d\d))?"
        rf"|(?P<us_month>{MONTH})\s(?P<us_day>\d\d?)\b(?:,\s(?P<us_year>20\d\d))?"
        rf"|{part.format('month_part')}(?-i:(?P<month>{_capitalised()}))\b\.?(?!['’]s)(?:\s(?P<month_year>20\d\d))?"
        rf"|{part.format('year_part')}(?P<year>{_YEAR})(?![\d-])))"
        rf"|(?P<term>\bin the (?:(?P<short>short|near|nearer|shorter)|(?P<medium>medium|mid|intermediate)|(?P<long>long|longer))(?:er)?[- ](?:term|run)\b)"
    )


def _capitalised() -> str:
    # "may" and "march" are verbs; a month is written with a capital.
    return MONTH


def label_window(text: str, published: date | None, parent: bool = False) -> Window | None:
    """The window that a heading or label names, or None if the text is no such label.

    A label says little else than its time; that of a heading or of a bullet with others under it (`parent`) may go on:
    "Short-term outlook for the port".
    """
    rules = _rules()
    if len(text) > 120:
        return None
    rest, term = text, None
    for name, pattern, _ in rules.terms:
        if pattern.search(rest):
            term, rest = term or name, pattern.sub(" ", rest)
    found = rules.label.search(rest)
    rest = rules.label.sub(" ", rest)
    if term is None:
        bare = re.sub(r"[\W\d]+", " ", rules.filler.sub(" ", rest)).strip()
        term = next((name for name, _, pattern in rules.terms if bare and pattern.fullmatch(bare)), None)
        rest = "" if term else rest
    if term is None and found is None:
        return None
    if re.search(r"\w", rules.filler.sub(" ", rest)) and not (parent and rules.forecast.search(text)):
        return None
    opens, closes = _window(found, published) if found else (None, None)
    horizon = term or _horizon_of_window(found, opens, closes, published)
    return Window(horizon, " ".join(text.split()).rstrip(":"), opens, closes) if horizon != "none" else None


def _horizon_of_window(found: re.Match[str] | None, opens: date | None, closes: date | None, published: date | None) -> Horizon:
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
        unit = _unit(found["high_unit"])
        low = 0.0 if found["from_now"] else _count(found["low"])
        return add(published, low, _unit(found["low_unit"] or unit)), add(published, _count(found["high"]), unit)
    for name in ("floor", "floor2", "floor3"):
        if found["beyond"] and found[name]:
            return add(published, _count(found[name]), _unit(found[f"{name}_unit"])), None
    if found["within"]:
        name = "limit2" if found["limit2"] else "limit"
        return published, add(published, _count(found[name] or "1"), _unit(found[f"{name}_unit"]))
    if found["onwards"]:
        return date(int(found["onward_year"] or found["onward_year2"]), 1, 1), None
    return published, _calendar_end(found["calendar"])


def _calendar_end(text: str) -> date | None:
    years = [int(year) for year in re.findall(_YEAR, text)]
    if short := re.search(r"20(\d\d)\s*[-–/]\s*(\d\d)\b(?!\d)", text):
        years.append(2000 + int(short.group(2)))
    year, months = years[-1], re.findall(rf"{MONTH}", text, re.I)
    lowered = text.lower()
    if months:
        return _month_end(year, month_number(months[-1]))
    for mark, month in (("q1", 3), ("q2", 6), ("q3", 9), ("q4", 12), ("h1", 6), ("first half", 6), ("mid", 6), ("early", 3)):
        if mark in lowered:
            return _month_end(year, month)
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


def horizon_in(text: str, published: date | None) -> Horizon:
    """The horizon of the first time ahead that a sentence names, "none" without one."""
    return next((frame.horizon for frame in timeframes(text, published)), "none")


def timeframes(text: str, published: date | None) -> Iterator[Timeframe]:
    """The times ahead that a sentence names, in order; times past and times of a condition are left out."""
    rules = _rules()
    if not rules.hint.search(text):
        return
    for found in rules.frame.finditer(text):
        kind = next(name for name in _READERS if found[name])
        if _is_conditional(text, found.start()):
            continue
        if (horizon := _READERS[kind](found, published)) != "none":
            yield Timeframe(found.start(), found.end(), horizon)


def _is_conditional(text: str, place: int) -> bool:
    """Whether a place in a sentence lies in an if-clause."""
    clause = re.split(r"[,;:—]", text[:place])[-1]
    return bool(_rules().conditional.search(clause))


def _is_past(found: re.Match[str]) -> bool:
    """Whether the words around a time speak of what has been."""
    text = found.string
    before = re.split(r"[,;:]", text[max(0, found.start() - 45) : found.start()])[-1]
    return bool(_rules().past.search(before))


def _is_forward(found: re.Match[str]) -> bool:
    return bool(_rules().forward.search(found.string))


def _relative(count: float, unit: Unit) -> Horizon:
    today = date(2001, 1, 1)
    return horizon_until(add(today, count, unit), today)


def _read_next(found: re.Match[str], published: date | None) -> Horizon:
    unit = _unit(found["next_unit"])
    if found["next_count"]:
        return _relative(_count(found["next_count"]), unit)
    if found.group().rstrip().endswith("s"):
        return _relative(_rules().words["plurals"][unit], unit)
    if found["next_the"] or "coming" in found.group().lower() or published is None:
        return _relative(1, unit)
    ahead = _calendar(unit, published)[1] + timedelta(days=1)
    return _horizon_of(_calendar(unit, ahead), "middle", published)


def _read_within(found: re.Match[str], published: date | None) -> Horizon:
    unit = _unit(found["within_unit"])
    if _is_past(found) and not found.string[: found.start()].rstrip().endswith("will"):
        return "none"
    count = found["within_count"]
    if count is None:
        return _relative(_rules().words["plurals"][unit], unit)
    return _relative(1 if count.lower() == "the" else _count(count), unit)


def _read_ahead(found: re.Match[str], published: date | None) -> Horizon:
    if found["from_count"]:
        return _relative(_count(found["from_count"]), _unit(found["from_unit"]))
    if not found["time"] and (_is_past(found) or not _is_forward(found)):
        return "none"
    return _relative(_count(found["ahead_count"]), _unit(found["ahead_unit"]))


def _read_beyond(found: re.Match[str], published: date | None) -> Horizon:
    today = date(2001, 1, 1)
    opens = add(today, _count(found["beyond_count"]), _unit(found["beyond_unit"]))
    return "long" if opens >= add(today, 12, "month") else "medium"


def _read_this(found: re.Match[str], published: date | None) -> Horizon:
    lowered = found.group().lower()
    if published is None or "earlier" in lowered or (_is_past(found) and not _is_forward(found)):
        return "none"
    unit = _unit(found["this_unit"] or found["the_unit"])
    period = published, _calendar(unit, published)[1]
    bare = lowered.split()[0] == "this"
    if bare and not _is_forward(found) and unit != "year":
        return "none"
    return _horizon_of(period, "middle" if bare else "closes", published)


def _read_soon(found: re.Match[str], published: date | None) -> Horizon:
    return "none" if _is_past(found) else "short"


def _read_term(found: re.Match[str], published: date | None) -> Horizon:
    return "short" if found["short"] else "medium" if found["medium"] else "long"


def _read_named(found: re.Match[str], published: date | None) -> Horizon:
    if published is None:
        return "none"
    preposition = _side(found["preposition"])
    year, periods = _periods(found)
    if year is not None:
        period = periods(year)
    else:
        period = _nearest(found, preposition, [periods(published.year + step) for step in (-1, 0, 1)], published)
    if period is None or period[1] < published or (preposition == "middle" and _is_past(found) and period[0] <= published):
        return "none"
    if found["year"] and preposition == "middle" and period[0] <= published and not _is_forward(found):
        return "none"
    part = found["season_part"] or found["month_part"] or found["year_part"]
    if part:
        period = _part_of(period, part.lower())
        preposition = "closes" if part.split()[-1].lower() in ("end", "close") else preposition
    return _horizon_of((max(period[0], published), period[1]), preposition, published)


def _periods(found: re.Match[str]) -> tuple[int | None, Callable[[int], Period | None]]:
    """The year that a named time prints, if any, and the period it means in a given year."""
    if found["day"]:
        month, day = _rules().words["days"][found["day"].lower()]
        return None, lambda year: (date(year, month, day),) * 2
    if found["season"]:
        month = _rules().words["seasons"][found["season"].lower()]
        return _number(found["season_year"]), lambda year: (date(year, month, 1), add(date(year, month, 1), 3, "month") - timedelta(days=1))
    for name in ("date", "us"):
        if found[f"{name}_month"]:
            month, day = month_number(found[f"{name}_month"]), int(found[f"{name}_day"])
            return _number(found[f"{name}_year"]), lambda year: _one_day(year, month, day)
    if found["month"]:
        month = month_number(found["month"])
        return _number(found["month_year"]), lambda year: (date(year, month, 1), _month_end(year, month))
    return int(found["year"]), lambda year: (date(year, 1, 1), date(year, 12, 31))


def _nearest(found: re.Match[str], preposition: str, periods: list[Period | None], published: date) -> Period | None:
    """Which year a time without one means: the next, after a preposition that looks ahead; otherwise the nearest.

    In a sentence about what will or may be the future counts as nearer than it is, after a verb in the past the past does.
    """
    known = [period for period in periods if period]
    ahead = [period for period in known if period[1] >= published]
    past = [period for period in known if period[1] < published]
    if not ahead or not past:
        return ahead[0] if ahead else None
    if preposition == "opens" and not found["preposition"].lower() == "from":
        upcoming = [period for period in ahead if period[0] > published]
        return (upcoming or ahead)[0]
    if _is_past(found):
        return None
    weight = 0.55 if _is_forward(found) else 1.0
    return ahead[0] if (ahead[0][0] - published).days * weight <= (published - past[-1][1]).days else None


def _part_of(period: Period, part: str) -> Period:
    """The first or second half, a quarter, the start or the end of a period."""
    opens, closes = period
    days = (closes - opens).days
    if "quarter" in part:
        number = ("first", "second", "third", "fourth", "last").index(part.split()[0])
        quarter = min(number, 3)
        return opens + timedelta(days=days * quarter // 4), opens + timedelta(days=days * (quarter + 1) // 4)
    if "half" in part:
        middle = opens + timedelta(days=days // 2)
        return (opens, middle) if part.startswith("first") else (middle, closes)
    side = _PARTS.get(part.split()[-1], "middle")
    low, high = {"start": (0, 1), "middle": (1, 2), "end": (2, 3)}[side]
    return opens + timedelta(days=days * low // 3), opens + timedelta(days=days * high // 3)


def _horizon_of(period: Period, side: str, published: date) -> Horizon:
    opens, closes = period
    day = {"opens": opens, "closes": closes}.get(side, opens + (closes - opens) / 2)
    return horizon_until(day, published)


def _side(preposition: str) -> str:
    sides = _rules().words["prepositions"]
    return next((side for side in ("opens", "closes") if re.fullmatch(sides[side], preposition, re.I)), "middle")


def _calendar(unit: Unit, day: date) -> Period:
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


def _one_day(year: int, month: int, day: int) -> Period | None:
    return (date(year, month, day),) * 2 if 1 <= day <= monthrange(year, month)[1] else None


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _count(text: str) -> float:
    numbers: dict[str, int] = _rules().words["numbers"]
    return float(numbers.get(text.lower(), 0) or text)


def _unit(text: str) -> Unit:
    name = text.lower()
    return _SHORT_NAMES.get(name, name)  # type: ignore[return-value]


_READERS: dict[str, Callable[[re.Match[str], date | None], Horizon]] = {
    "next": _read_next,
    "within": _read_within,
    "ahead": _read_ahead,
    "beyond": _read_beyond,
    "this": _read_this,
    "soon": _read_soon,
    "term": _read_term,
    "named": _read_named,
}
