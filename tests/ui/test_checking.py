"""A checked text on the page: counts, statuses, what findings name, and what may be pasted."""

import re
from datetime import date

import pytest

from rag.answer import Citation, Finding
from rag.judging import CheckedSentence, Marked, Status
from rag.library import YardstickError
from ui.checking import LONGEST, checkable, checked_html, summary
from ui.markup import Html

QUOTE = "The Senate is likely to rise early."
CITED = Citation("senate-0a1b2c3d", "Senate", date(2026, 5, 4), "Outlook", "short", None, 40, 40 + len(QUOTE), QUOTE)
TERM = Marked(54, 60, "likely", "likely, short-term", "55-80%")


def sentence_of(status: Status, *findings: Finding, words: str = "The Senate will rise early.") -> CheckedSentence:
    citations = (CITED,) if status in ("faithful", "changed") else ()
    return CheckedSentence(words, 0, len(words), citations, findings, status)


def finding_at(start: int, end: int, message: str = "The briefing says 'likely'.") -> Finding:
    return Finding("dropped", message, "severe", start, end)


def plain(markup: Html) -> str:
    """Markup with its references read, and nothing but marks left of its elements."""
    read = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), markup)
    return re.sub(r"<(?!/?mark)[^>]*>", "", read)


@pytest.mark.parametrize(
    ("statuses", "line"),
    [
        (["faithful"], "1 sentence: 1 faithful"),
        (
            ["faithful"] * 4 + ["changed"] * 2 + ["no_source"],
            "7 sentences: 4 faithful, 2 changed, 1 without a source",
        ),
        (["no_judgement", "no_judgement"], "2 sentences: 2 without a judgement"),
        ([], "No sentence found in this text."),
    ],
)
def test_the_line_on_top_counts(statuses: list[Status], line: str) -> None:
    assert summary([sentence_of(status) for status in statuses]) == line


def test_each_status_has_its_sign_and_its_words() -> None:
    statuses: tuple[Status, ...] = ("faithful", "changed", "no_source", "no_judgement")
    shown = plain(checked_html([sentence_of(status) for status in statuses], {}))
    assert "✓Faithful, checked against 1 sentence" in shown
    assert "≠Changed, checked against 1 sentence" in shown
    assert "?No source found" in shown
    assert "–No judgement in it" in shown


@pytest.mark.parametrize(
    ("statuses", "offered"),
    [
        (["faithful", "changed"], True),
        (["no_source", "no_judgement"], True),
        (["changed"], False),
        (["faithful"], False),
    ],
)
def test_sentences_can_be_hidden_where_that_leaves_some(statuses: list[Status], offered: bool) -> None:
    shown = plain(checked_html([sentence_of(status) for status in statuses], {}))
    assert ("Only those changed or without a source" in shown) is offered


def test_the_words_that_findings_name_are_marked_once() -> None:
    findings = (finding_at(11, 15), finding_at(4, 13, "Another."), finding_at(5, 5))
    shown = plain(checked_html([sentence_of("changed", *findings)], {}))
    assert 'The <mark class="named">Senate will</mark> rise early.' in shown
    assert "Severe The briefing says 'likely'." in shown
    assert "Severe Another." in shown


def test_the_source_stands_beside_it_with_its_term_and_where_it_is_from() -> None:
    shown = plain(checked_html([sentence_of("changed", finding_at(11, 15))], {CITED.briefing_id: [TERM]}))
    assert 'is <mark class="term band-likely" title="likely, short-term">likely</mark> [55-80%] to rise' in shown
    for part in ("4 May 2026", "Senate", "Outlook"):
        assert part in shown


@pytest.mark.parametrize("pasted", ["", "  \n\t ", "... 12 !"])
def test_an_empty_text_is_said_to_be_empty(pasted: str) -> None:
    with pytest.raises(YardstickError, match="Paste a text first"):
        checkable(pasted)


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    assert checkable("a" * LONGEST)
    with pytest.raises(YardstickError, match="20,001 characters; up to 20,000"):
        checkable("a" * (LONGEST + 1))


def test_a_damaged_character_costs_no_place() -> None:
    assert checkable("It \ud800 is.") == "It ? is."
