"""The dates that a text names, in the ways that people, offices and machines write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["day", "month"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?:(?:19|20)\d\d)"
_SHORT_YEAR = r"(?:(?:19|20)\d\d|['’]?\d\d(?!\d))"
_WRITTEN = re.compile(
    rf"(?P<iso>\b(?P<iso_y>{_YEAR})-(?P<iso_m>0[1-9]|1[0-2])-(?P<iso_d>{_DAY})(?!\d))"
    rf"|(?P<group>\b(?P<group_d>{_DAY})(?:[01]\d|2[0-3])[0-5]\d\s?(?:[A-Z]|UTC|LOCAL)\s?(?P<group_m>{MONTH})\s?(?P<group_y>{_SHORT_YEAR}))"
    rf"|(?P<dmy>\b(?P<dmy_d>{_DAY})(?:st|nd|rd|th)?(?:\s?(?:[-–/]|to|and)\s?(?P<dmy_last>{_DAY})(?:st|nd|rd|th)?)?[\s.-]*(?:of\s)?(?P<dmy_m>{MONTH})\.?,?[\s-]+(?P<dmy_y>{_SHORT_YEAR})\b)"
    rf"|(?P<mdy>\b(?P<mdy_m>{MONTH})\.?\s(?P<mdy_d>{_DAY})(?:st|nd|rd|th)?(?:\s?(?:[-–]|to|and)\s?(?:(?P<mdy_next>{MONTH})\.?\s)?(?P<mdy_last>{_DAY}))?,?\s+(?P<mdy_y>{_YEAR})\b)"
    rf"|(?P<ymd>\b(?P<ymd_y>{_YEAR})[\s/.](?P<ymd_m>{MONTH}|0?[1-9]|1[0-2])[\s/.](?P<ymd_d>{_DAY})\b)"
    rf"|(?P<num>(?<![\d/.])(?P<num_m>{_DAY})(?P<num_sign>[/.-])(?P<num_d>{_DAY})(?P=num_sign)(?P<num_y>{_YEAR}|\d\d)(?![\d/]|[.-]\d))"
    rf"|(?P<my>\b(?P<my_m>{MONTH})\.?,?\s(?P<my_y>{_YEAR})\b)",
    re.I,
)
_MONTH_FIRST = re.compile(r"(?<![\d/])(?:0?[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01])/(?:\d{4}|\d\d)(?![\d/])")
_DAY_FIRST = re.compile(r"(?<![\d/])(?:1[3-9]|2\d|3[01])/(?:0?[1-9]|1[0-2])/(?:\d{4}|\d\d)(?![\d/])")
_AMERICAN = re.compile(
    rf"\b{MONTH}\.?\s{_DAY},\s{_YEAR}|\b\d{{1,4}} [AP]M [ECMPA][SD]T\b|\bU\.S\. (?:Government|Congress)", re.I
)
_BRITISH = re.compile(rf"\b{_DAY}(?:st|nd|rd|th)?\s{MONTH}\s{_YEAR}", re.I)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text; one without a day is the first of its month."""

    start: int
    end: int
    date: date
    precision: Precision = "day"


def is_american(text: str) -> bool:
    """Whether a document writes the month first, which decides 04/05/2026.

    A date that can be read in one way only is proof (04/22/2026); without one, "April 22, 2026" against "22 April 2026"
    and American time zones are. In doubt the day comes first.
    """
    if _MONTH_FIRST.search(text) or _DAY_FIRST.search(text):
        return not _DAY_FIRST.search(text)
    return bool(_AMERICAN.search(text)) and not _BRITISH.search(text)


def find_dates(text: str, american: bool = False) -> Iterator[Dated]:
    """The dates in a text, in order; a range such as "20-21 September 2016" counts as its last day."""
    for found in _WRITTEN.finditer(text):
        if day := _read(found, american):
            yield Dated(found.start(), found.end(), day, "month" if found.lastgroup == "my" else "day")


def first_date(text: str, american: bool = False) -> Dated | None:
    """The first date in a text."""
    return next(find_dates(text, american), None)


def _read(found: re.Match[str], american: bool) -> date | None:
    """A date, or None where the calendar has none; two-digit years below 60 are of this century."""
    # The group that closes last is the one around the whole date.
    kind = f"{found.lastgroup}_"
    part = {name.removeprefix(kind): text for name, text in found.groupdict().items() if text and name.startswith(kind)}
    month, day = part.get("next") or part["m"], part.get("last") or part.get("d") or "1"
    number = month_number(month)
    # Written a/b/year: the day comes first, but in America, or where there is no such month.
    if kind == "num_" and not (int(day) > 12 or (american and part["sign"] != "." and number <= 12)):
        number, day = int(day), str(number)
    year = int(part["y"].lstrip("'’"))
    if year < 100:
        year += 2000 if year < 60 else 1900
    try:
        return date(year, number, int(day))
    except ValueError:
        return None


def month_number(name: str) -> int:
    """1 for "January", "Jan", "JAN" ... and "1"."""
    return int(name) if name.isdecimal() else _MONTHS.index(name[:3].lower()) + 1
