"""What became of judgements that a claim states without their term: a fact, a hedge, a number, confidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.briefing import Estimate, Kind
from ingest.clauses import finite
from ingest.lexicon import Mark, level_of
from ingest.marks import marks_in
from ingest.speakers import AUTHOR
from ingest.voices import voice_at
from rag.answer import Finding
from rag.clauses import Unit, marks_of_all, others_in, stems_of
from rag.messages import finding
from rag.terms import loses_voice, with_term_of
from rag.wordlists import lists

# A clause of the claim without a term restates a judgement if it is at least so like it; where the judgement's own term
# stands elsewhere in the claim, if it is so like it by so many stems.
_RESTATES = 0.34
# Where the sources say nothing of the future but by a term, so much is enough for a clause that says what "will" be.
_FORETOLD = 0.15
_AGAIN, _AGAIN_STEMS = 0.75, 3
# A clause paired with another one states a judgement, too, if it has so much of what sets that one apart.
_SWALLOWED = 0.6
# Levels above this say that something will rather be than not.
_EVEN = 4.0
# What may stand where a term might, the most telling first.
_INSTEAD: tuple[Kind, ...] = ("number", "confidence", "hedge", "comparative")


def losses(units: Sequence[Unit], pairs: Mapping[int, Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """A finding for each clause of a claim that restates a judgement without its term."""
    found: list[Unit] = []
    for row, unit in enumerate(units):
        if unit.estimate is not None:
            continue
        source, hedge = pairs.get(row), _instead(unit)
        if hedge and _is_confidence(hedge, given):
            yield finding("confidence_conflated", unit, source, claim=hedge)
        elif source is not None and source.estimate is None:
            yield from _plain(unit, source, hedge)
        elif source is not None and source.estimate is not None and _restates(unit, source, units, given):
            if _is_set_before(unit, source.estimate):
                continue
            yield _lost(unit, source, source.estimate, hedge)
            found.append(source)
    yield from _swallowed(units, [one for one in given if one not in found])
    yield from _blurred(units, given)


def _plain(unit: Unit, source: Unit, hedge: Estimate | None) -> Iterator[Finding]:
    """What became of a hedge that is no judgement: another level, a certainty, nobody's any more."""
    if regraded := _regraded(unit, source):
        yield regraded
    elif hedge is not None and hedge.kind == "hedge" and hedge.band and not _hedged(source):
        yield finding("invented", unit, source, claim=hedge)
    elif doubt := _doubt_of(unit, source):
        if _is_certain(unit):
            yield finding("dropped", unit, source, source_term=doubt)
        elif hedge is not None and _is_surer(hedge):
            yield finding("upgraded", unit, source, claim=hedge, source_term=doubt)
        elif hedge is not None and _speaker(doubt, source) != AUTHOR:
            mine, theirs = (replace(one, voice=_speaker(one, where)) for one, where in ((hedge, unit), (doubt, source)))
            if loses_voice((mine, unit), (theirs, source)):
                yield finding("attribution_lost", unit, source, claim=mine, source_term=theirs)


def _hedged(source: Unit) -> bool:
    """Whether a sentence of the sources says of anything how likely it is."""
    return any(mark.kind not in ("modal", "mention") for mark in marks_in(source.text))


def _speaker(hedge: Estimate, unit: Unit) -> str:
    """Whoever says what a hedge hedges."""
    return voice_at(unit.text, hedge.start, hedge.end, 0, len(unit.text)).name


def _doubt_of(unit: Unit, source: Unit) -> Estimate | None:
    """The "may" or "could" of a source clause that a clause of the claim restates."""
    doubts = [one for one in source.others if one.kind == "hedge" and one.canonical in lists().sets["doubts"]]
    shared, least = len(unit.stems & source.stems), min(_AGAIN_STEMS, len(source.stems), len(unit.stems))
    restated = 0 < least <= shared and shared >= _SWALLOWED * min(len(unit.stems), len(source.stems))
    return doubts[0] if doubts and restated else None


def _regraded(unit: Unit, source: Unit) -> Finding | None:
    """A hedge that has a level, changed for one of another level: "the chances are good" for "the chances are slim"."""
    mine, theirs = (
        next((one for one in some.others if one.kind == "hedge" and one.band), None) for some in (unit, source)
    )
    if mine is None or theirs is None or mine.canonical == theirs.canonical:
        return None
    low, high = level_of(mine.band) or 0.0, level_of(theirs.band) or 0.0
    if (low < _EVEN) != (high < _EVEN):
        return finding("flipped", unit, source, claim=mine, source_term=theirs)
    if low == high:
        return finding("reworded", unit, source, claim=mine, source_term=theirs)
    surer = (low > high) == (high > _EVEN)
    return finding("upgraded" if surer else "downgraded", unit, source, claim=mine, source_term=theirs)


def _is_certain(unit: Unit) -> bool:
    will = any(one.canonical == "will" for one in unit.others)
    return will and not any(one.kind == "hedge" for one in unit.others)


def _is_surer(hedge: Estimate) -> bool:
    """Whether a hedge says more than that something may be: "could well", "is bound to"."""
    level = level_of(hedge.band)
    return hedge.canonical in lists().sets["strong"] or (level is not None and level > _EVEN)


def _swallowed(units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """Judgements inside a clause of the claim that says something else: "is married in and could well stay"."""
    plain = [one for one in given if one.estimate is None]
    for source in given:
        if source.estimate is None or with_term_of(source, units):
            continue
        for unit in units:
            other = max(plain, key=lambda one: len(one.stems & unit.stems), default=None)
            own = source.stems - (other.stems if other else frozenset())
            if (
                unit.estimate is None
                and not _is_set_before(unit, source.estimate)
                and len(own & unit.stems) >= max(2, _SWALLOWED * len(own))
            ):
                yield _lost(unit, source, source.estimate, _instead(unit))
                break


def _blurred(units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """A term before a noun that became a hedge before it: "the conceivable successor" for "the likely successor"."""
    for source in dict.fromkeys(one.text for one in given):
        for mention in others_in(source, "mention"):
            noun = stems_of(" ".join(source[mention.end :].split()[:2]))
            for unit in units:
                for hedge in unit.others:
                    behind = stems_of(" ".join(unit.text[hedge.end :].split()[:2]))
                    if hedge.kind == "hedge" and noun & behind and mention.form == mention.canonical:
                        yield finding("vague", unit, None, claim=hedge, source_term=_named(mention, source))


def _named(mark: Mark, text: str) -> Estimate:
    return Estimate(mark.kind, mark.start, mark.end, text[mark.start : mark.end], mark.canonical)


def _instead(unit: Unit) -> Estimate | None:
    """What stands in a clause where a term might."""
    found = [one for one in unit.others if one.kind in _INSTEAD]
    return min(found, key=lambda one: _INSTEAD.index(one.kind)) if found else None


def _is_confidence(hedge: Estimate, given: Sequence[Unit]) -> bool:
    """Whether "a low probability" stands where the sources say "low confidence"."""
    level, _, rest = hedge.canonical.partition(" ")
    if rest != "probability":
        return False
    levels = (mark.canonical.split()[0] for mark in marks_of_all(given, "confidence"))
    return level in {lists().level_names.get(one, one) for one in levels}


def _restates(unit: Unit, source: Unit, units: Sequence[Unit], given: Sequence[Unit]) -> bool:
    """Whether a clause without a term says what a judgement says, and no plain clause of the sources says it better."""
    shared = len(unit.stems & source.stems)
    if not shared or not (finite(unit.text, unit.start, unit.end) or len(units) == 1):
        return False
    like, ahead = shared / min(len(unit.stems), len(source.stems)), _looks_ahead(unit)
    hedged = ahead or any(one.kind == "hedge" for one in unit.others)
    foretold = hedged and not any(_hedges(one) for one in given if one.estimate is None)
    if like < (_FORETOLD if foretold else _RESTATES):
        return False
    if told := [one for one in with_term_of(source, units) if _is_denied_alike(one, source)]:
        # The judgement's own term stands elsewhere in the claim: this clause is only about the same things.
        again = len(with_term_of(source, given)) > len(told)
        return again and like >= _AGAIN and shared >= _AGAIN_STEMS
    plain = (one for one in given if one.estimate is None and (_looks_ahead(one) or not ahead))
    return all(len(unit.stems & one.stems) < shared for one in plain)


def _is_set_before(unit: Unit, theirs: Estimate) -> bool:
    """Whether a claim sets the very term before a noun: "a curfew is the likely answer"."""
    return any(mark.canonical == theirs.canonical for mark in others_in(unit.text, "mention"))


def _is_denied_alike(one: Unit, other: Unit) -> bool:
    return one.estimate is not None and other.estimate is not None and one.estimate.negated == other.estimate.negated


def _looks_ahead(unit: Unit) -> bool:
    return any(one.kind == "modal" for one in unit.others)


def _hedges(unit: Unit) -> bool:
    """Whether a clause says "will" or "may" of anything."""
    return any(one.kind in ("modal", "hedge") for one in unit.others)


def _lost(unit: Unit, source: Unit, theirs: Estimate, hedge: Estimate | None) -> Finding:
    if hedge is None:
        return finding("dropped", unit, source, source_term=theirs)
    if hedge.kind == "number":
        return finding("numeric", unit, source, claim=hedge, source_term=theirs)
    if hedge.kind == "confidence":
        if hedge.canonical in {mark.canonical for mark in others_in(source.text, "confidence")}:
            return finding("dropped", unit, source, source_term=theirs)
        return finding("confidence_conflated", unit, source, claim=hedge, source_term=theirs)
    low, high = level_of(hedge.band), level_of(theirs.band)
    if low is None or high is None:
        return finding("vague", unit, source, claim=hedge, source_term=theirs)
    if low == high:
        return finding("reworded", unit, source, claim=hedge, source_term=theirs)
    return finding("upgraded" if low > high else "downgraded", unit, source, claim=hedge, source_term=theirs)
