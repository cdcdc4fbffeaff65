"""Are the numbers of a claim, in figures or in words, those of the sentences it cites, and of the same things?"""

import re
from collections.abc import Iterator, Mapping, Sequence

from rag.answer import Citation, Finding
from rag.clauses import keys_of, stems_of
from rag.supportlists import support_lists
from rag.wordlists import lists

# A number in words is made one in figures and filled up to its length, so that spans stay as they are.
_FILL = "\u2007"
_NUMBER = re.compile(rf"(?:\d[\d,.]*\d|\d){_FILL}*")
_COUNT = re.compile(r"(?i)\b(?:hundreds|thousands?|dozens|(?:m|b|tr)illions?|half|thirds|third(?= of)|fifths)\b")
_COMPOUND = re.compile(
    r"(?i)\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -](one|two|three|four|five|six|seven|eight|nine)\b"
)
_TIME = re.compile(rf"(?i)\b([a-z]+|\d+)[ {_FILL}-]+(day|week|fortnight|month|quarter|year|decade|century)s?\b")
_THING = re.compile(rf"(?i)(?<![\d.,])(\d[\d,.]*|an?\b|one\b)[ {_FILL}]+([a-z]+)")
_WORD = re.compile(r"[^\W\d_]+")


def figures(claim: str, cited: Sequence[Citation]) -> Iterator[Finding]:
    """Numbers that the sources do not have, or have of something else; "twelve months" are a year."""
    known = " ".join(f"{one.quote} {one.title} {one.section}" for one in cited)
    mine, theirs = _in_figures(_undated(claim, cited)), _in_figures(re.sub(r"(?i)\bboth\b", "two", known))
    given = stems_of(known).union(_plain(found.group()) for found in _NUMBER.finditer(theirs))
    times = {_length(found) for found in _TIME.finditer(theirs)} - {None}
    same = [found.span() for found in _TIME.finditer(mine) if _length(found) in times]
    for found in (*_NUMBER.finditer(mine), *_COUNT.finditer(mine)):
        start, end = found.span()
        in_time = any(first <= start < last for first, last in same)
        if not in_time and given.isdisjoint({_plain(found.group()), *keys_of(found.group())}):
            yield _finding(claim, start, end)
    yield from _other_things(claim, mine, theirs, given)
    yield from _other_limits(claim, mine, theirs)


def _undated(claim: str, cited: Sequence[Citation]) -> str:
    """The claim with blanks for the dates of the briefings, which it may name."""
    for day in {one.published for one in cited if one.published}:
        dates = rf"(?:{day:%-d %B} |{day:%B %-d}, )?{day:%Y}\b|(?<=of ){day:%-d %B}\b|(?<=dated ){day:%-d %B}\b"
        claim = re.sub(dates, lambda found: " " * len(found.group()), claim)
    return claim


def _other_things(claim: str, mine: str, theirs: str, given: frozenset[str]) -> Iterator[Finding]:
    """Things counted in the sources, but by another number; and a number of days that is one of weeks there."""
    counted, times = _counted(theirs), {_length(time) for time in _TIME.finditer(theirs)}
    units = {time[1]: time[2].lower() for time in _TIME.finditer(theirs) if time[1].isdecimal()}
    for found in _THING.finditer(mine):
        numbers = {number for key in keys_of(found[2]) for number in counted.get(key, ())}
        number = _plain(found[1])
        # A number that stands nowhere is a finding already.
        if number in given and numbers and number not in numbers:
            yield _finding(claim, *found.span())
    for found in _TIME.finditer(mine):
        if units.get(found[1], found[2].lower()) != found[2].lower() and _length(found) not in times:
            yield _finding(claim, *found.span())


def _counted(text: str) -> Mapping[str, set[str]]:
    """What a text counts, with the numbers of it."""
    result: dict[str, set[str]] = {}
    for found in _THING.finditer(text):
        if found[2].lower().removesuffix("s") not in lists().stop:
            for key in keys_of(found[2]):
                result.setdefault(key, set()).add(_plain(found[1]) if found[1][0].isdigit() else "1")
    return result


def _other_limits(claim: str, mine: str, theirs: str) -> Iterator[Finding]:
    """More, or less, than a number that the sources give without that."""
    for limit in ("above", "below"):
        pattern = support_lists().patterns[limit]
        known = {_plain(found["number"]) for found in pattern.finditer(theirs)}
        for found in pattern.finditer(mine):
            if _plain(found["number"]) not in known:
                yield _finding(claim, *found.span())


def _in_figures(text: str) -> str:
    """A text with its numbers in figures, as long as it was."""
    numbers = support_lists().numbers
    ones = numbers | {"one": 1}
    text = _COMPOUND.sub(lambda found: _filled(numbers[found[1].lower()] + ones[found[2].lower()], found), text)
    return _WORD.sub(
        lambda word: _filled(numbers[word[0].lower()], word) if word[0].lower() in numbers else word[0], text
    )


def _filled(number: int, found: re.Match[str]) -> str:
    return str(number).ljust(len(found.group()), _FILL)


def _length(time: re.Match[str]) -> tuple[str, int] | None:
    """How long a time is, in months or days; None where its first word is no number."""
    count, unit = time[1].lower(), time[2].lower()
    number = int(count) if count.isdecimal() else 1 if count in support_lists().single else None
    if number is None:
        return None
    months, days = support_lists().months, support_lists().days
    return ("months", number * months[unit]) if unit in months else ("days", number * days[unit])


def _plain(number: str) -> str:
    return "".join(keys_of(number.rstrip(f".,{_FILL}"))) or number


def _finding(claim: str, start: int, end: int) -> Finding:
    # A number in words is longer than its figures: "more than s(ix)".
    while claim[end - 1].isalpha() and claim[end : end + 1].isalpha():
        end += 1
    return Finding("unsupported", f"The cited sentences do not say '{claim[start:end]}'.", "severe", start, end)
