"""The patterns by which briefings name times, built from the words of horizons.toml."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from ingest.dates import MONTH

_MONTH = MONTH.lower()
YEAR = r"20\d\d"
_DASH = r"\s*(?:-|–|—|to|and|till|until)\s*"
_DETERMINER = r"(?:the |its |their |his |her |this |a |an |each )"


@cache
def words() -> dict[str, Any]:
    """The words and patterns of horizons.toml."""
    return tomllib.loads(Path(__file__).with_name("horizons.toml").read_text(encoding="utf-8"))


def _number() -> str:
    return "|".join(sorted(map(re.escape, words()["numbers"]), key=len, reverse=True)) + r"|\d+(?:\.\d+)?"


def _unit(name: str) -> str:
    return rf"(?P<{name}>day|week|month|quarter|year|decade|mth|mo|yr)s?\b"


def label_pattern() -> str:
    """What a forecast's label prints: a range, a limit, an open end, or dates."""
    number = _number()
    more = r"\b(?:beyond|more than|over|after|longer than|above|greater than)\b"
    less = r"\b(?:less than|under|up to|within|next|coming|first|over)\b"
    part = r"to|until|till|through|by|in|for|end|mid|late|early|q[1-4]|h[12]|(?:first|second) half of|end of"
    return (
        rf"(?P<range>\b(?:(?P<from_now>now|today|present)|(?P<low>{number}))\s*(?:{_unit('low_unit')})?{_DASH}"
        rf"(?P<high>{number})[- ]?{_unit('high_unit')})"
        rf"|(?P<beyond>(?:>|≥|{more})\s*=?\s*(?P<floor>{number})[- ]?{_unit('floor_unit')}"
        rf"|\b(?P<floor2>{number})\+?[- ]?{_unit('floor2_unit')}\s*"
        r"(?:\+|and (?:beyond|more|over)|or more|plus|onwards?)"
        rf"|\b(?P<floor3>\d+)\+[- ]?{_unit('floor3_unit')})"
        rf"|(?P<within>(?:<|≤|{less})\s*=?\s*(?:the )?(?:next )?(?P<limit>{number})?[- ]?{_unit('limit_unit')}"
        rf"|\b(?P<limit2>{number})[- ]{_unit('limit2_unit')})"
        rf"|(?P<onwards>\b(?:beyond|after|from)\s(?P<onward_year>{YEAR})"
        rf"|\b(?P<onward_year2>{YEAR})\s?(?:\+|and beyond|onwards?))"
        rf"|(?P<calendar>(?:\b(?:{part}|{MONTH})[\s-]*)*\b{YEAR}(?:\s*[-–/]\s*(?:{MONTH}\s)?(?:20)?\d\d)?)"
    )


def frame_pattern() -> str:
    """What a sentence in lower case says of a time: counted from now, by the calendar, or by name."""
    # The boundary stands in front once: most places in a text then fail at the first step.
    return rf"\b(?=\w)(?:{_counted()}|{_by_calendar()}|{_named()})"


def hints() -> tuple[str, ...]:
    """Strings, in lower case, of which a sentence that names a time has at least one."""
    return (*words()["hints"], *words()["seasons"])


def _counted() -> str:
    number = _number()
    numbers = rf"(?:(?:{number})(?:\s(?:to|or)\s|\s?[-–]\s?))?(?:{number})"
    soon = r"within|inside|in (?:less than|under|as little as)|in a matter of"
    stretch = r"at least|up to|about|around|some|as long as|more than|another|a further|well over|over"
    back = r"on that (?:day|date)|by then|by that (?:date|day|time)"
    back += r"|(?:in|over|during|within) (?:the same|that) (?:period|month|year|time)"
    return (
        rf"(?P<next>\b(?P<the>the |its )?(?:next|coming)\s(?:(?P<next_count>{numbers})\s)?{_unit('next_unit')})"
        rf"|(?P<within>\b(?:{soon})\s(?:just |about |roughly |at most |the )?"
        rf"(?:(?P<within_count>{numbers})\s)?{_unit('within_unit')}(?! of\b))"
        rf"|(?P<same>\b(?:{back})\b)"
        rf"|(?P<ahead>\bin\s(?:about |around |roughly |some )?(?P<ahead_count>{numbers})\s{_unit('ahead_unit')}"
        rf"(?P<time>[’']? time)?|\b(?P<from_count>{numbers})\s{_unit('from_unit')}\sfrom now)"
        rf"|(?P<lasts>\b(?:for|to last|will last|(?P<longer>beyond|after))\s(?:(?:{stretch})\s)*"
        rf"(?P<lasts_count>{numbers})?\s?(?:more )?{_unit('lasts_unit')})"
        r"|(?P<term>\bin the (?:(?P<short>short|near|immediate)|(?P<medium>medium|mid|intermediate)|(?P<long>long))"
        r"(?:er)?[- ](?:term|run|future)\b)"
    )


def _by_calendar() -> str:
    unit = r"(?P<{0}>week|month|quarter|year|decade)\b(?![’']s [^e])"
    lead = r"by|before|until|till|for|over|in|during|through|throughout|towards?|at|survives?|outlasts?|later in"
    part = r"first|second|third|fourth|last|final|closing|opening"
    return (
        rf"(?P<half>\b(?P<half_side>in|during|by|before|until|till|from|into)\sthe\s(?P<half_part>{part})\s"
        rf"(?P<half_unit>half|quarter|third|months|weeks)"
        rf"(?:\sof (?:(?P<half_year>{YEAR})|(?P<half_next>next year)|the year|this year))?)"
        r"|(?P<next_year>\bend of next year\b)"
        rf"|(?P<this>\b(?P<early>earlier )?(?:later )?this {unit.format('this_unit')}"
        rf"|\b(?:{lead})\s(?:the (?:end|rest|remainder|course|close) of )?the (?:current |calendar )?"
        rf"{unit.format('the_unit')}(?! (?:to|of|in|that|when)\b))"
        r"|(?P<soon>\btonight\b|\btomorrow\b|\bthis (?:morning|afternoon|evening)\b)"
    )


def _named() -> str:
    raw = words()
    days = "|".join([*raw["days"], "easter"])
    own = rf"(?:{_DETERMINER}|next |coming |following |whole of |second |first )*"
    some = r"end|close|late|start|beginning|early|middle|mid"
    some += r"|(?:first|second) half|(?:first|second|third|fourth|last) quarter"
    part = rf"(?:(?P<{{0}}>{some})(?:[- ]| of (?:the )?|(?= of)))?"
    fall = r"fall(?= (?:of )?20)|(?<=this )fall|(?<=next )fall|(?<=coming )fall"
    return (
        rf"(?P<named>\b(?:(?P<side>{'|'.join(raw['sides'].values())})\s)?(?:(?<=\s)|\b){own}(?:about |around )?"
        rf"(?:(?P<day>{days})\b"
        rf"|(?P<date_day>\d\d?)(?:st|nd|rd|th)?\s(?:(?P<date_month>{_MONTH}))\b(?:,?\s(?P<date_year>{YEAR}))?"
        rf"|(?:(?P<us_month>{_MONTH}))\s(?P<us_day>\d\d?)\b(?!\d)(?:,\s(?P<us_year>{YEAR}))?"
        rf"|{part.format('month_part')}(?:(?P<month>{_MONTH}))\b\.?(?:\s(?P<month_year>(?:19|20)\d\d))?"
        rf"|{part.format('season_part')}(?P<season>{'|'.join(raw['seasons'])}|{fall})\b"
        r"(?:(?:\sof)?\s(?P<season_year>(?:19|20)\d\d))?"
        rf"|{part.format('year_part')}(?P<year>{YEAR})(?:\s?[-–/]\s?(?P<year_last>(?:20)?\d\d))?(?!\d)))"
    )
