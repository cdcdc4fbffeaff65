"""One term of a claim beside that of the source clause it restates: the word, its strength, its denial, who judges."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from ingest.briefing import Estimate
from ingest.lexicon import level_of
from ingest.speakers import AUTHOR, titles
from ingest.yardsticks import Yardstick, band_of
from rag.answer import Finding, Kind
from rag.clauses import Unit, marks_of_all, others_in
from rag.fidelity import condition_findings, horizon_findings
from rag.matter import opposite, scope_findings, substitution
from rag.messages import finding
from rag.wordlists import lists

# Terms up to here say that something will rather not be, from there on that it rather will.
_UNLIKELY, _LIKELY = 2.5, 4.6
# A "not" denies what stands so near behind it, so many stems of it.
_DENIED_REACH, _DENIED_STEMS = 45, 1
# Two clauses are about the same things if they share so much of what is not denied.
_CONTRARY = 0.6
# So far behind a clause ", the author judges," may reach.
_ASIDE = 24
# Names are compared by so many letters.
_NAME = 5
_WORD = re.compile(r"\w+")


def compared(unit: Unit, source: Unit, given: Sequence[Unit], label: str, scale: Yardstick | None) -> Iterator[Finding]:
    """What a clause of the claim changes in the judgement it restates; `given` are all source clauses."""
    mine, theirs = unit.estimate, source.estimate
    assert mine is not None
    assert theirs is not None
    if changed := _change(mine, theirs, unit, source):
        yield finding(changed, unit, source, claim=mine, source_term=theirs, shift=_shift(mine, theirs, scale))
    if loses_voice((mine, unit), (theirs, source)):
        yield finding("attribution_lost", unit, source, claim=mine, source_term=theirs)
    if changed == "flipped":
        return
    if theirs.superseded and not _is_recalled(unit):
        yield finding("superseded", unit, source, claim=mine, source_term=theirs)
    if what := substitution(unit, source, given):
        yield finding("moved", unit, source, claim=mine, source_term=theirs, what=what)
    yield from condition_findings(unit, source)
    yield from horizon_findings(unit, source, given, label)
    yield from scope_findings(unit, source, given)


def without_source_term(unit: Unit, source: Unit | None, given: Sequence[Unit]) -> Finding:
    """The finding for a term that the clause restated, if there is one, does not have."""
    judged = any(one.estimate for one in given)
    told = source is not None and source.estimate is None and others_in(source.text, "confidence")
    if told or (not judged and marks_of_all(given, "confidence")):
        return finding("confidence_conflated", unit, source, claim=unit.estimate)
    others = source.others if source is not None and source.estimate is None else ()
    if number := next((one for one in others if one.kind == "number"), None):
        return finding("numeric", unit, source, claim=unit.estimate, source_term=number)
    hedge = next((one for one in others if one.kind in ("hedge", "comparative")), None)
    kind: Kind = "moved" if with_term_of(unit, given) else "invented"
    return finding(kind, unit, source, claim=unit.estimate, source_term=hedge)


def with_term_of(unit: Unit, others: Sequence[Unit]) -> list[Unit]:
    """Those of some clauses that have the very term of this one."""
    assert unit.estimate is not None
    return [one for one in others if one.estimate and one.estimate.canonical == unit.estimate.canonical]


def _change(mine: Estimate, theirs: Estimate, unit: Unit, source: Unit) -> Kind | None:
    """What became of a term: nothing, another word of its band, a stronger or a weaker one, or its opposite."""
    if _is_figure(mine.term) and not _is_figure(theirs.term):
        return "numeric"
    if mine.canonical == theirs.canonical:
        if _is_denied_otherwise(unit, source) or opposite(unit, source):
            return "flipped"
        # "Fairly likely" is not "likely".
        return "reworded" if _degree(unit, mine) not in ("", _degree(source, theirs)) else None
    low, high = level_of(mine.band), level_of(theirs.band)
    assert low is not None
    assert high is not None
    if mine.negated != theirs.negated:
        return "flipped" if (low < _UNLIKELY) == (high < _UNLIKELY) else "reworded"
    if min(low, high) < _UNLIKELY and max(low, high) > _LIKELY:
        # "unlikely that it fails" for "likely that it succeeds" is another judgement, too: bands cannot be inverted.
        return "flipped"
    if low == high:
        return "reworded"
    # Below the middle the lower band is the stronger term.
    return "upgraded" if (low < high) == (max(low, high) < _UNLIKELY) else "downgraded"


def _is_figure(term: str) -> bool:
    return any(map(str.isdigit, term)) or term.lower() in lists().sets["figures"]


def _degree(unit: Unit, one: Estimate) -> str:
    """The word of degree in front of a term that is no part of it."""
    found = lists().patterns["degree"].search(unit.text, 0, one.start)
    return found[1].lower() if found else ""


def _is_denied_otherwise(unit: Unit, source: Unit) -> bool:
    """Whether a "not" came or went with the same term: at the term, or at the verb that both clauses share."""
    mine, theirs = unit.estimate, source.estimate
    assert mine is not None
    assert theirs is not None
    at_mine, at_theirs = _denied(unit), _denied(source)
    if (mine.negated != bool(at_mine)) == (theirs.negated != bool(at_theirs)):
        return False
    if not at_mine and not at_theirs:
        return True
    # A denied verb may be said the other way round ("will not return", "stay away"): only the same verb is a flip.
    one, other, denied = (unit, source, at_mine) if at_mine else (source, unit, at_theirs)
    if lists().patterns["denial"].search(_judged(other)):
        return False
    shared = not other.stems.isdisjoint(denied) or denied <= lists().sets["come_about"]
    return shared or _says_the_contrary(other, one, denied)


def _says_the_contrary(other: Unit, one: Unit, denied: frozenset[str]) -> bool:
    """Whether a clause says of the same things, in another verb, what the other denies: "be back" for "not return"."""
    rest, said = one.stems - denied, _judged(other).lower()
    if not lists().patterns["will_not"].search(_judged(one)):
        return False
    if lists().patterns["turned_verb"].search(said) or any(key in said for key in denied):
        # "Stay below" may well be "not exceed", and "a mismatch" is "not match".
        return False
    return len(rest & other.stems) >= max(2, _CONTRARY * len(rest))


def _judged(unit: Unit) -> str:
    """What a term governs, without its conditions."""
    assert unit.estimate is not None
    start, end = unit.estimate.proposition
    text = unit.text[:end]
    for one in unit.estimate.conditions:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text[start:end]


def _denied(unit: Unit) -> frozenset[str]:
    """The stems of the words that a "not" inside the proposition denies."""
    assert unit.estimate is not None
    start, end = unit.estimate.proposition
    patterns = lists().patterns
    found: set[str] = set()
    for match in chain(*(patterns[name].finditer(unit.text[start:end]) for name in ("not", "none"))):
        place, behind = start + match.start(), start + match.end()
        hedges = (one for one in unit.others if one.canonical != "will")
        if any(one.start <= place < one.end for one in (*hedges, unit.estimate)):
            continue
        if any(patterns[name].search(unit.text, start, place) for name in ("or", "relative", "in_condition")):
            continue
        at_term = unit.estimate.negated and place < unit.estimate.start
        if not at_term and not patterns["no_denial"].match(unit.text, behind):
            following = [key for key, where in unit.words.items() if place < where < place + _DENIED_REACH]
            found.update(following[:_DENIED_STEMS])
    return frozenset(found)


def _is_recalled(unit: Unit) -> bool:
    """Whether a clause gives its judgement as one of an earlier time."""
    assert unit.estimate is not None
    earlier = lists().patterns["earlier"].search(unit.text[: max(unit.end, unit.estimate.end)])
    return unit.estimate.superseded or earlier is not None


def _shift(mine: Estimate, theirs: Estimate, scale: Yardstick | None) -> int | None:
    """By how many bands a term moved, up (+) or down (-) in probability: of the briefing's scale, if both are in it."""
    if scale is not None:
        one, other = band_of(scale, mine.canonical), band_of(scale, theirs.canonical)
        if one is not None and other is not None:
            return scale.bands.index(one) - scale.bands.index(other)
    low, high = level_of(mine.band), level_of(theirs.band)
    if low is None or high is None:
        return None
    # A move within less than a band is one all the same.
    return round(low - high) or (low > high) - (low < high)


def loses_voice(claimed: tuple[Estimate, Unit], given: tuple[Estimate, Unit]) -> bool:
    """Whether the claim gives a third party's judgement as the author's, or another's, or the reverse."""
    (mine, unit), (theirs, source) = claimed, given
    pronouns = lists().sets["pronouns"]
    if AUTHOR in (mine.voice, theirs.voice):
        named = theirs.voice != AUTHOR and bool(_names(theirs.voice) & _names(unit.text))
        if theirs.voice == AUTHOR and lists().patterns["for_body"].search(unit.text, 0, mine.start):
            # "For the League, the dispatch of ships is unlikely" may be said of the League, not by it.
            return False
        owned = lists().patterns["own_view"].search(unit.text, unit.start, unit.end + _ASIDE)
        return mine.voice != theirs.voice and (bool(owned) or not named)
    if theirs.voice.lower() in pronouns or mine.voice.lower() in pronouns:
        return False
    if lists().patterns["possessive"].match(theirs.voice):
        # "His physician" may be anybody's.
        return False
    role = any(word.lower() in titles() for word in _WORD.findall(mine.voice))
    if _other_office(mine.voice, theirs.voice, source.text):
        return True
    named_by = _names(mine.voice)
    return not role and bool(named_by) and named_by.isdisjoint(_names(source.text))


def _other_office(mine: str, theirs: str, text: str) -> bool:
    """Whether a speaker has an office that the source gives to somebody else: "deputy minister" for "minister"."""
    words = [{word.lower() for word in _WORD.findall(voice)} for voice in (mine, theirs)]
    bodies = [{word[:_NAME] for word in some & lists().sets["institutions"]} for some in words]
    if bodies[0] and bodies[1] and bodies[0].isdisjoint(bodies[1]):
        return True
    offices = [some & titles() for some in words]
    elsewhere = {word.lower() for word in _WORD.findall(text.replace(theirs, " "))}
    return bool(offices[1]) and bool((offices[0] - offices[1]) & elsewhere)


def _names(text: str) -> frozenset[str]:
    """The words of a text as far as names are compared by them."""
    words = lists().patterns["long_word"].findall(text.replace("’", "'"))
    return frozenset(word.lower().removesuffix("'s")[:_NAME] for word in words) - lists().sets["no_names"]
