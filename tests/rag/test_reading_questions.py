"""What a question asks for, and how a follow-up is read against the turn before it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer
from rag.conversation import resolve
from rag.question import leans_on_previous, read_question


def turn(question: str) -> Answer:
    return Answer(question, "answered", question, None, (), (), 0.0)


@pytest.mark.parametrize(
    ("text", "kinds", "focus"),
    [
        ("How many tugs does Port Merrow have?", {"number", "which"}, "tugs"),
        ("How long was the lock shut?", {"number", "duration"}, None),
        ("When does the lease end?", {"time"}, None),
        ("Who runs the harbour board?", {"person"}, None),
        ("Why did the board resign?", {"reason"}, None),
        ("Will the board resign?", {"judgement"}, None),
    ],
)
def test_a_question_shows_what_it_asks_for(text: str, kinds: set[str], focus: str | None) -> None:
    read = read_question(text)
    assert read.kinds >= kinds - {"which"}
    assert focus is None or read.focus == focus


@pytest.mark.parametrize(
    ("text", "specific"),
    [
        ("How many tugs are there?", True),
        ("Which firm built the quay?", True),
        ("Will the quay be finished?", False),
        ("What would happen if the quay sank?", False),
        ("Why is the quay late?", False),
    ],
)
def test_only_a_question_for_one_fact_is_specific(text: str, specific: bool) -> None:
    assert read_question(text).specific is specific


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("In the summer of 2026, was it safe?", (date(2026, 6, 1), date(2026, 8, 31))),
        ("Late in 2025, was it safe?", (date(2025, 9, 1), date(2025, 12, 31))),
        ("In winter 2025, was it safe?", (date(2025, 12, 1), date(2026, 2, 28))),
        ("In 2024, was it safe?", (date(2024, 1, 1), date(2024, 12, 31))),
        ("Was it safe?", None),
    ],
)
def test_a_question_may_name_a_time(text: str, period: tuple[date, date] | None) -> None:
    assert read_question(text).period == period


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("It has since withdrawn.", True),
        ("They may return.", True),
        ("However, the board kept its seat.", True),
        ("It is unlikely that the board will fall.", False),
        ("Item prices rose.", False),
        ("The board fell.", False),
    ],
)
def test_a_sentence_that_refers_back_is_known(sentence: str, leans: bool) -> None:
    assert leans_on_previous(sentence) is leans


@pytest.mark.parametrize(
    ("before", "question", "read_as"),
    [
        ("Will Merrow join the pact?", "And in the longer term?", "Will Merrow join the pact, in the longer term?"),
        ("Will Merrow join the pact?", "What about Sund?", "Will Sund join the pact?"),
        ("Will Merrow join the pact?", "Why?", "Why: Will Merrow join the pact?"),
        ("Will Merrow join the pact?", "How many tugs does Sund have?", "How many tugs does Sund have?"),
        ("Will the Port Board resign?", "what about Sund's council?", "Will Sund's council resign?"),
    ],
)
def test_a_follow_up_is_read_against_the_turn_before(before: str, question: str, read_as: str) -> None:
    assert resolve(question, [turn(before)]) == read_as


def test_the_first_question_stands_alone() -> None:
    assert resolve("And in the longer term?", []) == "And in the longer term?"


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_makes_reading_fail(before: str, question: str) -> None:
    read_question(question)
    assert isinstance(resolve(question, [turn(before)]), str)
