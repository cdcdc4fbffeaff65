"""The evidence as markup: a briefing's own text, with the cited sentence and the terms of likelihood marked."""

from collections.abc import Sequence
from itertools import groupby

from rag.judging import Marked
from rag.library import Block, Briefing, Sentence, YardstickError
from ui.markup import Html, element, join, text
from ui.render import Reference, checksum_of, day, horizon_in_words
from ui.terms import words_html

_HEADINGS = ("h3", "h3", "h3", "h4", "h5")


def hint_html() -> Html:
    """The evidence pane before anything is opened."""
    return text("p", "Choose a number beside a quote to read it in its briefing.", class_="hint")


def evidence_html(briefing: Briefing, reference: Reference, terms: Sequence[Marked] = ()) -> Html:
    """The briefing's own text with the cited sentence and the terms of likelihood marked.

    Raises YardstickError where it no longer says what was cited. A reference to the empty span opens the
    briefing with no sentence marked.
    """
    if checksum_of(briefing.quote(reference.start, reference.end)) != reference.checksum:
        raise YardstickError("This briefing was read anew since the answer was given. Ask the question again.")
    groups = groupby(briefing.blocks, key=lambda block: block.kind)
    return element(
        "article",
        _masthead(briefing, reference),
        element("div", *(_group(briefing, list(blocks), reference, terms) for _, blocks in groups), class_="pages"),
        class_="evidence",
        aria_label=f"Evidence: {briefing.title}",
        data_reference=str(reference),
    )


def missing_html(problem: str) -> Html:
    """The evidence pane when there is none to show."""
    close = text("button", "Close", class_="close", type="button")
    note = text("p", problem, class_="problem", tabindex="-1")
    return element("article", element("header", close, note), class_="evidence")


def _masthead(briefing: Briefing, reference: Reference) -> Html:
    sentence = _cited(briefing, reference)
    details = [("Published", day(briefing.published)), ("Authors", ", ".join(briefing.authors))]
    details += [("Publisher", briefing.publisher or ""), ("Scale", briefing.yardstick or "")]
    if sentence:
        path = briefing.sections[sentence.section].path if briefing.sections else ()
        details += [("Section", " › ".join(path)), ("Horizon", horizon_in_words(sentence.horizon))]
        details.append(("Page", str(sentence.page) if sentence.page else ""))
    listed = (join(text("dt", name), text("dd", value)) for name, value in details if value)
    return element(
        "header",
        text("button", "Close", class_="close", type="button"),
        text("h2", briefing.title, tabindex="-1"),
        element("dl", *(element("div", item) for item in listed)),
    )


def _cited(briefing: Briefing, reference: Reference) -> Sentence | None:
    inside = (s for s in briefing.sentences if s.start < reference.end and reference.start < s.end)
    return next(inside, None)


def _group(briefing: Briefing, blocks: Sequence[Block], reference: Reference, terms: Sequence[Marked]) -> Html:
    if blocks[0].kind == "bullet":
        items = (
            element("li", _words(briefing, b, reference, terms), class_=f"level-{min(b.level, 4)}") for b in blocks
        )
        return element("ul", *items)
    return join(*(_block(briefing, block, reference, terms) for block in blocks))


def _block(briefing: Briefing, block: Block, reference: Reference, terms: Sequence[Marked]) -> Html:
    words = _words(briefing, block, reference, terms)
    if block.kind == "title":
        return element("h2", words)
    if block.kind == "heading":
        return element(_HEADINGS[min(block.level, 4)], words)
    return element("blockquote" if block.kind == "quote" else "p", words, class_=block.kind)


def _words(briefing: Briefing, block: Block, reference: Reference, terms: Sequence[Marked]) -> Html:
    """The words of a block, the part of it that is cited and its terms marked."""

    def words(first: int, last: int) -> Html:
        return words_html(briefing.quote(first, last), first, terms)

    start, end = max(block.start, reference.start), min(block.end, reference.end)
    if start >= end:
        return words(block.start, block.end)
    cited = element("mark", words(start, end), class_="cited")
    return join(words(block.start, start), cited, words(end, block.end))
