"""For readers: the terms of a briefing with the ranges of its scale, and a text checked against briefings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.briefing import Briefing, Estimate
from ingest.sentences import sentence_spans
from ingest.speakers import AUTHOR
from ingest.yardsticks import Yardstick, band_of, scale_of
from rag.answer import Citation, Filters, Finding
from rag.clauses import LEAST, likeness, sources_of, units_of, weights
from rag.corpus import Corpus
from rag.quoting import cite
from rag.retrieval import Retriever
from rag.support import without_titles
from rag.wording import check_claim

Status = Literal["faithful", "changed", "no_source", "no_judgement"]
# So many sentences of the briefings are looked at for each sentence of a text.
CANDIDATES = 8
# A sentence of which no clause is so like one of the briefings, a common term included, has no source there.
SOURCE = 0.6


@dataclass(frozen=True, slots=True)
class Marked:
    """A term of a briefing as shown to a reader; the span counts `Briefing.text`.

    `label` says of it what a reader may want to know; `range` is as the briefing's own scale prints it, "" if unknown.
    """

    start: int
    end: int
    band: str
    label: str
    range: str


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """One sentence of a checked text, with its span there and the sentences of the briefings it was compared with."""

    text: str
    start: int
    end: int
    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...]
    status: Status


Scales = Mapping[str, Yardstick]


def scale_for(briefing: Briefing, scales: Scales) -> Yardstick | None:
    """The scale that a briefing declares, where it is known and printed with words for us to read."""
    terms = [one.estimate.canonical for one in briefing.judgements]
    return scale_of(briefing.yardstick, terms, scales).yardstick


def marked(briefing: Briefing, scales: Scales) -> tuple[Marked, ...]:
    """The terms of a briefing in order, each once."""
    scale = scale_for(briefing, scales)
    found: dict[tuple[int, int], Marked] = {}
    for judgement in briefing.judgements:
        one = judgement.estimate
        band = band_of(scale, one.canonical) if scale else None
        shown = Marked(
            one.start, one.end, one.band or "", _label(one), band.printed if band and not one.negated else ""
        )
        found.setdefault((one.start, one.end), shown)
    return tuple(sorted(found.values(), key=lambda one: one.start))


def _label(one: Estimate) -> str:
    parts = [f"not {one.canonical}" if one.negated else one.canonical]
    if one.horizon != "none":
        parts.append(f"{one.horizon}-term")
    if one.conditions:
        parts.append("conditional")
    if one.voice != AUTHOR:
        named = one.voice if one.voice.lower() not in ("he", "she", "they", "it") else "a third party"
        parts.append(f"judged by {named}")
    if one.superseded:
        parts.append("an earlier judgement")
    return ", ".join(parts)


def check_text(text: str, retriever: Retriever, filters: Filters, scales: Scales) -> tuple[CheckedSentence, ...]:
    """Every sentence of a text, checked against the sentences of the briefings that it restates."""
    return tuple(
        _checked(text[start:end], start, end, retriever, filters, scales)
        for first, last in _paragraphs(text)
        for start, end in sentence_spans(text, first, last)
        if any(char.isalpha() for char in text[start:end])
    )


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """The paragraphs and list items of plain or Markdown text, without their marks and without headings.

    A heading is marked as one, or is a line without an end mark of its own that is followed by a sentence.
    """
    mark = r"(?:[#>*•–-]+|\d{1,2}[.)])"
    for found in re.finditer(
        rf"(?P<mark>[ \t]*{mark}[ \t]+)?(?P<body>\S.*(?:\n(?![ \t]*{mark}[ \t])[ \t]*\S.*)*)", text
    ):
        start, end = found.span("body")
        first, _, rest = text[start:end].partition("\n")
        bare = re.search(r"[.!?:;,”\"]\s*$", first) is None
        if (found["mark"] or "").lstrip().startswith("#") or (
            bare and len(first) < 90 and not rest and not found["mark"] and not _ends(text, end)
        ):
            continue
        if bare and len(first) < 60 and rest[:1].isupper():
            start += len(first) + 1
        yield start, end


def _ends(text: str, end: int) -> bool:
    """Whether nothing follows: a last line without an end mark is an unfinished sentence, no heading."""
    return not text[end:].strip()


def _checked(
    sentence: str, start: int, end: int, retriever: Retriever, filters: Filters, scales: Scales
) -> CheckedSentence:
    found = retriever.retrieve(sentence, filters, CANDIDATES)
    numbers = restated([(evidence.number, evidence.text) for evidence in found.evidence], sentence)
    citations = tuple(cite(number, found.corpus) for number in numbers)
    judging = any(unit.estimate or unit.others for unit in units_of(sentence))
    if not citations:
        return CheckedSentence(sentence, start, end, (), (), "no_source" if judging else "no_judgement")
    findings = check_cited(sentence, citations, found.corpus, scales)
    judged = judging or any(unit.estimate for unit in sources_of([one.quote for one in citations])[0])
    status: Status = "changed" if findings else "faithful" if judged else "no_judgement"
    return CheckedSentence(sentence, start, end, citations, findings, status)


def restated(candidates: Sequence[tuple[int, str]], sentence: str) -> list[int]:
    """The numbers of the sentences that the clauses of a sentence restate, best first; only those like enough."""
    units = [(number, unit) for number, text in candidates for unit in sources_of([text])[0]]
    weight = weights([unit for _, unit in units])
    chosen: dict[int, float] = {}
    for claim in units_of(sentence):
        scored = [(likeness(claim, unit, weight), -place, number) for place, (number, unit) in enumerate(units)]
        if scored and (best := max(scored))[0] >= (SOURCE if not chosen else LEAST + 0.35):
            chosen[best[2]] = max(chosen.get(best[2], 0.0), best[0])
    return sorted(chosen, key=lambda number: -chosen[number])


def check_cited(claim: str, citations: Sequence[Citation], corpus: Corpus, scales: Scales) -> tuple[Finding, ...]:
    """The findings on a claim against its citations and the forecast labels above them.

    `Finding.source` counts the citations.
    """
    briefings = [corpus.briefings[corpus.place[one.briefing_id]] for one in citations]
    labels = [label for one, briefing in zip(citations, briefings, strict=True) for label in _labels(one, briefing)]
    # "In March the briefing judged it unlikely" is a date of the briefing, not of what it judges.
    labels += [f"(published {one.published:%B %Y})" for one in citations if one.published]
    used = {scale.id: scale for briefing in briefings if (scale := scale_for(briefing, scales))}
    # Bands of two scales are never counted together.
    scale = next(iter(used.values())) if len(used) == 1 else None
    quotes = [one.quote for one in citations]
    # "According to 'Ferries before Winter'" names no other speaker, and no time.
    named = without_titles(claim, citations, instead="the briefing")
    return tuple(check_claim(named, quotes, scale, label=" ".join(dict.fromkeys(labels))))


def _labels(citation: Citation, briefing: Briefing) -> list[str]:
    labels = {window.label for window in briefing.windows}
    return [part for part in citation.section.split(" > ") if part in labels]
