"""Does a claim say the same as the sentences it cites: the same terms, on the same matters, with the same reservations?

Deterministic and without a model. Claim and sources are cut into clauses, and each clause of the claim is paired one to
one with the source clause it restates (`rag.clauses`). Then each pair of terms is compared (`rag.terms`, `rag.matter`,
`rag.fidelity`), and what is left over is what the claim lost (`rag.losses`) or added (`rag.additions`).
"""

from collections.abc import Iterator, Mapping, Sequence

from ingest.yardsticks import Yardstick
from rag.additions import attributes, confidence, numbers, stacks, wholes
from rag.answer import Finding
from rag.clauses import Unit, aligned, conditions_of, keys_of, sources_of, units_of
from rag.losses import losses
from rag.messages import finding
from rag.terms import compared, with_term_of, without_source_term
from rag.widening import widened
from rag.wordlists import lists

# A clause without a term states a judgement if it covers so much of it, at least so many stems; one term covers two
# judgements with so much of what sets each apart.
_STATED, _STATED_STEMS = 0.6, 2
_COVERED = 0.6
# A clause that restates one item of a list shares so much of its stems with the whole.
_PART = 0.6


def check_claim(
    claim: str, sources: Sequence[str], scale: Yardstick | None = None, label: str = ""
) -> tuple[Finding, ...]:
    """What a claim changes in the wording of the sentences it cites; empty if it is faithful.

    `sources` are the cited sentences; a forecast label ("Medium-term (3-12 months)"), given or among them, gives its
    horizon to the rest, and "(published May 2026)" in a given one is when the briefing was. `scale` is the yardstick of
    the briefing: its bands then count the steps of a change. Spans count characters of the claim and of the source
    sentence named.
    """
    if " ".join(claim.split()) in {" ".join(text.split()) for text in (*sources, " ".join(sources))}:
        return ()
    given, printed = sources_of(sources)
    units = units_of(claim)
    if not given or not units:
        return tuple(finding("invented", one, None, claim=one.estimate) for one in units if one.estimate)
    pairs = _pairs(units, given)
    found = [
        *_term_findings(units, pairs, given, f"{label} {printed}".strip(), scale),
        *losses(units, pairs, given),
        *stacks(units, given, pairs),
        *numbers(claim, units, given),
        *attributes(claim, units, given),
        *wholes(claim, units, given),
        *widened(units, given, pairs),
    ]
    if conflated := list(confidence(claim, units, given)):
        # A judgement turned into confidence is one fault: its term is not dropped besides.
        found = [one for one in found if one.kind != "dropped"] + conflated
    if fused := list(_fused(units, pairs, given)):
        # Two judgements under one term are one fault, not a stronger or weaker term as well.
        spans, besides = {(one.start, one.end) for one in fused}, ("upgraded", "downgraded", "reworded", "moved")
        found = [one for one in found if one.kind not in besides or (one.start, one.end) not in spans] + fused
    return tuple(sorted(_without_repeats(found), key=lambda one: (one.start, one.kind)))


def _pairs(units: Sequence[Unit], given: Sequence[Unit]) -> dict[int, Unit]:
    """The source clause of each claim clause; a term that fell to a plain clause may draw on context ("she", "one")."""
    result = {row: given[column] for row, column in aligned(units, given).items()}
    for row, unit in enumerate(units):
        if unit.estimate is None or (row in result and result[row].estimate):
            continue
        # A clause without a term gives way to one that has the very term of the judgement.
        taken = [source for other, source in result.items() if units[other].estimate]
        free = (one for one in given if one.estimate and _lexeme(one) == _lexeme(unit) and one not in taken)
        if source := next((one for one in free if _is_near(unit, one) and not _is_stated(one, units)), None):
            result = {other: one for other, one in result.items() if one is not source} | {row: source}
    return result


def _is_near(unit: Unit, source: Unit) -> bool:
    """Whether two clauses share a word, or one the context of the other."""
    return bool(
        unit.stems & source.stems or source.context & unit.stems or unit.context & (source.stems | source.context)
    )


def _is_stated(source: Unit, units: Sequence[Unit]) -> bool:
    """Whether the claim states what the source judges without a term."""
    least = max(_STATED_STEMS, _STATED * len(source.stems))
    return any(other.estimate is None and len(other.stems & source.stems) >= least for other in units)


def _fused(units: Sequence[Unit], pairs: Mapping[int, Unit], given: Sequence[Unit]) -> Iterator[Finding]:
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
            if other is source or one == two or lost is None or other in pairs.values():
                continue
            if all(_covers(unit, mine, theirs) for mine, theirs in ((other, source), (source, other))):
                yield finding("fused", unit, lost, claim=unit.estimate)


def _covers(unit: Unit, source: Unit, beside: Unit) -> bool:
    """Whether a clause says what sets one judgement apart from the one beside it; whom "she" means there does not.

    "A and B are both likely" need not say much of either.
    """
    meant = {key for name in source.names for key in keys_of(name)} & beside.context
    if source.place != beside.place and lists().patterns["object_pronoun"].search(
        beside.text, beside.start, beside.end
    ):
        # What "it" means in another sentence.
        meant = meant | beside.context
    own = source.stems - beside.stems - conditions_of(beside) - meant
    least = 0.0 if lists().patterns["both"].search(unit.text, unit.start, unit.end) else _COVERED
    return bool(own) and len(own & unit.stems) >= max(1, least * len(own))


def _without_repeats(found: Sequence[Finding]) -> list[Finding]:
    seen: dict[tuple[str, int], Finding] = {}
    for one in found:
        seen.setdefault((one.kind, one.start), one)
    return list(seen.values())


def _term_findings(
    units: Sequence[Unit], pairs: Mapping[int, Unit], given: Sequence[Unit], label: str, scale: Yardstick | None
) -> Iterator[Finding]:
    swapped = _swapped(units, pairs)
    for row, unit in enumerate(units):
        if unit.estimate is None:
            continue
        source = pairs.get(row)
        if row in swapped and source is not None:
            yield finding("moved", unit, source, claim=unit.estimate, source_term=source.estimate)
            continue
        same = with_term_of(unit, given)
        if source is None and same and _is_part_of(unit, same[0]):
            yield from compared(unit, same[0], given, label, scale)
            continue
        if source is None:
            yield without_source_term(unit, same[0] if same else None, given)
            continue
        if source.estimate is None and same and _is_elliptical(source):
            # "A deal is likely; new quotas are not": the clause judges by the term of the one before.
            continue
        if source.estimate is None:
            yield without_source_term(unit, source, given)
            continue
        yield from compared(unit, source, given, label, scale)


def _is_part_of(unit: Unit, source: Unit) -> bool:
    """Whether a clause restates a part of what a source clause judges under one term: one item of a list."""
    return bool(unit.stems) and len(unit.stems & source.stems) >= _PART * len(unit.stems)


def _is_elliptical(source: Unit) -> bool:
    return lists().patterns["elliptical"].search(source.text[source.start : source.end]) is not None


def _swapped(units: Sequence[Unit], pairs: Mapping[int, Unit]) -> set[int]:
    """The clauses of the claim whose terms changed places with each other."""
    rows = [row for row, unit in enumerate(units) if unit.estimate and row in pairs and pairs[row].estimate]
    found = set()
    for first in rows:
        for second in rows:
            mine, theirs = _lexeme(units[first]), _lexeme(units[second])
            if first != second and _have_exchanged(units[first], units[second], pairs[first], pairs[second]):
                found |= {first, second}
            if (
                first != second
                and mine != theirs
                and mine == _lexeme(pairs[second])
                and theirs == _lexeme(pairs[first])
            ):
                found |= {first, second}
    return found


def _have_exchanged(one: Unit, other: Unit, mine: Unit, theirs: Unit) -> bool:
    """Whether each of two clauses has a word of the other's source in place of one of its own: "rail" for "docks"."""
    own, others = mine.stems - theirs.stems, theirs.stems - mine.stems
    kept = (own & one.stems) and (others & other.stems)
    crossed = (others & one.stems) - own, (own & other.stems) - others
    return bool(kept) and all(crossed) and not crossed[0] & other.stems and not crossed[1] & one.stems


def _lexeme(unit: Unit) -> tuple[str, bool]:
    assert unit.estimate is not None
    return unit.estimate.canonical, unit.estimate.negated
