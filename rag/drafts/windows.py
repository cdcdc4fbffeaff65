"""When a judgement comes due: the dates that its heading or its own words count from the day of the briefing."""

import re
from datetime import date, timedelta
from functools import cache

from ingest.briefing import Briefing, Estimate, Sentence
from ingest.dates import MONTH, month_number
from ingest.horizons import add, calendar, count_of, month_end, unit_of
from ingest.timeframes import timeframes
from ingest.timewords import YEAR, words

Dates = tuple[date | None, date | None]


def dates_of(briefing: Briefing, sentence: Sentence, estimate: Estimate) -> Dates:
    """The first and the last day, both inclusive, that a judgement of a sentence is about.

    The window of the heading counts, up to a time within it that the words name; without a heading that time alone.
    None is what cannot be counted.
    """
    path = briefing.sections[sentence.section].path if briefing.sections else ()
    window = next((one for one in briefing.windows if one.label in path and one.horizon == sentence.horizon), None)
    named = named_end(briefing, sentence, estimate)
    if window is None:
        return None, named
    opens, closes = window.opens or date.min, window.closes or date.max
    return window.opens, named if named and opens <= named <= closes else window.closes


def named_end(briefing: Briefing, sentence: Sentence, estimate: Estimate | None = None) -> date | None:
    """The last day of the one time that a judgement, or a whole sentence, names; None if it cannot be counted."""
    if briefing.published is None:
        return None
    text = briefing.quote(sentence.start, sentence.end)
    spans = [(sentence.start, sentence.end)]
    if estimate:
        spans = [span for span in (estimate.proposition, estimate.subject) if span]
    found = [
        frame
        for frame in timeframes(text, briefing.published)
        if any(start <= sentence.start + frame.start < end for start, end in spans)
    ]
    if len(found) != 1:
        return None
    # "If he falls ... within a year" counts from his fall.
    counted = not (estimate and estimate.conditions)
    return _end_of(text[found[0].start : found[0].end], briefing.published, counted)


def ended(closes: date | None, as_of: date) -> bool:
    """Whether a window lies behind the day given."""
    return closes is not None and closes < as_of


def day(when: date) -> str:
    """A day in words: 9 February 2026."""
    return f"{when:%-d %B %Y}"


@cache
def _pattern() -> re.Pattern[str]:
    number = "|".join(sorted(map(re.escape, words()["numbers"]), key=len, reverse=True)) + r"|\d+"
    unit = r"day|week|month|quarter|year|decade"
    return re.compile(
        rf"(?:(?P<day>\d\d?) )?(?P<month>{MONTH})(?: (?P<year>{YEAR}))?|(?P<only>{YEAR})"
        rf"|^(?:within|inside|in|(?:in |over )?the (?:next|coming)) (?P<count>{number}) (?P<unit>{unit})s?"
        rf"|(?:the end of the|later this|this) (?P<current>{unit})$",
        re.I,
    )


def _end_of(phrase: str, published: date, counted: bool) -> date | None:
    """The last day of "by the end of 2027", "in March" and, where they are counted from the briefing, "within six
    weeks"; None of other phrases.
    """
    phrase = phrase.rstrip(" .,;")
    found = _pattern().search(phrase)
    if found is None or re.match(r"(?:after|since|from|beyond|past|between)\b", phrase, re.I):
        return None
    if found["count"]:
        return add(published, count_of(found["count"]), unit_of(found["unit"])) if counted else None
    if found["current"]:
        return calendar(unit_of(found["current"]), published)[1]
    first, last = _named_period(found, published)
    # What comes "before its December" recess may lie in December, what comes "before the end of June" in June.
    before = re.match(r"before\b(?! (?:its|their|his|her)\b)", phrase, re.I) and " of " not in phrase.lower()
    return first - timedelta(days=1) if before else last


def _named_period(found: re.Match[str], published: date) -> tuple[date, date]:
    """The year, month or day that is named; without a year the next one that is not over."""
    if found["only"]:
        year = int(found["only"])
        return date(year, 1, 1), date(year, 12, 31)
    years = [int(found["year"])] if found["year"] else [published.year, published.year + 1]
    periods = [_in_year(year, month_number(found["month"]), found["day"]) for year in years]
    return next((one for one in periods if one[1] >= published), periods[-1])


def _in_year(year: int, month: int, day: str | None) -> tuple[date, date]:
    last = month_end(year, month)
    if day:
        last = last.replace(day=min(int(day), last.day))
        return last, last
    return last.replace(day=1), last
