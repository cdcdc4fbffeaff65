"""Terms of likelihood in texts, and how their bands changed on the way: from briefing to answer, from base to head."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from evals.results import CaseResult, Run
from ingest.lexicon import lexicon
from rag.answer import Claim
from rag.clauses import Unit, aligned, sources_of, units_of

# In place of a band: the other side says nothing with a term here.
NOTHING = "no term"


@dataclass(frozen=True, slots=True)
class Term:
    """A word of likelihood in a text: its span, its band and its base form; "" for what has no band ("may", "80 %")."""

    start: int
    end: int
    band: str
    form: str


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a term of one band (row) became one of another (column); `bands` are those that occur, lowest first."""

    bands: tuple[str, ...]
    counts: Counter[tuple[str, str]]

    @property
    def changed(self) -> int:
        """How many terms are off the diagonal."""
        return sum(count for (before, after), count in self.counts.items() if before != after)


@lru_cache(maxsize=10_000)
def terms_of(text: str) -> tuple[Term, ...]:
    """The words of likelihood of a text in order, each once; "not likely" has a band of its own."""
    found = {(one.start, one.end): one for unit in units_of(text) for one in (*unit.others, unit.estimate) if one}
    return tuple(
        Term(start, end, *(f"not {said}" if said and one.negated else said for said in (one.band or "", one.canonical)))
        for (start, end), one in sorted(found.items())
    )


def source_to_answer(run: Run) -> Confusion:
    """From the judgements of the cited sentences to those that the claims make of them."""
    return _confusion(pair for case in run.cases for claim in case.claims for pair in _restated(claim))


def base_to_head(base: Run, head: Run) -> Confusion:
    """From the terms that base used on a cited sentence to those that head used on the same one."""
    before = {(case.id, case.epoch): _by_source(case) for case in base.cases if case.state == "scored"}
    pairs: list[tuple[str, str]] = []
    for case in head.cases:
        if case.state == "unscored" or (case.id, case.epoch) not in before:
            continue
        old, new = before[case.id, case.epoch], _by_source(case)
        for source in dict.fromkeys((*old, *new)):
            pairs += _matched(Counter(old.get(source)), Counter(new.get(source)))
    return _confusion(pairs)


def _restated(claim: Claim) -> Iterator[tuple[str, str]]:
    """The bands of each clause of a claim and of the clause that it restates."""
    given, _ = sources_of([citation.quote for citation in claim.citations])
    units = units_of(claim.text)
    pairs = aligned(units, given)
    for row, unit in enumerate(units):
        pair = _band(given[pairs[row]] if row in pairs else None), _band(unit)
        if pair != (NOTHING, NOTHING):
            yield pair


def _band(unit: Unit | None) -> str:
    one = unit.estimate if unit else None
    return f"not {one.band}" if one and one.band and one.negated else (one and one.band) or NOTHING


def _by_source(case: CaseResult) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for claim in case.claims:
        if claim.citations:
            found[claim.citations[0].quote] += [term.band for term in terms_of(claim.text) if term.band]
    return found


def _confusion(pairs: Iterable[tuple[str, str]]) -> Confusion:
    counts = Counter(pairs)
    levels = lexicon().levels
    seen = {band for pair in counts for band in pair}
    # A negated term stands beside the band that it negates; no term comes last.
    ordered = sorted(seen, key=lambda band: (levels.get(band.removeprefix("not "), 99.0), band))
    return Confusion(tuple(ordered), counts)


def _matched(before: Counter[str], after: Counter[str]) -> Iterator[tuple[str, str]]:
    """Equal bands with each other, the rest in their order."""
    yield from ((band, band) for band in (before & after).elements())
    yield from zip_longest((before - after).elements(), (after - before).elements(), fillvalue=NOTHING)
