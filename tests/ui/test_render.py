"""What the page shows: every word of a briefing as itself, every citation where it belongs."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer, Citation, Claim, Finding, Origin
from rag.judging import CheckedSentence, Marked
from rag.library import Block, Briefing, Outcome, YardstickError
from rag.library import Sentence as BriefingSentence
from ui.checking import checked_html
from ui.comparison import comparison_html
from ui.evidence import evidence_html, missing_html
from ui.markup import Html, escape
from ui.render import (
    answer_html,
    filters_html,
    note_html,
    question_html,
    read_reference,
    reference_of,
    unfinished_html,
    waiting_html,
    welcome_html,
)
from ui.shelf import outcomes_html, shelf_html

TAGS = {
    "article",
    "blockquote",
    "button",
    "caption",
    "cite",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figure",
    "header",
    "li",
}
TAGS |= {"h2", "h3", "h4", "h5", "mark", "ol", "p", "s", "span", "strong", "summary", "time", "ul"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {
    "aria-hidden",
    "class",
    "data-label",
    "data-reference",
    "datetime",
    "aria-label",
    "role",
    "scope",
    "tabindex",
    "title",
}
ATTRIBUTES |= {"aria-pressed", "type", "value"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "![pixel](http://example.org/p.png)",
    "[press](javascript:alert(1))",
    "${alert(1)} {{value}} `x` $$x$$",
    "</div></ol></article>",
    "a\n\n# b\n\n- c",
    "&lt;b&gt; &#60;b&#62;",
)


class Reading(HTMLParser):
    """What a browser would make of markup: the elements, their attributes, the words."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.marked: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.tags[-1] == "mark" and not self.marked:
            self.marked.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def citation_of(quote: str, **changes: object) -> Citation:
    made = Citation("port-lease-0a1b2c3d", "Port", date(2026, 5, 4), "Outlook", "short", 3, 0, len(quote), quote)
    return replace(made, **changes)  # type: ignore[arg-type]


def answer_of(*claims: Claim, nearest: tuple[Citation, ...] = (), question: str = "Will it?") -> Answer:
    status = "answered" if claims else "not_in_briefings"
    newest = max((c.published for claim in claims for c in claim.citations if c.published), default=None)
    return Answer(question, status, question, newest, claims, nearest, 0.05)


def briefing_of(*paragraphs: str, **changes: object) -> Briefing:
    text, blocks = "", list[Block]()
    for paragraph in paragraphs:
        text += "\n\n" if text else ""
        blocks.append(Block("paragraph", len(text), len(text) + len(paragraph)))
        text += paragraph
    sentences = tuple(BriefingSentence(b.start, b.end, n, 0, "medium", 2) for n, b in enumerate(blocks))
    made = Briefing("id-00000000", "Title", text, "0" * 64, "txt", blocks=tuple(blocks), sentences=sentences)
    return replace(made, **changes)  # type: ignore[arg-type]


def everything(words: str) -> list[Html]:
    """Every kind of markup that the page is made of, with these words wherever words can stand."""
    cited = citation_of(words, briefing_id=words, title=words, section=words)
    briefing = briefing_of(words or "x", title=words, authors=(words,), publisher=words, yardstick=words)
    briefing = replace(briefing, id=words, sources=(words,), warnings=(words,))
    whole = reference_of(citation_of(briefing.text, briefing_id=words))
    finding = Finding("upgraded", words, "severe", 0, len(words))
    changed = CheckedSentence(words, 0, len(words), (cited,), (finding,), "changed")
    terms = [Marked(0, len(words), words, words, words)]
    claim = Claim(words, (cited,), (finding,))
    origins: tuple[Origin, ...] = ("model", "repaired", "replaced")
    written = [replace(claim, origin=origin, rejected=words) for origin in origins]
    failed = Outcome(words, "failed", reason="damaged", message=words)
    added = Outcome(words, "added", words, 3, (words,))
    return [
        question_html(words),
        waiting_html((words,), [claim], 0),
        *(unfinished_html(words, [claim, one], 1, words) for one in written),
        *(comparison_html(one, {words: terms}, words) for one in written),
        answer_html(replace(answer_of(*written), model=words, notes=(words,)), 0),
        note_html(words),
        missing_html(words),
        answer_html(answer_of(claim, question=words), 0, [words], "up"),
        answer_html(replace(answer_of(nearest=(cited,)), read_as=words), 1),
        welcome_html(3, [words]),
        evidence_html(briefing, whole, terms),
        checked_html([changed, replace(changed, status="faithful")], {words: terms}),
        shelf_html([briefing]),
        outcomes_html([failed, added]),
        filters_html([words]),
    ]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_as_words(words: str) -> None:
    for markup in everything(words):
        assert " ".join(words.split()) in " ".join(Reading(markup).text.split())


@given(st.text() | st.sampled_from(HOSTILE))
def test_no_words_become_markup(words: str) -> None:
    for markup in everything(words):
        read = Reading(markup)
        assert set(read.tags) <= TAGS
        assert {name for name, _ in read.attributes} <= ATTRIBUTES
        # Nothing for Markdown, LaTeX or a template to find, and no line break to end a block of HTML.
        assert not set("`*_[]{}$\\~|!()\n\r") & set(markup)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])))
def test_escaping_loses_nothing(words: str) -> None:
    assert Reading(f"<p>{escape(words)}</p>").text == words


@given(st.text())
def test_anything_can_be_sent(words: str) -> None:
    escape(words + "\ud800").encode()


def test_numbers_follow_first_appearance_and_repeat() -> None:
    one, two = citation_of("First."), citation_of("Second.", start=10, end=17)
    answer = answer_of(Claim("First.", (one,)), Claim("Second.", (two, one)))
    assert [word for word in Reading(answer_html(answer, 0)).words if word.startswith("[")][:3] == ["[1]", "[2]", "[1]"]


def test_an_answer_opens_with_its_date_and_names_its_source() -> None:
    text = Reading(answer_html(answer_of(Claim("It will.", (citation_of("It will."),))), 0)).text
    assert text.startswith("As of 4 May 2026")
    for part in ("It will.", "Port", "Outlook", "Short-term", "p. 3"):
        assert part in text


def test_a_finding_is_shown() -> None:
    finding = Finding("upgraded", "The briefing says “may”.", "severe", 3, 7)
    claim = Claim("It will.", (citation_of("It may."),), (finding,))
    assert "The briefing says “may”." in Reading(answer_html(answer_of(claim), 0)).text


def test_what_is_not_in_the_briefings_offers_the_nearest() -> None:
    text = Reading(answer_html(answer_of(nearest=(citation_of("Close by."),)), 0)).text
    assert text.startswith("Not in the briefings.")
    assert "Close by." in text
    assert "4 May 2026" in text


def test_the_cited_sentence_is_marked() -> None:
    briefing = briefing_of("Before it. The very one. After it.", "More.")
    start = briefing.text.index("The very")
    quote = "The very one."
    cited = citation_of(quote, briefing_id=briefing.id, start=start, end=start + len(quote))
    read = Reading(evidence_html(briefing, reference_of(cited)))
    assert read.marked == [quote]
    assert "Before it. The very one. After it." in read.text
    assert "Medium-term" in read.text


def test_a_citation_that_no_longer_reproduces_its_quote_is_an_error() -> None:
    with pytest.raises(YardstickError, match="read anew"):
        evidence_html(briefing_of("Another text."), reference_of(citation_of("Its text.")))


def test_a_reference_survives_the_page() -> None:
    reference = reference_of(citation_of("It will."))
    assert read_reference(str(reference)) == reference


@pytest.mark.parametrize("written", ["", "a/b", "id/1/2/x", "1/2/3", "id/1.5/2/3"])
def test_another_reference_is_refused(written: str) -> None:
    with pytest.raises(YardstickError, match="cannot be read"):
        read_reference(written)


def test_failures_come_first_and_paths_stay_private() -> None:
    failed = Outcome("/var/folders/x/broken.pdf", "failed", reason="damaged", message="is damaged. Send it again")
    text = Reading(outcomes_html([Outcome("/var/folders/x/fine.md", "added", "fine", 12), failed])).text
    assert text.startswith("1 of 2 files read")
    assert text.index("broken.pdf is damaged") < text.index("fine.md Added. 12 sentences.")
    assert "folders" not in text
