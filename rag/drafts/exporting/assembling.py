"""Puts a draft together as a document: its sections line by line, each citation a note, what is missing at the end."""

from collections.abc import Iterable, Sequence
from typing import Literal

from ingest.speakers import AUTHOR
from rag.answer import Citation
from rag.drafts.draft import Cell, Draft, Line, Section
from rag.drafts.exporting.document import Document, Listing, Note, Part, Reference, Run, Table, Text, clean, said
from rag.drafts.exporting.marks import highest_first
from rag.drafts.exporting.review import checklist, scales, terms_of
from rag.drafts.windows import day
from rag.output import source_line

Unverified = Literal["mark", "omit"]

UNVERIFIED = "[unverified]"
JUDGEMENTS = ("Judgement", "Term", "Horizon", "Condition", "Source", "Date")
TERMS = ("Term", "Sentence of the source", "Source", "Note")


def document_of(draft: Draft, unverified: Unverified = "mark") -> Document:
    """The draft as a document; `unverified` says what becomes of lines with open findings."""
    notes = _Notes()
    kept = [(section, _kept(section.lines, unverified)) for section in draft.sections]
    missing = _kept(draft.missing, unverified)
    parts = [_part(section, lines, notes) for section, lines in kept if lines]
    if missing:
        parts.append(_part(Section("Judgements not covered", "bullets", ()), missing, notes))
    lines = [line for _, some in kept for line in some]
    left_out = sum(len(section.lines) for section in draft.sections) - len(lines)
    if terms := _terms((*lines, *missing), notes):
        parts.append(Part("Source terms", (terms,)))
    parts.append(Part("Scales", (Listing("bullets", tuple(map(said, scales(draft)))),)))
    boxes = checklist(draft, lines, left_out)
    parts.append(Part("Reviewer’s checklist", (Listing("boxes", tuple(map(said, boxes))),)))
    return Document(
        title=clean(draft.title),
        handling=tuple(map(clean, highest_first(source.handling for source in draft.sources))),
        about=tuple(map(clean, _about(draft, left_out))),
        parts=tuple(parts),
        notes=tuple(notes.noted),
    )


class _Notes:
    """The citations referred to so far, numbered in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}
        self.noted: list[Note] = []

    def references(self, citations: Iterable[Citation]) -> Text:
        """The marks for some citations, with a space between two, or they would read as one number."""
        marks: list[Run | Reference] = []
        for citation in dict.fromkeys(citations):
            again = citation in self._numbers
            number = self._numbers.setdefault(citation, len(self._numbers) + 1)
            if not again:
                self.noted.append(Note(number, clean(citation.quote), clean(source_line(citation))))
            marks += [Run(" ")] * bool(marks) + [Reference(number, again)]
        return tuple(marks)


def _kept(lines: Iterable[Line], unverified: Unverified) -> tuple[Line, ...]:
    return tuple(line for line in lines if not (line.is_open and unverified == "omit"))


def _about(draft: Draft, left_out: int) -> list[str]:
    told = [f"As of {day(draft.as_of)}."]
    if draft.model:
        told.append(
            f"Written by the model {draft.model}" + (f" with the prompt {draft.prompt}." if draft.prompt else ".")
        )
    if left_out:
        told.append(f"{left_out} {'sentence' if left_out == 1 else 'sentences'} with open findings left out.")
    return told + [f"Note: {note}" for note in draft.notes]


def _part(section: Section, lines: Sequence[Line], notes: _Notes) -> Part:
    """A section; in one that is a table, lines without a judgement of their own stand beneath."""
    rows = [(line, line.cell) for line in lines if line.cell and section.layout == "table"]
    rest = [line for line in lines if not line.cell or section.layout != "table"]
    blocks: list[Listing | Table] = []
    if rows:
        cells = tuple(_row(line, cell, notes) for line, cell in rows)
        blocks.append(Table(JUDGEMENTS, (27, 13, 16, 14, 16, 14), cells))
    if rest:
        kind: Literal["paragraphs", "bullets"] = "paragraphs" if section.layout == "text" else "bullets"
        blocks.append(Listing(kind, tuple(_line(line, line.claim.text, notes) for line in rest)))
    return Part(clean(section.heading), tuple(blocks))


def _line(line: Line, text: str, notes: _Notes) -> Text:
    """A line: what stands in front, the words with their notes, what stands behind."""
    lead = (Run(f"{clean(line.lead)} ", "aside"),) if line.lead else ()
    return (*lead, *_marked(line, text), *notes.references(line.claim.citations), *_behind(line.note))


def _marked(line: Line, text: str) -> Text:
    warning = (Run(f"{UNVERIFIED} ", "mark"),) if line.is_open else ()
    return (*warning, *said(text))


def _behind(note: str) -> Text:
    return (Run(f" [{clean(note)}]", "aside"),) if note else ()


def _row(line: Line, cell: Cell, notes: _Notes) -> tuple[Text, ...]:
    """A judgement as a row; what an analyst edited stands as edited."""
    voice = "" if cell.voice == AUTHOR else f"judged by {cell.voice}"
    first = line.claim.citations[0] if line.claim.citations else None
    return (
        (*_marked(line, line.text), *_behind(voice)),
        said(cell.term),
        (*said(_horizon(cell)), *_behind(line.note)),
        said(cell.condition),
        (*said(first.title if first else ""), *notes.references(line.claim.citations)),
        said(day(first.published) if first and first.published else "undated"),
    )


def _horizon(cell: Cell) -> str:
    """The horizon of a judgement with its dates, as far as they can be counted."""
    dates = f"from {day(cell.opens)}" if cell.opens else ""
    if cell.closes:
        dates = f"{day(cell.opens)} to {day(cell.closes)}" if cell.opens else f"until {day(cell.closes)}"
    named = "" if cell.horizon == "none" else f"{cell.horizon}-term"
    return ", ".join(part for part in (named, dates) if part) or "none named"


def _terms(lines: Sequence[Line], notes: _Notes) -> Table | None:
    """The cited sentences that judge, each once, with their terms."""
    cited = {citation: line for line in reversed(lines) for citation in line.claim.citations}
    rows = tuple(
        (said("; ".join(terms)), said(citation.quote), said(citation.title), notes.references([citation]))
        for citation in dict.fromkeys(citation for line in lines for citation in line.claim.citations)
        if (terms := terms_of(citation, cited[citation]))
    )
    return Table(TERMS, (16, 52, 24, 8), rows) if rows else None
