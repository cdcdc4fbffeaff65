"""A term put over more than its source puts it over: a fact beside the judgement, or a second actor."""

from collections.abc import Iterator, Mapping, Sequence

from rag.answer import Finding
from rag.clauses import Unit, stems_of
from rag.messages import finding
from rag.wordlists import lists

# A part of a claim states a source clause that it shares so much of the shorter with, and at least so many stems.
_STATED, _LEAST = 0.7, 2


def widened(units: Sequence[Unit], given: Sequence[Unit], pairs: Mapping[int, Unit]) -> Iterator[Finding]:
    """The first part of each judgement of the claim that its sources do not judge so, if there is one."""
    for row, unit in enumerate(units):
        source = pairs.get(row)
        if unit.estimate is None or source is None or source.estimate is None:
            continue
        part = _fact(unit, source, given) or _actor(unit, source, given)
        if part:
            what = f"'{part}' is not judged so"
            yield finding("scope_changed", unit, source, unit.estimate, source.estimate, what=what)


def _fact(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """ "It is likely that FACT and that JUDGEMENT"."""
    patterns = lists().patterns
    assert unit.estimate is not None
    found = patterns["both_that"].match(unit.text, unit.estimate.end)
    if found is None or any(patterns["and_that"].search(one.text) for one in given):
        return ""
    facts = [one.stems for one in given if one.estimate is None]
    # A reason behind the judgement is a fact, too.
    facts.append(stems_of(source.text) - source.stems)
    parts = ((found[name].strip(" ."), stems_of(found[name])) for name in ("first", "second"))
    return next((text for text, own in parts if _is_fact(own, facts, source)), "")


def _is_fact(own: frozenset[str], facts: Sequence[frozenset[str]], source: Unit) -> bool:
    """Whether some words are those of a clause without a term rather than those of the judgement."""
    if len(own & source.stems) >= _STATED * min(len(own), len(source.stems) or 1):
        return False
    return any(_LEAST <= len(own & one) >= _STATED * min(len(own), len(one)) for one in facts)


def _actor(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """ "X and Y are likely" of what is likely of X alone, while Y is the subject of another clause."""
    joined, mine, theirs = lists().patterns["joined_actors"], _subject(unit), _subject(source)
    parts = [stems_of(part) for part in joined.split(mine)]
    if len(parts) != 2 or not all(parts) or not theirs or joined.search(theirs):
        return ""
    others = [stems_of(_subject(one)) for one in given if one is not source and not _is_alike(one, unit)]
    known = source.stems | source.context | stems_of(theirs)
    foreign = [place for place, part in enumerate(parts) if not part & known and any(part <= one for one in others)]
    return joined.split(mine)[foreign[0]].strip() if foreign else ""


def _is_alike(one: Unit, other: Unit) -> bool:
    """Whether two clauses have the same term."""
    mine, theirs = one.estimate, other.estimate
    return mine is not None and theirs is not None and mine.canonical == theirs.canonical


def _subject(unit: Unit) -> str:
    """What stands in front of "is likely to", "" where nothing does."""
    if unit.estimate is None:
        return ""
    before = unit.text[unit.start : unit.estimate.start]
    copula = lists().patterns["copula"].search(before)
    return before[: copula.start()] if copula else ""
