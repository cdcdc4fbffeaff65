"""The judgements that a draft has to carry: where each stands, when it comes due, and whether two are one matter."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.briefing import Briefing, Estimate, Horizon, Judgement
from ingest.horizons import is_forecast
from ingest.speakers import AUTHOR
from rag.clauses import SAME_TERM, TERM, Unit, keys_of, likeness, stems_of, units_of
from rag.corpus import Corpus
from rag.drafts.draft import Cell
from rag.drafts.windows import dates_of
from rag.drafts.written import as_written
from rag.question import leans_on_previous, rules

Place = Literal["bottom_line", "forecast", "body"]
# Two judgements by one term whose clauses are so alike restate each other, if they share more than names; of two that
# are so much alike a table needs only one. Both were read off the summaries and forecasts of the exercise briefings.
RESTATES, SAME_WORDS = 0.6, 0.9
# Two by different terms whose clauses are so alike, with a shared name or three shared words, are one matter.
SAME_MATTER = 0.75
_REFERS = re.compile(
    r"\b(?:he|she|they|them|him|his|hers?|theirs?|its|itself|this|these|those"
    r"|it(?! (?:is|was|remains|seems|becomes|will be)\b))\b",
    re.I,
)
_NEGATIVE = re.compile(r"\b(?:not|no|never|nor|neither|cannot|without)\b|n['’]t\b", re.I)


@dataclass(frozen=True, slots=True)
class Statement:
    """A judgement of a briefing's author; `number` counts its sentence in the corpus, `opens` and `closes` as in Cell.

    `sentence` are the words of its sentence, `term` its term as written, negation included, `condition` likewise.
    """

    number: int
    briefing: Briefing
    estimate: Estimate
    place: Place
    sentence: str
    term: str
    condition: str
    unit: Unit
    opens: date | None
    closes: date | None

    @property
    def horizon(self) -> Horizon:
        """The horizon, by the heading or by the words of the judgement."""
        return self.estimate.horizon

    @property
    def meaning(self) -> tuple[str, bool]:
        """What the term says: "probably" and "probable" are one, "likely" and "not likely" are two."""
        return self.estimate.band or self.estimate.canonical, self.estimate.negated


def statements_of(briefing: Briefing, corpus: Corpus) -> tuple[Statement, ...]:
    """The judgements of the author that stand, in the order of the text; what the briefing quotes is not its own."""
    return tuple(_statement(briefing, one, corpus) for one in briefing.judgements if _is_own(briefing, one))


def required(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Those that a draft has to carry: forecast and bottom line; of a briefing without either, all that look ahead."""
    found = tuple(statements)
    placed = tuple(one for one in found if one.place != "body")
    return placed or tuple(one for one in found if one.estimate.tense == "future")


def place_of(briefing: Briefing, sentence: int) -> Place:
    """Whether a sentence stands in the summary, in the forecast, or elsewhere."""
    at = briefing.sentences[sentence]
    path = briefing.sections[at.section].path if briefing.sections else ()
    if any(window.label in path for window in briefing.windows) or any(map(is_forecast, path[1:] or path)):
        return "forecast"
    return "bottom_line" if path and re.search(rules()["bottom_line"]["sections"], path[-1]) else "body"


def _is_own(briefing: Briefing, judgement: Judgement) -> bool:
    estimate, sentence = judgement.estimate, briefing.sentences[judgement.sentence]
    if estimate.voice != AUTHOR or estimate.superseded or estimate.quoted:
        return False
    if not briefing.blocks:
        return True
    block = briefing.blocks[sentence.block]
    # A quotation of several sentences closes its marks only with the last.
    before = briefing.text[block.start : sentence.start + 1]
    return block.kind != "quote" and before.count("“") <= before.count("”") and before.count('"') % 2 == 0


def _statement(briefing: Briefing, judgement: Judgement, corpus: Corpus) -> Statement:
    sentence, estimate = briefing.sentences[judgement.sentence], judgement.estimate
    text = briefing.quote(sentence.start, sentence.end)
    units = units_of(text)
    start = estimate.start - sentence.start
    unit = next((one for one in units if one.estimate and one.estimate.start == start), units[0])
    opens, closes = dates_of(briefing, sentence, estimate)
    return Statement(
        number=corpus.number(briefing.id, judgement.sentence),
        briefing=briefing,
        estimate=estimate,
        place=place_of(briefing, judgement.sentence),
        sentence=text,
        term=as_written(briefing.text, estimate, sentence.start),
        condition="; ".join(briefing.quote(one.start, one.end) for one in estimate.conditions),
        unit=unit,
        opens=opens,
        closes=closes,
    )


def cell_of(one: Statement) -> Cell:
    """The judgement as a row of a table: its own clause of a sentence that holds several, if it stands by itself."""
    sentence, unit = one.sentence, one.unit
    clause = sentence[unit.start : unit.end]
    cut = re.sub(r"^\W*(?:and|but|while|whereas|although|though)\s+|[\s,;:]+$", "", clause, flags=re.I)
    whole = one.term in cut and one.condition in cut and not leans_on_previous(cut) and cut.find(one.term) > 2
    several = sum(bool(other.estimate) for other in units_of(sentence)) > 1
    return Cell(
        judgement=cut if several and whole and (not unit.start or not _REFERS.search(cut)) else sentence,
        term=one.term,
        band=one.estimate.band or "",
        horizon=one.horizon,
        condition=one.condition,
        voice=one.estimate.voice,
        opens=one.opens,
        closes=one.closes,
    )


def said_in(texts: Sequence[str], statements: Sequence[Statement], weight: dict[str, float]) -> frozenset[int]:
    """The places of the judgements that some texts make, in their very words or by the same term on the same matter."""
    units = [unit for text in texts for unit in units_of(text)]
    return frozenset(
        place
        for place, one in enumerate(statements)
        if any(one.sentence in text for text in texts) or any(restates(unit, one, weight) for unit in units)
    )


def restates(unit: Unit, one: Statement, weight: dict[str, float], least: float = RESTATES) -> bool:
    """Whether a clause makes the same judgement by the same term, on no other condition."""
    found = unit.estimate
    if found is None or (found.canonical, found.negated) != (one.estimate.canonical, one.estimate.negated):
        return False
    shared = unit.stems & one.unit.stems
    plain = shared - _named(unit) - _named(one.unit)
    if not plain or (len(plain) < 2 and len(shared) < 3) or not _comparable(unit, one.unit):
        return False
    return _is_within(unit, one.unit) or likeness(unit, one.unit, weight) - SAME_TERM >= least


def same_matter(one: Statement, other: Statement, weight: dict[str, float]) -> bool:
    """Whether two judgements are about one matter, whatever their terms; in doubt they are not."""
    shared = one.unit.stems & other.unit.stems
    if (
        not (_named(one.unit) & _named(other.unit) & shared or len(shared) >= 3)
        or not _same_time(one, other)
        or not _comparable(one.unit, other.unit)
    ):
        return False
    bonus = SAME_TERM if one.estimate.canonical == other.estimate.canonical else TERM
    return likeness(one.unit, other.unit, weight) - bonus >= SAME_MATTER


def _same_time(one: Statement, other: Statement) -> bool:
    """Whether two judgements may be about one time: one horizon, one without, or windows that overlap."""
    if "none" in (one.horizon, other.horizon) or one.horizon == other.horizon:
        return True
    if one.opens is None or other.opens is None:
        return False
    return one.opens <= (other.closes or date.max) and other.opens <= (one.closes or date.max)


def _comparable(one: Unit, other: Unit) -> bool:
    """Whether two clauses are of one polarity and hold on like conditions; "unless" only makes an exception."""
    if _is_negative(one) != _is_negative(other):
        return False
    mine, theirs = _conditions(one), _conditions(other)
    if not mine and not theirs:
        return True
    stems, others = stems_of(" ".join(mine)), stems_of(" ".join(theirs))
    return len(stems & others) >= 0.5 * max(1, min(len(stems), len(others)))


def _is_negative(unit: Unit) -> bool:
    """Whether the proposition itself is denied ("likely that it will not fall"), not the term ("not likely")."""
    if unit.estimate is None:
        return bool(_NEGATIVE.search(unit.text, unit.start, unit.end))
    start, end = unit.estimate.proposition
    inside = [(one.start, one.end) for one in unit.estimate.conditions]
    denied = [
        found
        for found in _NEGATIVE.finditer(unit.text, start, end)
        if not any(a <= found.start() < b for a, b in inside)
    ]
    return len(denied) > unit.estimate.negated


def _is_within(one: Unit, other: Unit) -> bool:
    """Whether one of two clauses says nothing that the other does not, but for names that only one of them gives."""
    mine, theirs = _named(one), _named(other)
    if mine and theirs and not (mine <= theirs or theirs <= mine):
        return False
    plain, others = one.stems - mine, other.stems - theirs
    return plain <= others or others <= plain


def _named(unit: Unit) -> set[str]:
    """The stems of the names of a clause."""
    return {key for name in unit.names for key in keys_of(name)}


def _conditions(unit: Unit) -> list[str]:
    given = unit.estimate.conditions if unit.estimate else ()
    return [unit.text[one.start : one.end] for one in given if one.connective.lower() != "unless"]


def grouped(statements: Iterable[Statement]) -> Mapping[int, tuple[Statement, ...]]:
    """The judgements by their sentence, in order."""
    found: dict[int, tuple[Statement, ...]] = {}
    for one in statements:
        found[one.number] = (*found.get(one.number, ()), one)
    return found


def who(briefing: Briefing) -> str:
    """Who publishes a briefing, else who wrote it, "" if neither is named."""
    return briefing.publisher or " and ".join(briefing.authors)


def newest_first(statements: Iterable[Statement]) -> Iterator[Statement]:
    """The judgements of the newest briefing first, each in the order of its text; those without a date last."""
    yield from sorted(statements, key=lambda one: -(one.briefing.published or date.min).toordinal())
