"""The times ahead that a sentence names itself: "by the end of the year", "within six weeks", "in March 2027"."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

from ingest.briefing import Horizon
from ingest.dates import month_number
from ingest.horizons import Period, Unit, add, calendar, count_of, horizon_until, month_end, unit_of
from ingest.timewords import frame_pattern, hints, words

_ANY_DAY = date(2001, 1, 1)
# "may" and "march" are verbs: a month is written with a capital.
_MONTHS = ("month", "date_month", "us_month")
_ORDINALS = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A time that lies ahead of the briefing, as a span of the sentence, and the horizon it means."""

    start: int
    end: int
    horizon: Horizon


@dataclass(frozen=True, slots=True)
class _Rules:
    hints: tuple[str, ...]
    frame: re.Pattern[str]
    sides: tuple[tuple[str, re.Pattern[str]], ...]
    seasons: dict[str, int]
    days: tuple[tuple[re.Pattern[str], int, int], ...]
    forward: re.Pattern[str]
    past: re.Pattern[str]
    conditional: re.Pattern[str]
    record: re.Pattern[str]
    lasting: re.Pattern[str]


@cache
def _rules() -> _Rules:
    raw = words()
    return _Rules(
        hints=hints(),
        frame=re.compile(frame_pattern()),
        sides=tuple((side, re.compile(pattern)) for side, pattern in raw["sides"].items()),
        seasons={**raw["seasons"], "fall": raw["seasons"]["autumn"]},
        days=tuple((re.compile(name), month, day) for name, (month, day) in raw["days"].items()),
        **{name: re.compile(pattern) for name, pattern in raw["tense"].items()},
    )


def horizon_in(text: str, published: date | None, before: Horizon = "none") -> Horizon:
    """The horizon of the first time ahead that a sentence names, "none" without one; `before` as in `timeframes`."""
    return next((frame.horizon for frame in timeframes(text, published, before)), "none")


def timeframes(text: str, published: date | None, before: Horizon = "none") -> Iterator[Timeframe]:
    """The times ahead that a sentence names, in order; times past and times of a condition are left out.

    `before` is the horizon of the sentence before, to which "by then" and "in the same period" go back.
    """
    rules = _rules()
    lowered = _lowered(text)
    if not any(map(lowered.__contains__, rules.hints)):
        return
    for found in rules.frame.finditer(lowered):
        month = next((found.start(name) for name in _MONTHS if found[name]), None)
        if month is not None and not text[month].isupper():
            continue
        kind = next(name for name in ("same", *_READERS) if found[name])
        horizon = before if kind == "same" else _READERS[kind](found, published)
        if horizon != "none" and not _is_conditional(found):
            before = horizon
            yield Timeframe(found.start(), found.end(), horizon)


def _lowered(text: str) -> str:
    """A text in lower case, in which every character stands where it stood; patterns without case are much faster."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(char.lower()[:1] for char in text)


def _before(found: re.Match[str], reach: int) -> str:
    """The words in front of a time, back to where its clause or a quotation begins."""
    before = found.string[max(0, found.start() - reach) : found.start()]
    return re.split(r"[,;:—]|\bthat\b|[\"“”]", before)[-1]


def _is_conditional(found: re.Match[str]) -> bool:
    clause = re.split(r"[,;:—]", found.string[: found.start()])[-1]
    return bool(_rules().conditional.search(clause))


def _is_past(found: re.Match[str]) -> bool:
    """Whether the words around a time speak of what has been; after "is likely to" a participle does not."""
    rules = _rules()
    if not _is_forward(found):
        return bool(rules.past.search(found.string))
    if not _before(found, 150).strip() and (verb := rules.past.search(found.string, found.end(), found.end() + 40)):
        # "In March we judged a default unlikely."
        return not rules.forward.search(found.string, found.end(), verb.start())
    return bool(rules.past.search(_before(found, 45))) and not rules.forward.search(_before(found, 150))


def _is_forward(found: re.Match[str]) -> bool:
    return bool(_rules().forward.search(found.string))


def _ahead(count: float, unit: Unit) -> Horizon:
    return horizon_until(add(_ANY_DAY, count, unit), _ANY_DAY)


def _counted_or_some(count: str | None, unit: Unit) -> float:
    return count_of(count) if count else words()["plurals"][unit]


def _read_next(found: re.Match[str], published: date | None) -> Horizon:
    unit, text = unit_of(found["next_unit"]), found.group()
    if found["next_count"] or text.endswith("s"):
        return _ahead(_counted_or_some(found["next_count"], unit), unit)
    if found["the"] or "coming" in text or published is None:
        return _ahead(1, unit)
    opens, closes = calendar(unit, calendar(unit, published)[1] + timedelta(days=1))
    return horizon_until(opens + (closes - opens) / 2, published)


def _read_within(found: re.Match[str], _published: date | None) -> Horizon:
    unit = unit_of(found["within_unit"])
    if not _is_forward(found):
        return "none"
    singular = found["within_count"] is None and not found.group().endswith("s")
    return _ahead(1 if singular else _counted_or_some(found["within_count"], unit), unit)


def _read_ahead(found: re.Match[str], _published: date | None) -> Horizon:
    if found["from_count"]:
        return _ahead(count_of(found["from_count"]), unit_of(found["from_unit"]))
    if not found["time"] and (_is_past(found) or not _is_forward(found) or _rules().record.search(_before(found, 40))):
        return "none"
    return _ahead(count_of(found["ahead_count"]), unit_of(found["ahead_unit"]))


def _read_lasts(found: re.Match[str], _published: date | None) -> Horizon:
    """How long something is to last; a bare "for years" after no verb of lasting says nothing."""
    unit, longer = unit_of(found["lasts_unit"]), bool(found["longer"])
    lasts = not found.group().startswith("for")
    if not _is_forward(found) or not (lasts or _rules().lasting.search(_before(found, 60))):
        return "none"
    if found["lasts_count"] is None and not found.group().endswith("s"):
        return _ahead(1, unit) if "another" in found.group() or "further" in found.group() else "none"
    count = _counted_or_some(found["lasts_count"], unit)
    return "long" if longer and add(_ANY_DAY, count, unit) >= add(_ANY_DAY, 1, "year") else _ahead(count, unit)


def _read_term(found: re.Match[str], _published: date | None) -> Horizon:
    return "short" if found["short"] else "medium" if found["medium"] else "long"


def _read_half(found: re.Match[str], published: date | None) -> Horizon:
    """A half, a quarter, the last months of a year: this one unless it is over."""
    if published is None or _is_past(found):
        return "none"
    year = int(found["half_year"]) if found["half_year"] else published.year + bool(found["half_next"])
    part, months = (
        found["half_part"],
        {"half": 6, "third": 4, "months": 3, "weeks": 1}.get(found["half_unit"], 3),
    )
    place = _ORDINALS.index(part) if part in _ORDINALS else 0 if part == "opening" else 12 // months - 1
    if found["half_unit"] in ("months", "weeks") and not found.group().endswith(("year", str(year))):
        return "none"
    opens = add(date(year, 1, 1), place * months, "month")
    period = opens, add(opens, months, "month") - timedelta(days=1)
    if period[1] < published and not (found["half_year"] or "year" in found.group()):
        period = add(period[0], 1, "year"), add(period[1], 1, "year")
    return _horizon_of(period, _side(found["half_side"]), published)


def _read_this(found: re.Match[str], published: date | None) -> Horizon:
    unit = unit_of(found["this_unit"] or found["the_unit"])
    if published is None or found["early"] or not _is_forward(found) or _is_past(found):
        return "none"
    return horizon_until(calendar(unit, published)[1], published)


def _read_next_year(_found: re.Match[str], published: date | None) -> Horizon:
    return horizon_until(date(published.year + 1, 12, 31), published) if published else "long"


def _read_soon(found: re.Match[str], _published: date | None) -> Horizon:
    return "none" if _is_past(found) else "short"


def _read_named(found: re.Match[str], published: date | None) -> Horizon:
    if published is None or (
        found["season"] and not re.search(r"\b(?:the|this|next|coming|its|in|by|20\d\d)\b", found.group())
    ):
        return "none"
    if found["year"] and not found["side"] and int(found["year"]) <= published.year:
        return "none"
    if re.search(r"\b(?:since|previous|past|(?<!\bto )(?<!\band )last)\s*\Z", found.string[: found.start()]):
        return "none"
    side = _side(found["side"])
    year, period_of = _periods(found)
    period = (
        period_of(year)
        if year is not None
        else _nearest(found, side, [period_of(published.year + step) for step in (-1, 0, 1)], published)
    )
    if period is None or period[1] < published:
        return "none"
    if period[0] <= published and side == "middle" and (_is_past(found) or not _is_forward(found)):
        return "none"
    part = found["season_part"] or found["month_part"] or found["year_part"]
    if part:
        period = _part_of(period, part)
        side = "closes" if part in ("end", "close") else side
    # A season is judged as a whole; by its middle the most of it is still to come.
    side = "closes" if found["season"] and side == "middle" and not part else side
    return _horizon_of((max(period[0], published), period[1]), side, published)


def _periods(found: re.Match[str]) -> tuple[int | None, Callable[[int], Period | None]]:
    """The year that a named time prints, if any, and the period it means in a given year."""
    if found["day"]:
        return None, lambda year: _feast(found["day"], year)
    for name in ("date", "us"):
        if found[f"{name}_month"]:
            month, day = month_number(found[f"{name}_month"]), int(found[f"{name}_day"])
            return _number(found[f"{name}_year"]), lambda year, month=month, day=day: _one_day(year, month, day)
    if found["month"]:
        month = month_number(found["month"])
        return _number(found["month_year"]), lambda year: (date(year, month, 1), month_end(year, month))
    if found["season"]:
        month = _rules().seasons[found["season"]]
        return _number(found["season_year"]), lambda year: (
            date(year, month, 1),
            add(date(year, month, 1), 3, "month") - timedelta(days=1),
        )
    last = int(found["year_last"] or found["year"]) % 100 + 2000
    return int(found["year"]), lambda year: (date(year, 1, 1), date(max(year, last), 12, 31))


def _feast(name: str, year: int) -> Period:
    month_and_day = next(((month, day) for pattern, month, day in _rules().days if pattern.fullmatch(name)), None)
    day = date(year, *month_and_day) if month_and_day else easter(year)
    return day, day


def _nearest(found: re.Match[str], side: str, periods: list[Period | None], published: date) -> Period | None:
    """Which year a time without one means: the next, after a preposition that looks ahead; otherwise the nearest.

    In a sentence about what will or may be it is the next, but for a day of the last month;
    after a verb in the past, none.
    """
    known = [period for period in periods if period]
    ahead = [period for period in known if period[1] >= published]
    past = [period for period in known if period[1] < published]
    if not ahead or not past:
        return ahead[0] if ahead else None
    if side in ("opens", "after") and found["side"] not in ("from", "after", "past"):
        return next((period for period in ahead if period[0] > published), ahead[0])
    if _is_past(found):
        return None
    since, until = (published - past[-1][1]).days, (ahead[0][0] - published).days
    if _is_forward(found):
        dated = past[-1][0] == past[-1][1] and (since < 31 or ((found["side"] or "") == "of" and since < until))
        return None if dated else ahead[0]
    return ahead[0] if until <= since else None


def _part_of(period: Period, part: str) -> Period:
    """The first or second half, a quarter, the start or the end of a period."""
    opens, closes = period
    if "half" in part or "quarter" in part:
        pieces, place = (
            (2, part.startswith("second"))
            if "half" in part
            else (4, _ORDINALS.index(part.split()[0].replace("last", "fourth")))
        )
    else:
        pieces, place = 3, {"start": 0, "beginning": 0, "early": 0, "middle": 1, "mid": 1}.get(part, 2)
    days = (closes - opens).days
    return opens + timedelta(days=days * place // pieces), opens + timedelta(days=days * (place + 1) // pieces)


def _horizon_of(period: Period, side: str, published: date) -> Horizon:
    opens, closes = period
    if side == "after":
        return horizon_until(closes + timedelta(days=1), published)
    return horizon_until({"opens": opens, "closes": closes}.get(side, opens + (closes - opens) / 2), published)


def _side(word: str | None) -> str:
    return next((side for side, pattern in _rules().sides if word and pattern.fullmatch(word)), "middle")


def _one_day(year: int, month: int, day: int) -> Period | None:
    return (date(year, month, day),) * 2 if 1 <= day <= monthrange(year, month)[1] else None


def _number(text: str | None) -> int | None:
    return int(text) if text else None


_READERS: dict[str, Callable[[re.Match[str], date | None], Horizon]] = {
    "next": _read_next,
    "within": _read_within,
    "ahead": _read_ahead,
    "lasts": _read_lasts,
    "term": _read_term,
    "half": _read_half,
    "next_year": _read_next_year,
    "this": _read_this,
    "soon": _read_soon,
    "named": _read_named,
}
