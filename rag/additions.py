"""What a claim adds to its sources: numbers, confidence, terms that only describe, hedges stacked on terms."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ingest.briefing import Estimate
from ingest.lexicon import Mark
from ingest.marks import marks_in
from rag.answer import Finding
from rag.clauses import Unit, digits, keys_of, marks_of_all, others_in
from rag.messages import finding
from rag.wordlists import lists


def numbers(claim: str, units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """Chances in figures that no source has."""
    known = [digits(mark.canonical) for mark in marks_of_all(given, "number")]
    for mark in others_in(claim, "number"):
        if digits(mark.canonical) not in known:
            yield finding("numeric", _around(mark, units), _judged(given), claim=_word(mark, claim))


def confidence(claim: str, units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """Confidence that no source has, or another level of it."""
    known = {mark.canonical for mark in marks_of_all(given, "confidence")}
    for mark in others_in(claim, "confidence"):
        if mark.canonical not in known and not (mark.canonical == "confident" and known):
            yield finding("confidence_conflated", _around(mark, units), _judged(given), claim=_word(mark, claim))


def attributes(claim: str, units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """Terms that the claim only sets before a noun ("an unlikely victory") and that its sources use less often."""
    used = _counted(mark for text in {source.text for source in given} for mark in marks_in(text))
    counted = _counted(marks_in(claim))
    for mark in others_in(claim, "mention"):
        if mark.form == mark.canonical and counted[mark.canonical] > used[mark.canonical]:
            yield finding("invented", _around(mark, units), None, claim=_word(mark, claim))


def wholes(claim: str, units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """All of something where the sources speak of a part of it: "all the flights" for "most of the flights"."""
    part, whole = lists().patterns["part_of"], lists().patterns["whole_of"]
    parts = {key: found for one in given for found in part.finditer(one.text) for key in keys_of(found["noun"])}
    for found in whole.finditer(claim):
        if any(key in parts for key in keys_of(found["noun"])) and not any(whole.search(one.text) for one in given):
            unit = next((one for one in units if one.start <= found.start() < one.end), units[-1])
            yield finding("scope_changed", unit, _judged(given), claim=unit.estimate, what=f"'{found.group()}'")
            return
    for found in part.finditer(claim):
        narrowed = any(one.stems.intersection(keys_of(found["noun"])) for one in given)
        if narrowed and keys_of(found["noun"]) and not any(_has_part(one.text) for one in given):
            unit = next((one for one in units if one.start <= found.start() < one.end), units[-1])
            yield finding("scope_changed", unit, _judged(given), claim=unit.estimate, what=f"'{found.group()}'")
            return


def _has_part(text: str) -> bool:
    patterns = lists().patterns
    return bool(patterns["part_of"].search(text) or patterns["limit"].search(text) or patterns["some_of"].search(text))


def _counted(marks: Iterable[Mark]) -> Counter[str]:
    return Counter(mark.canonical for mark in marks if mark.kind in ("term", "mention"))


def _around(mark: Mark, units: Sequence[Unit]) -> Unit:
    return next((one for one in units if one.start <= mark.start < one.end), units[0])


def _judged(given: Sequence[Unit]) -> Unit:
    """The first judgement of the sources, or their first clause."""
    return next((one for one in given if one.estimate), given[0])


def _word(mark: Mark, claim: str) -> Estimate:
    return Estimate(mark.kind, mark.start, mark.end, claim[mark.start : mark.end], mark.canonical)


def stacks(units: Sequence[Unit], given: Sequence[Unit], pairs: Mapping[int, Unit]) -> Iterator[Finding]:
    """A hedge or a second term stacked on a term: "may be likely", "probably almost certain"."""
    known = {(one.canonical, other.canonical) for source in given for one, other in _stacked(source)}
    for place, unit in enumerate(units):
        found = list(_stacked(unit))
        if place:
            found += _stacked_terms(units[place - 1], unit)
        found += _adverbs(unit, pairs.get(place))
        found += _verdicts(unit, given)
        for first, second in found:
            if (first.canonical, second.canonical) not in known:
                yield finding("double_hedge", unit, None, claim=second, source_term=first)


def _verdicts(unit: Unit, given: Sequence[Unit]) -> list[tuple[Estimate, Estimate]]:
    """A second verdict beside the term of a clause that no source has: "unlikely (read: certain)"."""
    term = unit.estimate
    if term is None:
        return []
    known = {mark.canonical for text in {source.text for source in given} for mark in marks_in(text)}
    return [(one, term) for one in unit.others if one.kind == "hedge" and one.band and one.canonical not in known]


def _stacked(unit: Unit) -> Iterator[tuple[Estimate, Estimate]]:
    """The hedges of a clause with its term, where one stands on the other, in their order."""
    term, patterns, never = unit.estimate, lists().patterns, lists().sets["never_stacked"]
    if term is None:
        return
    for one in unit.others:
        if one.kind != "hedge":
            continue
        if one.end <= term.start and one.canonical not in never and _is_close(unit.text, one.end, term.start):
            yield one, term
        if one.start >= term.end and patterns["behind_term"].fullmatch(unit.text, term.end, one.start):
            yield term, one


def _stacked_terms(before: Unit, unit: Unit) -> list[tuple[Estimate, Estimate]]:
    first, second = before.estimate, unit.estimate
    if first is None or second is None or not _is_close(unit.text, first.end, second.start):
        return []
    return [(first, second)]


def _is_close(text: str, start: int, end: int) -> bool:
    return lists().patterns["stacked"].match(text[start:end]) is not None


def _adverbs(unit: Unit, source: Unit | None) -> list[tuple[Estimate, Estimate]]:
    """The hedges that change a term from anywhere in its clause, where the source does not hedge."""
    term = unit.estimate
    if term is None or source is None or any(one.kind == "hedge" for one in source.others):
        return []
    return [(one, term) for one in unit.others if one.term.lower() in lists().sets["adverbs"]]
