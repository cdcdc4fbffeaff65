"""Does a claim say the same as the sentences it cites: the same terms, on the same matters, with the same reservations?

Deterministic and without a model. Claim and sources are cut into clauses, each claim clause is paired one to one with the
source clause it restates (`rag.clauses`), and each pair is compared: term, polarity, condition, horizon, voice, confidence.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.briefing import Estimate
from ingest.lexicon import level_of
from ingest.speakers import AUTHOR, titles
from ingest.yardsticks import Yardstick, band_of
from rag.answer import Finding, Kind
from rag.clauses import Unit, aligned, digits, marks_of, others_in, sources_of, units_of
from rag.fidelity import condition_findings, horizon_findings
from rag.matter import opposite, scope_findings, substitution
from rag.messages import finding
from rag.wordlists import lists

# Terms up to here say that something will rather not be, from there on that it rather will.
_UNLIKELY, _LIKELY = 2.5, 4.6
_PRONOUNS = ("he", "she", "they", "it")
# A clause of the claim without a term restates a judgement if it is at least so like it.
_RESTATES = 0.34


def check_claim(
    claim: str, sources: Sequence[str], scale: Yardstick | None = None, label: str = ""
) -> tuple[Finding, ...]:
    """What a claim changes in the wording of the sentences it cites; empty if it is faithful.

    `sources` are the cited sentences; a forecast label ("Medium-term (3-12 months)"), given or among them, gives its
    horizon to the rest. `scale` is the yardstick of the briefing: its bands then count the steps of a change. Spans count characters of
    the claim and of the source sentence named.
    """
    given, printed = sources_of(sources)
    label = f"{label} {printed}".strip()
    units = units_of(claim)
    if not given or not units:
        return tuple(_invented(units, label))
    pairs = _second_look(units, {row: given[column] for row, column in aligned(units, given).items()}, given)
    found = [*_term_findings(units, pairs, given, label, scale), *_fact_findings(units, pairs, given)]
    found += _stacked(units, given, pairs)
    found += _numeric(claim, units, given)
    found += _attributes(claim, units, given)
    if confidence := list(_confidence(claim, units, given)):
        # A judgement turned into confidence is one fault: its term is not dropped besides.
        found = [one for one in found if one.kind != "dropped"] + confidence
    fused = list(_fused(units, pairs, given))
    # Two judgements under one term are one fault, not a stronger or weaker term as well.
    spans = {(one.start, one.end) for one in fused}
    found = [
        one
        for one in found
        if (one.start, one.end) not in spans or one.kind not in ("upgraded", "downgraded", "reworded", "moved")
    ]
    found += fused
    return tuple(sorted(_without_repeats(found), key=lambda one: (one.start, one.kind)))


def _second_look(units: Sequence[Unit], pairs: dict[int, Unit], given: Sequence[Unit]) -> dict[int, Unit]:
    """The pairs, with a term that fell to a plain clause brought back to its own: it may draw on context ("she", "one")."""
    result = dict(pairs)
    for row, unit in enumerate(units):
        if unit.estimate is None or (row in pairs and pairs[row].estimate):
            continue
        for source in given:
            if source.estimate is None or _lexeme(source) != _lexeme(unit) or source in result.values():
                continue
            near = (
                unit.stems & source.stems
                or source.context & unit.stems
                or unit.context & (source.stems | source.context)
            )
            stated = any(
                other.estimate is None and len(other.stems & source.stems) >= max(2, 0.6 * len(source.stems))
                for other in units
            )
            if near and not stated:
                result[row] = source
                break
    return result


def _invented(units: Sequence[Unit], label: str) -> Iterator[Finding]:
    for unit in units:
        if unit.estimate is not None:
            yield finding("invented", unit, None, claim=unit.estimate)


def _fused(units: Sequence[Unit], pairs: dict[int, Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """Two judgements with different terms that the claim puts under one."""
    terms = {unit.estimate.canonical for unit in units if unit.estimate}
    judged = [one for one in given if one.estimate]
    for row, unit in enumerate(units):
        source = pairs.get(row)
        if unit.estimate is None or source is None or source.estimate is None:
            continue
        for other in judged:
            one, two = source.estimate.canonical, other.estimate.canonical if other.estimate else ""
            lost = other if two not in terms else source if one not in terms else None
            if other is source or one == two or lost is None or other in pairs.values() or other.text != source.text:
                continue
            if all(_covers(unit, mine, theirs) for mine, theirs in ((other, source), (source, other))):
                yield finding("fused", unit, lost, claim=unit.estimate)


def _covers(unit: Unit, source: Unit, beside: Unit) -> bool:
    """Whether a clause says what sets one judgement apart from the one beside it."""
    own = source.stems - beside.stems
    return bool(own) and len(own & unit.stems) >= max(1, 0.4 * len(own))


def _without_repeats(found: Sequence[Finding]) -> list[Finding]:
    seen: dict[tuple[str, int], Finding] = {}
    for one in found:
        seen.setdefault((one.kind, one.start), one)
    return list(seen.values())


def _term_findings(
    units: Sequence[Unit], pairs: dict[int, Unit], given: Sequence[Unit], label: str, scale: Yardstick | None
) -> Iterator[Finding]:
    swapped = _swapped(units, pairs)
    for row, unit in enumerate(units):
        if unit.estimate is None:
            continue
        source = pairs.get(row)
        if row in swapped and source is not None:
            yield finding("moved", unit, source, claim=unit.estimate, source_term=source.estimate)
            continue
        if source is None:
            same = [one for one in given if one.estimate and one.estimate.canonical == unit.estimate.canonical]
            yield finding("moved" if same else "invented", unit, same[0] if same else None, claim=unit.estimate)
            continue
        if source.estimate is None:
            yield _without_source_term(unit, source, given)
            continue
        yield from _compared(unit, source, given, label, scale)


def _swapped(units: Sequence[Unit], pairs: dict[int, Unit]) -> set[int]:
    """The clauses of the claim whose terms changed places with each other."""
    rows = [row for row, unit in enumerate(units) if unit.estimate and row in pairs and pairs[row].estimate]
    found = set()
    for first in rows:
        for second in rows:
            mine, theirs = _lexeme(units[first]), _lexeme(units[second])
            if (
                first != second
                and mine != theirs
                and mine == _lexeme(pairs[second])
                and theirs == _lexeme(pairs[first])
            ):
                found |= {first, second}
    return found


def _lexeme(unit: Unit) -> tuple[str, bool]:
    assert unit.estimate is not None
    return unit.estimate.canonical, unit.estimate.negated


def _without_source_term(unit: Unit, source: Unit, given: Sequence[Unit]) -> Finding:
    """The finding for a term that the restated clause does not have."""
    if others_in(source.text, "confidence") or (_confident(given) and not any(one.estimate for one in given)):
        return finding("confidence_conflated", unit, source, claim=unit.estimate)
    number = next((one for one in source.others if one.kind == "number"), None)
    if number:
        return finding("numeric", unit, source, claim=unit.estimate, source_term=number)
    same = [
        one for one in given if one.estimate and one.estimate.canonical == (unit.estimate and unit.estimate.canonical)
    ]
    hedge = next((one for one in source.others if one.kind in ("hedge", "comparative")), None)
    return finding("moved" if same else "invented", unit, source, claim=unit.estimate, source_term=hedge)


def _compared(
    unit: Unit, source: Unit, given: Sequence[Unit], label: str, scale: Yardstick | None
) -> Iterator[Finding]:
    mine, theirs = unit.estimate, source.estimate
    assert mine is not None
    assert theirs is not None
    changed = _change(mine, theirs, unit, source)
    if changed:
        yield finding(changed, unit, source, claim=mine, source_term=theirs, shift=_shift(mine, theirs, scale))
    yield from _voices(unit, source)
    if changed in ("flipped",):
        return
    if what := substitution(unit, source, given):
        yield finding("moved", unit, source, claim=mine, source_term=theirs, what=what)
    yield from condition_findings(unit, source)
    yield from horizon_findings(unit, source, given, label)
    yield from scope_findings(unit, source)


def _change(mine: Estimate, theirs: Estimate, unit: Unit, source: Unit) -> Kind | None:
    """What became of a term: nothing, another word of its band, a stronger or a weaker one, or its opposite."""
    if any(char.isdigit() for char in mine.term) and not any(char.isdigit() for char in theirs.term):
        return "numeric"
    if mine.canonical == theirs.canonical:
        return "flipped" if _polarity(unit, source) or opposite(unit, source) else None
    low, high = level_of(mine.band), level_of(theirs.band)
    assert low is not None
    assert high is not None
    if mine.negated != theirs.negated:
        opposed = (low < _UNLIKELY) == (high < _UNLIKELY)
        return "flipped" if opposed else "reworded"
    if (low < _UNLIKELY and high > _LIKELY) or (low > _LIKELY and high < _UNLIKELY):
        # "unlikely that it fails" for "likely that it succeeds" is another judgement, too: bands cannot be inverted.
        return "flipped"
    if low == high:
        return "reworded"
    if low < _UNLIKELY and high < _UNLIKELY:
        return "upgraded" if low < high else "downgraded"
    return "upgraded" if low > high else "downgraded"


def _polarity(unit: Unit, source: Unit) -> bool:
    """Whether a "not" came or went with the same term: at the term, or at the verb that both clauses share."""
    mine, theirs = unit.estimate, source.estimate
    assert mine is not None
    assert theirs is not None
    at_mine, at_theirs = _denied(unit), _denied(source)
    here, there = mine.negated != bool(at_mine), theirs.negated != bool(at_theirs)
    if here == there:
        return False
    if mine.negated != theirs.negated and not at_mine and not at_theirs:
        return True
    # A denied verb may be said the other way round ("will not return", "stay away"): only the same verb is a flip.
    denied = at_mine or at_theirs
    other = source if at_mine else unit
    return bool(denied & other.stems) and not _soft_denial(other)


def _soft_denial(unit: Unit) -> bool:
    return lists().patterns["denial"].search(unit.text, unit.start) is not None


def _denied(unit: Unit) -> frozenset[str]:
    """The stems of the words that a "not" inside the proposition denies."""
    assert unit.estimate is not None
    start, end = unit.estimate.proposition
    text = unit.text
    found: set[str] = set()
    for match in re.finditer(r"\b(?:not|never|n['’]t|no longer|cannot)\b", text[start:end], re.I):
        place = start + match.start()
        if any(one.start <= place < one.end for one in unit.others) or re.search(r"\bor\s+$", text[:place]):
            continue
        if place < unit.estimate.start and unit.estimate.negated:
            continue
        if re.match(r"\s+(?:only|just|merely|necessarily|least|yet\b.*\bbut)", text[place + len(match.group()) :]):
            continue
        following = [key for key, where in unit.words.items() if place < where < place + 45]
        found.update(following[:3])
    return frozenset(found)


def _shift(mine: Estimate, theirs: Estimate, scale: Yardstick | None) -> int | None:
    """By how many bands a term moved, up (+) or down (-) in probability: of the briefing's scale, if both are in it."""
    if scale is not None:
        one, other = band_of(scale, mine.canonical), band_of(scale, theirs.canonical)
        if one is not None and other is not None:
            return scale.bands.index(one) - scale.bands.index(other)
    low, high = level_of(mine.band), level_of(theirs.band)
    return None if low is None or high is None else round(low - high) or (1 if low > high else -1 if low < high else 0)


def _voices(unit: Unit, source: Unit) -> Iterator[Finding]:
    mine, theirs = unit.estimate, source.estimate
    assert mine is not None
    assert theirs is not None
    if (mine.voice == AUTHOR) != (theirs.voice == AUTHOR):
        if theirs.voice != AUTHOR and _names(theirs.voice) & _names(unit.text):
            return
        if theirs.voice.lower() in _PRONOUNS and mine.voice != AUTHOR:
            return
        yield finding("attribution_lost", unit, source, claim=mine, source_term=theirs)
    elif mine.voice != AUTHOR and theirs.voice != AUTHOR:
        named, all_named = _names(mine.voice), _names(source.text)
        role = any(word.lower() in titles() for word in re.findall(r"\w+", mine.voice))
        if (
            not role
            and mine.voice.lower() not in _PRONOUNS
            and named
            and not named & all_named
            and theirs.voice.lower() not in _PRONOUNS
        ):
            yield finding("attribution_lost", unit, source, claim=mine, source_term=theirs)


def _names(text: str) -> frozenset[str]:
    return frozenset(
        word.lower().removesuffix("'s")[:5] for word in re.findall(r"[^\W\d_][\w’'-]{2,}", text.replace("’", "'"))
    ) - {"the", "and"}


def _attributes(claim: str, units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """Terms that the claim only sets before a noun ("an unlikely victory") and that its sources use less often."""
    texts = {source.text for source in given}
    used = Counter(mark.canonical for text in texts for mark in marks_of(text) if mark.kind in ("term", "mention"))
    counted = Counter(mark.canonical for mark in marks_of(claim) if mark.kind in ("term", "mention"))
    for mark in others_in(claim, "mention"):
        if mark.form == mark.canonical and counted[mark.canonical] > used[mark.canonical]:
            unit = next((one for one in units if one.start <= mark.start < one.end), units[0])
            word = Estimate("mention", mark.start, mark.end, claim[mark.start : mark.end], mark.canonical)
            yield finding("invented", unit, None, claim=word)


def _confidence(claim: str, units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """Confidence that no source has, or another level of it."""
    known = {mark.canonical for text in {source.text for source in given} for mark in others_in(text, "confidence")}
    for mark in others_in(claim, "confidence"):
        if mark.canonical not in known and not (mark.canonical == "confident" and known):
            unit = next((one for one in units if one.start <= mark.start < one.end), units[0])
            judged = next((one for one in given if one.estimate), given[0])
            word = Estimate("confidence", mark.start, mark.end, claim[mark.start : mark.end], mark.canonical)
            yield finding("confidence_conflated", unit, judged, claim=word)


def _fact_findings(units: Sequence[Unit], pairs: dict[int, Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """What became of judgements that the claim states without their term."""
    for row, unit in enumerate(units):
        if unit.estimate is not None:
            continue
        source = pairs.get(row)
        hedge = _instead(unit)
        if hedge and _as_probability(hedge, given):
            yield finding("confidence_conflated", unit, source, claim=hedge)
            continue
        if source is None or source.estimate is None:
            continue
        if not _restates(unit, source, units, given):
            continue
        yield _lost(unit, source, hedge)


def _numbers(given: Sequence[Unit]) -> list[tuple[str, ...]]:
    return [digits(mark.canonical) for text in {source.text for source in given} for mark in others_in(text, "number")]


def _numeric(claim: str, units: Sequence[Unit], given: Sequence[Unit]) -> Iterator[Finding]:
    """Chances in figures that no source has."""
    known = _numbers(given)
    for mark in others_in(claim, "number"):
        if digits(mark.canonical) not in known:
            unit = next((one for one in units if one.start <= mark.start < one.end), units[0])
            number = Estimate("number", mark.start, mark.end, claim[mark.start : mark.end], mark.canonical)
            judged = next((one for one in given if one.estimate), given[0])
            yield finding("numeric", unit, judged, claim=number)


def _as_probability(hedge: Estimate, given: Sequence[Unit]) -> bool:
    """Whether "a low probability" stands where the sources say "low confidence"."""
    level, _, rest = hedge.canonical.partition(" ")
    levels = {
        mark.canonical.split()[0].replace("medium", "moderate")
        for text in {one.text for one in given}
        for mark in others_in(text, "confidence")
    }
    return rest == "probability" and level in levels


def _confident(given: Sequence[Unit]) -> bool:
    return any(others_in(text, "confidence") for text in {source.text for source in given})


def _restates(unit: Unit, source: Unit, units: Sequence[Unit], given: Sequence[Unit]) -> bool:
    """Whether a clause without a term says what a judgement says, and no plain clause of the sources says it better."""
    shared = unit.stems & source.stems
    if not shared:
        return False
    whole = len(shared) / min(len(unit.stems), len(source.stems))
    if whole < _RESTATES:
        return False
    if any(
        other.estimate and other.estimate.canonical == (source.estimate and source.estimate.canonical)
        for other in units
    ):
        # The judgement's own term stands elsewhere in the claim: this clause is only about the same things.
        return (
            whole >= 0.75
            and len(shared) >= 3
            and len(unit.stems) >= 3
            and sum(
                1
                for one in given
                if one.estimate and source.estimate and one.estimate.canonical == source.estimate.canonical
            )
            > sum(
                1
                for one in units
                if one.estimate and source.estimate and one.estimate.canonical == source.estimate.canonical
            )
        )
    ahead = any(one.kind == "modal" for one in unit.others)
    plain = [
        one for one in given if one.estimate is None and not (ahead and not any(o.kind == "modal" for o in one.others))
    ]
    best_plain = max((len(unit.stems & one.stems) / len(unit.stems) for one in plain), default=0.0)
    return best_plain < len(shared) / len(unit.stems)


def _instead(unit: Unit) -> Estimate | None:
    """What stands in a clause where a term might: a number, a hedge, a comparison, confidence; the first of these."""
    order = ("number", "confidence", "hedge", "comparative")
    found = [one for one in unit.others if one.kind in order]
    return min(found, key=lambda one: order.index(one.kind)) if found else None


def _lost(unit: Unit, source: Unit, hedge: Estimate | None) -> Finding:
    theirs = source.estimate
    assert theirs is not None
    if hedge is None:
        return finding("dropped", unit, source, source_term=theirs)
    if hedge.kind == "number":
        return finding("numeric", unit, source, claim=hedge, source_term=theirs)
    if hedge.kind == "confidence" and hedge.canonical in {
        mark.canonical for mark in others_in(source.text, "confidence")
    }:
        return finding("dropped", unit, source, source_term=theirs)
    if hedge.kind == "confidence":
        return finding("confidence_conflated", unit, source, claim=hedge, source_term=theirs)
    low, high = level_of(hedge.band), level_of(theirs.band)
    if low is None or high is None:
        return finding("vague", unit, source, claim=hedge, source_term=theirs)
    if low == high:
        return finding("reworded", unit, source, claim=hedge, source_term=theirs)
    return finding("upgraded" if low > high else "downgraded", unit, source, claim=hedge, source_term=theirs)


def _stacked(units: Sequence[Unit], given: Sequence[Unit], pairs: dict[int, Unit]) -> Iterator[Finding]:
    """A hedge or a second term stacked on a term: "may be likely", "probably almost certain"."""
    pattern = lists().patterns["stacked"]
    stacks = {_stack(a, b) for source in given for a, b in _neighbours(source, pattern)}
    for place, unit in enumerate(units):
        doubted = list(_neighbours(unit, pattern))
        if (
            place
            and (before := units[place - 1]).estimate
            and unit.estimate
            and pattern.match(unit.text[before.estimate.end : unit.estimate.start])
        ):
            doubted.append((before.estimate, unit.estimate))
        restated = pairs.get(place)
        if unit.estimate and restated and not any(one.kind == "hedge" for one in restated.others):
            doubted += [
                (one, unit.estimate)
                for one in unit.others
                if one.term.lower() in ("possibly", "perhaps", "maybe", "potentially")
            ]
        for first, second in doubted:
            if _stack(first, second) not in stacks:
                yield finding("double_hedge", unit, None, claim=second, source_term=first)


def _neighbours(unit: Unit, pattern: re.Pattern[str]) -> Iterator[tuple[Estimate, Estimate]]:
    term = unit.estimate
    if term is None:
        return
    for one in unit.others:
        if (
            one.kind == "hedge"
            and one.canonical not in ("risk", "certain", "in doubt")
            and one.end <= term.start
            and pattern.match(unit.text[one.end : term.start])
        ):
            yield one, term
        if (
            one.kind == "hedge"
            and one.start >= term.end
            and re.fullmatch(r"\s+(?:to\s+)?", unit.text[term.end : one.start])
        ):
            yield term, one


def _stack(first: Estimate, second: Estimate) -> tuple[str, str]:
    return first.canonical, second.canonical
