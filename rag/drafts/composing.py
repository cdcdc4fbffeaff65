"""Puts a draft together: the sentences chosen for each section of a style, written up, and what is missing of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ingest.briefing import Briefing
from rag.clauses import weights
from rag.corpus import Corpus
from rag.drafts.digest import Digest, note_of
from rag.drafts.draft import Draft, Form, Line, Section, Source
from rag.drafts.statements import SAME_WORDS, Statement, cell_of, grouped, required, restates, said_in, statements_of
from rag.drafts.style import Outline, Part, Style
from rag.drafts.summary import OVER, bottom_line, drivers, reasons_of, selected, words_in
from rag.drafts.windows import day
from rag.quoting import claim_of

# So many words of reasons, where a style says no number.
WHY = 36
NO_JUDGEMENT = "No judgement of the author's own was found."
NO_BOTTOM_LINE = "No judgement of the author's own was found to open with. Central sentences stand in its place."


@dataclass(frozen=True)
class Request:
    """What a draft is made from: briefings of a corpus, the day it is for and, of a topic, its score a sentence."""

    form: Form
    briefings: tuple[Briefing, ...]
    corpus: Corpus
    as_of: date
    topic: str = ""
    focus: Mapping[int, float] = field(default_factory=dict)


def chosen(request: Request, style: Style) -> tuple[list[Section], Sequence[Statement]]:
    """The sections of a draft in quotations, those without a line left out, and the judgements that it has to carry."""
    outline = style.outline(request.form)
    plan = {"judgements": _tables, "digest": _digest}.get(request.form, _summary)
    sections, needed = plan(request, outline)
    return [section for section in sections if section.lines], needed


def draft_of(request: Request, style: Style, sections: Sequence[Section], needed: Sequence[Statement]) -> Draft:
    """The draft of some sections; `missing` lists what is needed and no line says."""
    text = [line.claim.text for section in sections for line in section.lines if not line.is_open]
    said = said_in(text, needed, weights([one.unit for one in needed]))
    return Draft(
        form=request.form,
        style=style.name,
        title=_title(request),
        sections=tuple(sections),
        sources=tuple(map(_source, request.briefings)),
        as_of=request.as_of,
        missing=tuple(_row(one, request) for place, one in enumerate(needed) if place not in said),
        notes=_notes(request.form, bool(text), bool(needed)),
    )


def _notes(form: Form, some: bool, judged: bool) -> tuple[str, ...]:
    """What a reader is told of a draft without a required judgement."""
    if judged or (some and form == "digest"):
        return ()
    return (NO_BOTTOM_LINE if some else NO_JUDGEMENT,)


def _summary(request: Request, outline: Outline) -> tuple[list[Section], Sequence[Statement]]:
    """The sections of a summary of one briefing, and what it has to carry; facts stand for a bottom line it lacks."""
    briefing, corpus, parts = request.briefings[0], request.corpus, outline.sections
    statements = statements_of(briefing, corpus)
    needed = required(statements)
    core, top = [one.number for one in needed], bottom_line(statements, corpus)
    if request.form == "bottom_line":
        needed = tuple(one for one in needed if one.number == top)
    facts = "facts" if top is None else "drivers"
    least = next((part.words or WHY for part in parts if part.shows == facts), 0)
    reasons = reasons_of(briefing, core, corpus) if least else {}
    limit = outline.words * OVER - _length(drivers(reasons, core, least, corpus), corpus) if outline.words else None
    shown = [one for one in needed if one.number == top or any(_shows(part, one) for part in parts)]
    left = selected(shown, [] if top is None else [top], limit, corpus)
    # Of a briefing that judges little, more of the reasons fit.
    room = max(least, round(limit) - _length(left, corpus)) if limit else least
    why = drivers(reasons, core, room, corpus)[: 1 if request.form == "bottom_line" else None]
    by_number, sections = grouped(shown), []
    for part in parts:
        if part.shows in ("drivers", "facts"):
            mine = why if part.shows == facts else []
        else:
            mine = [n for n in left if (n == top and part.shows == "bottom_line") or _shows(part, by_number[n][0])]
            left = [n for n in left if n not in mine]
        lines = [Line(claim_of(n, corpus), "", note_of(by_number.get(n, ()), request.as_of)) for n in mine]
        sections.append(Section(part.heading, part.layout, tuple(lines)))
    return sections, needed


def _shows(part: Part, one: Statement) -> bool:
    """Whether a section is for a judgement."""
    kind, _, horizon = part.shows.partition(":")
    if kind == "bottom_line":
        return one.place == "bottom_line"
    return kind == "judgements" and horizon in ("", one.horizon)


def _tables(request: Request, outline: Outline) -> tuple[list[Section], Sequence[Statement]]:
    """The sections of a table of judgements: every one that is required, what two rows would say in one."""
    needed = [one for briefing in request.briefings for one in required(statements_of(briefing, request.corpus))]
    weight = weights([one.unit for one in needed])
    rows = [one for one in needed if not any(_is_said_by(one, other, weight) for other in needed)]
    sections = []
    for part in outline.sections:
        mine = [one for one in rows if _shows(part, one)]
        rows = [one for one in rows if one not in mine]
        sections.append(Section(part.heading, part.layout, tuple(_row(one, request) for one in mine)))
    return sections, needed


def _is_said_by(one: Statement, other: Statement, weight: dict[str, float]) -> bool:
    """Whether the forecast says a judgement of the summary in like words, with its horizon."""
    same = one.briefing is other.briefing and (one.place, other.place) == ("bottom_line", "forecast")
    return same and restates(one.unit, other, weight, SAME_WORDS)


def _digest(request: Request, outline: Outline) -> tuple[list[Section], Sequence[Statement]]:
    """The sections of a digest, and what it has to carry."""
    digest = Digest(request.briefings, request.corpus, request.as_of, request.focus)
    sources = {"changes": digest.changes, "differences": digest.differences}
    sources |= {"judgements": digest.judged, "watch": digest.watch}
    # What changed is chosen first, wherever it stands, so that no other section takes its sentences.
    order = sorted(outline.sections, key=lambda part: list(sources).index(part.shows.partition(":")[0]))
    filled = {part: digest.take(sources[part.shows](), part.words or outline.words) for part in order}
    for part in order:
        if part.shows not in ("changes", "differences"):
            filled[part] = tuple(sorted(filled[part], key=_published, reverse=True))
    return [Section(part.heading, part.layout, filled[part]) for part in outline.sections], digest.needed()


def _row(one: Statement, request: Request) -> Line:
    """A judgement as a row of a table."""
    note = f"window ended {day(one.closes)}" if one.closes and one.closes < request.as_of else ""
    return Line(claim_of(one.number, request.corpus), "", note, cell_of(one))


def _published(line: Line) -> date:
    return line.claim.citations[0].published or date.min


def _length(numbers: Sequence[int], corpus: Corpus) -> int:
    return sum(words_in(claim_of(number, corpus).text) for number in numbers)


def _title(request: Request) -> str:
    if request.topic:
        return request.topic
    if len(request.briefings) == 1:
        return request.briefings[0].title
    days = sorted(one.published for one in request.briefings if one.published)
    return f"{len(request.briefings)} briefings" + (f", {day(days[0])} to {day(days[-1])}" if days else "")


def _source(briefing: Briefing) -> Source:
    return Source(
        briefing_id=briefing.id,
        title=briefing.title,
        published=briefing.published,
        publisher=briefing.publisher or "",
        scale=briefing.yardstick or "",
        handling=briefing.handling or "",
    )
