"""The times ahead that a sentence names itself: "by the end of the year", "within six weeks", "in March 2027"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

from ingest.briefing import Horizon
from ingest.dates import month_number
from ingest.horizons import Period, Unit, add, calendar, count_of, horizon_until, month_end, unit_of
from ingest.timewords import frame_pattern, words

_ANY_DAY = date(2001, 1, 1)
# "may" and "march" are verbs: a month is written with a capital.
_MONTHS = ("month", "date_month", "us_month")
_YEARS = ("date_year", "us_year", "month_year", "season_year", "year")
# Which piece of a period a word means; every other word means the last.
_PIECES = {
    "first": 0,
    "start": 0,
    "beginning": 0,
    "early": 0,
    "opening": 0,
    "second": 1,
    "middle": 1,
    "mid": 1,
    "third": 2,
}


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A time that lies ahead of the briefing, as a span of the sentence, and the horizon it means."""

    start: int
    end: int
    horizon: Horizon


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(words()["tense"][name])


@cache
def _hints() -> tuple[str, ...]:
    """Strings, in lower case, of which a sentence that names a time has at least one."""
    return tuple(words()["hints"])


def horizon_in(text: str, published: date | None, before: Horizon = "none") -> Horizon:
    """The horizon of the first time ahead that a sentence names, "none" without one; `before` as in `timeframes`."""
    return next((frame.horizon for frame in timeframes(text, published, before)), "none")


def timeframes(text: str, published: date | None, before: Horizon = "none") -> Iterator[Timeframe]:
    """The times ahead that a sentence names, in order; times past and times of a condition are left out.

    `before` is the horizon of the sentence before, to which "by then" and "in the same period" go back.
    """
    lowered = _lowered(text)
    if not any(map(lowered.__contains__, _hints())):
        return
    for found in frame_pattern().finditer(lowered):
        month = next((found.start(name) for name in _MONTHS if found[name]), None)
        if month is not None and not text[month].isupper():
            continue
        # The group that closes last is the one around the whole time, which has the name of its kind.
        kind = found.lastgroup or ""
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
    return bool(_pattern("conditional").search(clause))


def _is_past(found: re.Match[str]) -> bool:
    """Whether the words around a time speak of what has been; after "is likely to" a participle does not."""
    past, forward = _pattern("past"), _pattern("forward")
    if not _is_forward(found):
        return bool(past.search(found.string))
    if not _before(found, 150).strip() and (verb := past.search(found.string, found.end(), found.end() + 40)):
        # "In March we judged a default unlikely."
        return not forward.search(found.string, found.end(), verb.start())
    return bool(past.search(_before(found, 45))) and not forward.search(_before(found, 150))


def _is_forward(found: re.Match[str]) -> bool:
    return bool(_pattern("forward").search(found.string))


def _ahead(count: float, unit: Unit) -> Horizon:
    return horizon_until(add(_ANY_DAY, count, unit), _ANY_DAY)


def _read_counted(found: re.Match[str], published: date | None) -> Horizon:
    """A time counted from the briefing ("the next six weeks", "in a year"), or how long something is to last."""
    kind, text = found.lastgroup, found.group()
    count, unit = found[f"{kind}_count"], unit_of(found[f"{kind}_unit"])
    if not _is_counted_ahead(found):
        return "none"
    if count is None and not text.endswith("s"):
        if kind != "next" or found["the"] or "coming" in text or published is None:
            return _ahead(1, unit)
        opens, closes = calendar(unit, calendar(unit, published)[1] + timedelta(days=1))
        return horizon_until(opens + (closes - opens) / 2, published)
    number = count_of(count) if count else words()["plurals"][unit]
    return _ahead(number, unit)


def _is_counted_ahead(found: re.Match[str]) -> bool:
    """Whether a count of weeks or years is one from now on; a bare "for years" after no verb of lasting is none."""
    kind, text = found.lastgroup, found.group()
    if kind in ("next", "from_now") or found["time"]:
        return True
    if not _is_forward(found):
        return False
    if kind == "ahead":
        return not (_is_past(found) or _pattern("record").search(_before(found, 40)))
    if kind == "lasts":
        return not text.startswith("for") or bool(_pattern("lasting").search(_before(found, 60)))
    return True


def _read_term(found: re.Match[str], _published: date | None) -> Horizon:
    return "short" if found["short"] else "medium" if found["medium"] else "long"


def _read_half(found: re.Match[str], published: date | None) -> Horizon:
    """A half, a quarter, the last months of a year: this one unless it is over."""
    if published is None or _is_past(found):
        return "none"
    year = int(found["half_year"]) if found["half_year"] else published.year + bool(found["half_next"])
    period = _part_of(_year(year), found["half_part"])
    if period[1] < published and not (found["half_year"] or "year" in found.group()):
        period = _part_of(_year(year + 1), found["half_part"])
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
    if re.search(r"\b(?:since|previous|past|(?<!\bto )(?<!\band )last)\s*\Z", found.string[: found.start()]):
        return "none"
    if found["year"] and not found["side"] and int(found["year"]) <= published.year:
        return "none"
    side = _side(found["side"])
    printed = next((found[name] for name in _YEARS if found[name]), None)
    period = _period(found, int(printed)) if printed else _nearest(found, side, published)
    if period is None or period[1] < published:
        return "none"
    if period[0] <= published and side == "middle" and (_is_past(found) or not _is_forward(found)):
        return "none"
    if found["part"]:
        period = _part_of(period, found["part"])
        side = "closes" if found["part"] in ("end", "close") else side
    # A season is judged as a whole; by its middle the most of it is still to come.
    side = "closes" if found["season"] and side == "middle" and not found["part"] else side
    return _horizon_of((max(period[0], published), period[1]), side, published)


def _period(found: re.Match[str], year: int) -> Period | None:
    """The period that a named time means in a year; None where the calendar has no such day."""
    month = next((month_number(found[name]) for name in _MONTHS if found[name]), 0)
    day = int(found["date_day"] or found["us_day"] or 0)
    if found["day"] == "easter":
        month, day = easter(year).month, easter(year).day
    elif found["day"]:
        month, day = next(one for pattern, one in words()["days"].items() if re.fullmatch(pattern, found["day"]))
    if day:
        return (date(year, month, day),) * 2 if day <= month_end(year, month).day else None
    if month:
        return date(year, month, 1), month_end(year, month)
    if found["season"]:
        opens = date(year, words()["seasons"][found["season"]], 1)
        return opens, add(opens, 3, "month") - timedelta(days=1)
    return _year(year, int(found["year_last"] or year) % 100 + 2000)


def _year(first: int, last: int = 0) -> Period:
    return date(first, 1, 1), date(max(first, last), 12, 31)


def _nearest(found: re.Match[str], side: str, published: date) -> Period | None:
    """The next time that a name without a year means, after a preposition that looks ahead or in a sentence that does.

    A day of the last month is that day, and so past.
    """
    known = [period for step in (-1, 0, 1) if (period := _period(found, published.year + step))]
    ahead = [period for period in known if period[1] >= published]
    past = [period for period in known if period[1] < published]
    if not ahead or not past:
        return ahead[0] if ahead else None
    if side == "opens":
        return ahead[0]
    on_a_day_just_past = past[-1][0] == past[-1][1] and (published - past[-1][1]).days < 31
    return ahead[0] if _is_forward(found) and not _is_past(found) and not on_a_day_just_past else None


def _part_of(period: Period, part: str) -> Period:
    """The first or second half, a quarter, the start or the end of a period."""
    opens, closes = period
    pieces = {"half": 2, "quarter": 4}.get(part.split()[-1], 3)
    place = _PIECES.get(part.split()[0], pieces - 1)
    days = (closes - opens).days
    return opens + timedelta(days=days * place // pieces), opens + timedelta(days=days * (place + 1) // pieces)


def _horizon_of(period: Period, side: str, published: date) -> Horizon:
    opens, closes = period
    return horizon_until({"opens": opens, "middle": opens + (closes - opens) / 2}.get(side, closes), published)


def _side(word: str | None) -> str:
    return next((side for side, pattern in words()["sides"].items() if word and re.fullmatch(pattern, word)), "middle")


_READERS: dict[str, Callable[[re.Match[str], date | None], Horizon]] = {
    **dict.fromkeys(("next", "within", "ahead", "from_now", "lasts"), _read_counted),
    "term": _read_term,
    "half": _read_half,
    "next_year": _read_next_year,
    "this": _read_this,
    "soon": _read_soon,
    "named": _read_named,
}
