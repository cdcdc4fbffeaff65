"""What a reviewer gets at the end of a draft: the terms of the sources, their scales, and what is left to check."""

from collections.abc import Iterator, Sequence

from ingest.estimative import estimates
from rag.answer import Citation
from rag.drafts.draft import Draft, Line
from rag.drafts.written import as_written


def terms_of(citation: Citation, line: Line) -> tuple[str, ...]:
    """The terms of likelihood in a cited sentence, as written there; of a list item under one, the term above it."""
    found = [as_written(citation.quote, one) for one in estimates(citation.quote, terms_only=True)]
    if not found and line.cell and citation == line.claim.citations[0]:
        found = [line.cell.term]
    return tuple(dict.fromkeys(found))


def scales(draft: Draft) -> Iterator[str]:
    """For each source the scale of probability that it names."""
    for source in draft.sources:
        yield f"{source.title} — {source.scale or 'names no scale'}"


def checklist(draft: Draft, lines: Sequence[Line], left_out: int) -> Iterator[str]:
    """What to check before signing; `lines` are those of the exported text."""
    yield f"{_count(len(lines), 'line')} read against the notes"
    found = (
        (sum(not line.claim.citations for line in lines), "line", "without a note: find a source or take out"),
        (
            sum(line.claim.origin == "replaced" for line in lines),
            "quotation",
            "in place of a model’s sentence: reads well",
        ),
        (sum(line.original is not None for line in lines), "line", "edited: still says what its notes say"),
        (left_out, "line", "with open findings left out: nothing that matters is lost"),
        (sum(bool(line.note) for line in lines), "line", "whose window has ended: still to be told"),
        (len(draft.missing), "required judgement", "not covered: left out on purpose"),
    )
    yield from (f"{_count(number, noun)} {what}" for number, noun, what in found if number)
    for line in lines:
        if line.is_open:
            yield f"Unverified, to be settled or taken out: “{line.claim.text}” ({_faults(line)})"
        elif line.accepted:
            yield f"Accepted: “{line.claim.text}” ({_faults(line)}). Reason: {line.accepted}"
    marked = [source for source in draft.sources if source.handling]
    yield from (f"Handling mark kept: {source.title} ({source.handling})" for source in marked)


def _faults(line: Line) -> str:
    return "; ".join(finding.message.rstrip(".") for finding in line.claim.findings)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
