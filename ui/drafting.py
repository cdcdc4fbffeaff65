"""A draft as markup: its lines to be edited, and the pane that shows one line beside what it cites."""

from collections.abc import Iterator, Mapping, Sequence

from rag.answer import Citation, Finding
from rag.drafts.draft import Draft, Line, Section
from rag.judging import Marked
from ui.markup import NOTHING, Html, element, escape, join, text
from ui.render import chip, day, reference_of, source_html
from ui.terms import words_html

FORMS = {
    "summary": "Executive summary of one briefing",
    "judgements": "Key judgements, as a table",
    "digest": "Digest of several briefings",
    "bottom_line": "Bottom line, one sentence",
}
COLUMNS = ("Judgement", "Term", "Horizon", "Condition", "Source")
# What became of a model's sentence, for those who read the draft.
ORIGINS = {
    "replaced": "quoted: the model's sentence changed the wording",
    "repaired": "written again: the first version changed the wording",
}


def hint_html() -> Html:
    """Before the first draft."""
    told = "Choose briefings, a topic or dates, and a form. Each sentence of the draft cites what it says."
    return text("p", told, class_="empty")


def problem_html(message: str) -> Html:
    """Why there is no draft, or no export."""
    return text("p", message, class_="problem", role="alert")


def working_html(step: str) -> Html:
    """While a draft is made."""
    return text("p", f"{step} ...", class_="step", role="status")


def draft_html(draft: Draft) -> Html:
    """The draft with every line in a box of its own, as the script of the page expects it."""
    by = f"written by {draft.model}, each sentence checked" if draft.model else "in the words of the briefings"
    count = len(draft.sources)
    of = f"{FORMS[draft.form]}, {count} briefing{'s' * (count != 1)}, {by}; windows as of {day(draft.as_of)}"
    handling = dict.fromkeys(source.handling for source in draft.sources if source.handling)
    return element(
        "article",
        element(
            "header",
            *(text("p", mark, class_="handling") for mark in handling),
            text("h2", draft.title),
            text("p", of, class_="of"),
            *(text("p", note, class_="note") for note in draft.notes),
            text("p", summary_of(draft), class_="state", role="status"),
        ),
        *(_section(section, number) for number, section in enumerate(draft.sections)),
        _missing(draft.missing),
        class_="draft",
    )


def summary_of(draft: Draft) -> str:
    """How many lines wait for a decision."""
    opened, total = len(places(draft, "open")), sum(len(section.lines) for section in draft.sections)
    if not opened:
        return f"{total} lines, no open finding."
    return f"{opened} of {total} lines with an open finding: they are exported as “[unverified]”."


def places(draft: Draft, state: str) -> list[str]:
    """The places of the lines in a state: "open", "accepted" or "edited"."""
    found = ((f"{s}/{n}", line) for s, section in enumerate(draft.sections) for n, line in enumerate(section.lines))
    return [place for place, line in found if state in _states(line)]


def _states(line: Line) -> list[str]:
    states = ["open"] if line.is_open else ["accepted"] if line.accepted else []
    return [*states, *(["edited"] if line.claim.origin == "edited" else [])]


def _section(section: Section, number: int) -> Html:
    if not section.lines:
        return NOTHING
    heading = text("h3", section.heading) if section.heading else NOTHING
    show = _row if section.layout == "table" else _line
    lines = []
    for place, line in enumerate(section.lines):
        label = f"{section.heading or 'Draft'}, line {place + 1}"
        name = f"{number}/{place}"
        box = element("textarea", escape(line.text), name=name, aria_label=label, rows="2", spellcheck="false")
        lines.append(show(line, name, box))
    if section.layout == "table":
        head = element("tr", *(text("th", name, scope="col") for name in COLUMNS))
        return element(
            "section", heading, element("table", element("thead", head), element("tbody", *lines), class_="judged")
        )
    return element("section", heading, element("ol", *lines, class_=f"lines {section.layout}"))


def _line(line: Line, place: str, box: Html) -> Html:
    told = ORIGINS.get(line.claim.origin, "")
    return element(
        "li",
        text("p", line.lead, class_="lead") if line.lead else NOTHING,
        box,
        *(text("p", words, class_="said-of") for words in (line.note, told) if words),
        class_=" ".join(["line", line.claim.origin, *_states(line)]),
        data_line=place,
    )


def _row(line: Line, place: str, box: Html) -> Html:
    cell, citation = line.cell, line.claim.citations[0]
    if cell is None:
        return NOTHING
    window = f" (to {day(cell.closes)})" if cell.closes else ""
    horizon = "" if cell.horizon == "none" else f"{cell.horizon}-term"
    voice = "" if cell.voice == "author" else f", says {cell.voice}"
    source = join(escape(f"{citation.title}, {day(citation.published)} "), chip(citation, "read"))
    cells = (
        box,
        element("span", text("span", cell.term, class_=f"term {cell.band}"), escape(voice)),
        join(escape(f"{horizon}{window}"), text("span", f" {line.note}", class_="said-of") if line.note else NOTHING),
        escape(cell.condition),
        source,
    )
    return element(
        "tr", *(element("td", one) for one in cells), class_=" ".join(["line", *_states(line)]), data_line=place
    )


def _missing(lines: Sequence[Line]) -> Html:
    if not lines:
        return NOTHING
    cited = dict.fromkeys(line.claim.citations[0] for line in lines)
    listed = (element("li", escape(f"{one.quote} "), chip(one, "read")) for one in cited)
    told = text("h3", "Judgements that the form requires and the draft lacks")
    return element("section", told, element("ul", *listed), class_="missing")


def line_html(draft: Draft, place: str, line: Line, terms: Mapping[str, Sequence[Marked]], fault: str = "") -> Html:
    """One line beside the sentences it cites, with what is wrong with it and what can be done about that.

    The attributes tell the script which lines are open, accepted or edited, and the words of one that is not edited any
    more. `fault` is why a decision was not taken.
    """
    return element(
        "article",
        element(
            "header",
            text("button", "Close", class_="close", type="button"),
            text("h2", "The line and what it cites"),
        ),
        element("div", *_decisions(line, place, fault), *_sources(line, terms), class_="pages"),
        class_="evidence draft-line",
        aria_label="A line of the draft and what it cites",
        data_reference=f"line {place}",
        data_open=" ".join(places(draft, "open")),
        data_accepted=" ".join(places(draft, "accepted")),
        data_edited=" ".join(places(draft, "edited")),
        data_summary=summary_of(draft),
        data_line=place,
        data_words=None if line.original else line.text,
    )


def _decisions(line: Line, place: str, fault: str) -> Iterator[Html]:
    if not line.claim.text:
        yield text("p", "This line is empty: it is left out, and what it said is listed as missing.", class_="status")
    elif line.accepted:
        yield text("p", f"Stands as it is: {line.accepted}", class_="status")
    elif line.is_open:
        yield element("div", *map(_finding, line.claim.findings), class_="findings", role="status")
        reason = element("input", type="text", name="reason", aria_label="Reason", placeholder="Reason")
        button = text("button", "Let it stand", class_="accept", type="button", value=place)
        yield element("p", reason, escape(" "), button, class_="decision")
    else:
        told = "Says what it cites." if line.claim.origin != "quoted" else "In the words of the briefing."
        yield text("p", told, class_="status")
    if fault:
        yield text("p", fault, class_="problem", role="alert")
    if line.original or line.claim.origin in ("model", "repaired"):
        restore = text("button", "Put the briefing's words back", class_="restore", type="button", value=place)
        yield element("p", restore, class_="decision")


def _finding(finding: Finding) -> Html:
    said = (text("strong", finding.severity.capitalize()), escape(f" {finding.message}"))
    return element("p", *said, class_=f"finding {finding.severity}")


def _sources(line: Line, terms: Mapping[str, Sequence[Marked]]) -> Iterator[Html]:
    yield text("h3", "The sentence it cites" if len(line.claim.citations) == 1 else "The sentences it cites")
    for citation in line.claim.citations:
        yield _source(citation, terms.get(citation.briefing_id, ()))


def _source(citation: Citation, terms: Sequence[Marked]) -> Html:
    read = element("button", escape("Read it"), class_="cite read", type="button", value=str(reference_of(citation)))
    quote = element("span", words_html(citation.quote, citation.start, terms), class_="quote")
    return element("figure", element("blockquote", quote, escape(" "), read), source_html(citation))
