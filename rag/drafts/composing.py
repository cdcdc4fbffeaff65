"""Puts a draft together: the sentences chosen for each section of a style, written up, and what is missing of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ingest.briefing import Briefing
from rag.clauses import weights
from rag.corpus import Corpus
from rag.drafts.digest import Digest, note_of
from rag.drafts.draft import Draft, Form, Line, Section, Source
from rag.drafts.statements import SAME_WORDS, Statement, cell_of, grouped, required, restates, said_in, statements_of
from rag.drafts.style import Outline, Part, Style
from rag.drafts.summary import OVER, bottom_line, drivers, selected, words_in
from rag.drafts.windows import day
from rag.quoting import claim_of

# What writes up a section from its chosen sentences, each a line with the quotation that it is to restate. The quote
# composer leaves them as they are; a model's has to check what it writes.
Writer = Callable[[Section], Section]

# So many words of reasons, where a style says no number.
WHY = 36
NO_JUDGEMENT = "No judgement of the author's own was found."
IN_ITS_PLACE = " Central sentences stand in its place."


@dataclass(frozen=True)
class Request:
    """What a draft is made from: briefings of a corpus, the day it is for and, of a topic, its score a sentence."""

    form: Form
    briefings: tuple[Briefing, ...]
    corpus: Corpus
    as_of: date
    topic: str = ""
    focus: Mapping[int, float] = field(default_factory=dict)


def draft_of(request: Request, style: Style, write: Writer = lambda section: section) -> Draft:
    """The draft; `missing` lists what its form requires and no line says."""
    outline = style.outline(request.form)
    plan = {"judgements": _tables, "digest": _digest}.get(request.form, _summary)
    sections, needed = plan(request, outline)
    sections = [write(section) for section in sections if section.lines]
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
        notes=() if needed else (NO_JUDGEMENT + IN_ITS_PLACE * bool(text),),
    )


def _summary(request: Request, outline: Outline) -> tuple[list[Section], Sequence[Statement]]:
    """The sections of a summary of one briefing, and what it has to carry."""
    briefing, corpus = request.briefings[0], request.corpus
    statements = statements_of(briefing, corpus)
    needed = required(statements)
    top = bottom_line(statements, corpus)
    if top is None:
        return _facts(request, outline), ()
    parts, core = outline.sections, [one.number for one in needed]
    reasons = next((part.words or WHY for part in parts if part.shows == "drivers"), 0)
    why = drivers(briefing, core, reasons, corpus)
    if request.form == "bottom_line":
        needed = tuple(one for one in needed if one.number == top)
    limit = outline.words * OVER - _length(why, corpus) if outline.words else None
    shown = [one for one in needed if one.number == top or any(_shows(part, one) for part in parts)]
    left = selected(shown, [top], limit, corpus)
    if reasons and limit:
        # Of a briefing that judges little, more of the reasons fit.
        why = drivers(briefing, core, max(reasons, round(limit) - _length(left, corpus)), corpus)
    by_number, sections = grouped(shown), []
    for part in parts:
        if part.shows == "drivers":
            mine = why
        else:
            mine = [n for n in left if (n == top and part.shows == "bottom_line") or _shows(part, by_number[n][0])]
            left = [n for n in left if n not in mine]
        lines = [Line(claim_of(n, corpus), "", note_of(by_number.get(n, ()), request.as_of)) for n in mine]
        sections.append(Section(part.heading, part.layout, tuple(lines)))
    return sections, needed


def _facts(request: Request, outline: Outline) -> list[Section]:
    """The central sentences of a briefing that judges nothing, in place of its bottom line."""
    words = round(outline.words * OVER) if outline.words else WHY
    numbers = drivers(request.briefings[0], (), words, request.corpus)
    numbers = numbers[:1] if request.form == "bottom_line" else numbers
    lines = tuple(Line(claim_of(number, request.corpus)) for number in numbers)
    return [Section(part.heading, part.layout, lines) for part in outline.sections if part.shows == "bottom_line"]


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
