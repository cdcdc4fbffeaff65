"""Answers as markup: pure functions from what rag returns to what the page shows."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rag.answer import Answer, Citation, Claim
from rag.library import YardstickError
from rag.output import numbered_sources, plain_text, rejection, source_line
from ui.markup import NOTHING, Html, element, escape, join, text

FORMATS = "Text, Markdown, HTML, PDF, Word or e-mail"


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a citation points, as a chip carries it; `checksum` is that of the quote."""

    briefing_id: str
    start: int
    end: int
    checksum: int

    def __str__(self) -> str:
        return f"{self.briefing_id}/{self.start}/{self.end}/{self.checksum}"


def reference_of(citation: Citation) -> Reference:
    """The reference of a citation."""
    return Reference(citation.briefing_id, citation.start, citation.end, checksum_of(citation.quote))


def read_reference(written: str) -> Reference:
    """The reference that a page sent; raises YardstickError for anything else."""
    try:
        briefing_id, start, end, checksum = written.rsplit("/", 3)
        return Reference(briefing_id, int(start), int(end), int(checksum))
    except ValueError as exc:
        raise YardstickError("This citation cannot be read. Ask the question again.") from exc


def day(published: date | None) -> str:
    """A date in words."""
    return f"{published.day} {published:%B %Y}" if published else "undated"


def header_html() -> Html:
    """The name of the product and the switch between light and dark."""
    return element(
        "header",
        text("h1", "Yardstick"),
        text("p", "Answers from the briefings, in the words of the briefings"),
        text("button", "Filters", class_="filters", type="button"),
        text("button", "Light or dark", class_="theme", type="button"),
    )


def filters_header_html() -> Html:
    """The head of the sidebar."""
    return element("header", text("h2", "Filters"), text("button", "Close", class_="filters", type="button"))


def question_html(question: str) -> Html:
    """The reader's question."""
    return text("p", question, class_="question")


def waiting_html(steps: Sequence[str], claims: Sequence[Claim], turn: int, model: str = "") -> Html:
    """What there is of an answer so far: the claims already found and what is being done, below what was done before
    the first of them.
    """
    shown = steps[-1:] if claims else steps
    return _part(join(*(text("p", f"{step} ...", class_="step") for step in shown)), claims, turn, model)


def unfinished_html(note: str, claims: Sequence[Claim], turn: int, model: str = "") -> Html:
    """What there is of an answer that came to no end, and why: stopped, or an error in words."""
    return _part(text("p", note, class_="problem"), claims, turn, model)


def _part(foot: Html, claims: Sequence[Claim], turn: int, model: str) -> Html:
    answer = Answer("", "answered", "", None, tuple(claims), (), 0.0, model)
    return element("div", _writer(answer), _claims(answer, turn) if claims else NOTHING, foot, class_="answer")


def note_html(note: str) -> Html:
    """A word on what went wrong."""
    return element("div", text("p", note, class_="problem"), class_="answer")


def answer_html(answer: Answer, turn: int, follow_ups: Sequence[str] = (), rating: str = "") -> Html:
    """A whole answer; `turn` is its place in the conversation, which its buttons carry."""
    read_as = answer.read_as != answer.question
    notes = join(*(text("p", note, class_="note") for note in answer.notes))
    return element(
        "div",
        element("p", escape("Read as: "), text("em", answer.read_as), class_="read-as") if read_as else NOTHING,
        # Why nothing is written by the model that was asked; what was done to its sentences can wait.
        NOTHING if answer.model else notes,
        _answered(answer, turn) if answer.status == "answered" else _not_in_briefings(answer),
        notes if answer.model else NOTHING,
        _actions(answer, turn, rating),
        _follow_ups(follow_ups),
        class_="answer",
    )


def _answered(answer: Answer, turn: int) -> Html:
    as_of = answer.as_of
    opening = text("time", day(as_of), datetime=as_of.isoformat()) if as_of else escape("an unknown date")
    return join(element("p", escape("As of "), opening, class_="as-of"), _writer(answer), _claims(answer, turn))


def _writer(answer: Answer) -> Html:
    if all(claim.origin in ("quoted", "replaced") for claim in answer.claims):
        return NOTHING
    parts = escape("Written by "), text("strong", answer.model), escape(", each sentence checked against its source")
    return element("p", *parts, class_="writer")


def _claims(answer: Answer, turn: int) -> Html:
    numbers = numbered_sources(answer)
    listed = (_claim(claim, numbers, f"{turn}/{place}") for place, claim in enumerate(answer.claims))
    return element("ol", *listed, class_="claims")


def _claim(claim: Claim, numbers: dict[Citation, int], place: str) -> Html:
    chips = (chip(citation, str(numbers[citation])) for citation in claim.citations)
    lines = {source_line(citation): citation for citation in reversed(claim.citations)}
    sources = (source_html(citation) for citation in reversed(lines.values()))
    words = text("span", claim.text), escape(" "), *chips
    findings = (text("p", finding.message, class_="finding") for finding in claim.findings)
    if claim.origin == "quoted":
        return element("li", element("blockquote", *words), *sources, *findings)
    if claim.origin == "replaced":
        fold = _fold(f"quoted: the model's sentence {rejection(claim)}", claim, "s", *findings)
        return element("li", element("blockquote", *words), *sources, fold, class_="replaced")
    label = text("span", " against what it cites: compare them", class_="unseen")
    button = element("button", escape("checked"), label, class_="compare", type="button", value=place)
    fold = NOTHING
    if claim.origin == "repaired":
        fold = _fold("written again: the first version was not as the briefing has it", claim, "span", *findings)
    return element("li", element("p", *words, escape(" "), button, class_="said"), *sources, fold, class_=claim.origin)


def _fold(summary: str, claim: Claim, name: str, *findings: Html) -> Html:
    """The sentence that was rejected, and why, behind a line that opens it."""
    rejected = element("p", escape("The model wrote: "), text(name, claim.rejected), class_="rejected")
    return element("details", text("summary", summary), rejected, *findings, class_="fold")


def chip(citation: Citation, number: str) -> Html:
    """The button that opens the evidence of a citation."""
    hidden = text("span", "Show source ", class_="unseen")
    reference = str(reference_of(citation))
    return element(
        "button",
        hidden,
        escape(f"[{number}]"),
        class_="cite",
        type="button",
        value=reference,
        title=source_line(citation),
    )


def source_html(citation: Citation) -> Html:
    """When, where and by whom a cited sentence was written, in a line."""
    page = f"p. {citation.page}" if citation.page else ""
    parts = (citation.section.replace(" > ", " › "), horizon_in_words(citation.horizon), page)
    return element(
        "p",
        text("strong", day(citation.published)),
        text("cite", citation.title),
        *(text("span", part) for part in parts if part),
        class_="source",
    )


def _not_in_briefings(answer: Answer) -> Html:
    if not answer.nearest:
        return text("p", "Not in the briefings.", class_="not-found")
    return join(
        text("p", "Not in the briefings.", class_="not-found"),
        text("p", "The nearest judgements they make:", class_="nearest-head"),
        element("ol", *(_nearest(citation) for citation in answer.nearest), class_="claims nearest"),
    )


def _nearest(citation: Citation) -> Html:
    read = element("button", escape("Read it"), class_="cite read", type="button", value=str(reference_of(citation)))
    return element("li", element("blockquote", text("span", citation.quote), escape(" "), read), source_html(citation))


def _actions(answer: Answer, turn: int, rating: str) -> Html:
    ratings = (("up", "Helpful"), ("down", "Not helpful"))
    return element(
        "div",
        text("button", "Copy with citations", class_="act copy", type="button"),
        *(
            text(
                "button",
                f"{label}, noted" if rating == value else label,
                class_=f"act rate {value}{' chosen' if rating == value else ''}",
                type="button",
                value=f"{value}/{turn}",
            )
            for value, label in ratings
        ),
        text("span", f"{answer.seconds:.2f} s", class_="seconds"),
        # What the copy button copies, line by line: markup for the page holds no line breaks.
        element("div", *(text("p", line) for line in plain_text(answer).splitlines()), class_="plain"),
        class_="acts",
    )


def _follow_ups(questions: Sequence[str]) -> Html:
    return element("div", *map(ask_button, questions), class_="follow-ups") if questions else NOTHING


def ask_button(question: str) -> Html:
    """The button that asks a question."""
    return text("button", question, class_="ask", type="button", value=question)


def welcome_html(loaded: int, examples: Sequence[str]) -> Html:
    """What an empty conversation shows: questions to begin with, or how to load the first briefing."""
    if not loaded:
        return element(
            "div",
            text("h2", "Nothing loaded yet"),
            text("p", f"Answers are quoted from briefings. Add the first of yours: {FORMATS[0].lower()}{FORMATS[1:]}."),
            text("button", "Add briefings", class_="go-library", type="button"),
            class_="welcome",
        )
    count = "one briefing" if loaded == 1 else f"{loaded} briefings"
    return element(
        "div",
        text("h2", "What would you like to know?"),
        text("p", f"Answers are quoted word for word from {count}, each with its source."),
        element("div", *map(ask_button, examples), class_="examples"),
        class_="welcome",
    )


def filters_html(parts: Iterable[str]) -> Html:
    """What the filters let through, in a line; nothing when they let through everything."""
    line = " · ".join(parts)
    return element("p", text("strong", "Only "), escape(line), class_="filtered") if line else NOTHING


def horizon_in_words(horizon: str) -> str:
    """A horizon as shown, nothing for none."""
    return "" if horizon == "none" else f"{horizon.capitalize()}-term"


def checksum_of(quote: str) -> int:
    """The checksum by which a reference knows its quote again."""
    return zlib.crc32(quote.encode("utf-8", "surrogatepass"))
