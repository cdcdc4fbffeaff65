"""The filters as a reader chooses them, and what readers say about answers."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from rag.answer import Answer, Filters
from rag.library import YardstickError
from ui.conversation import UNFINISHED, Turn, describe, filters_of, messages, rate
from ui.feedback import Feedback

ANSWER = Answer("Will it?", "not_in_briefings", "Will it?", None, (), (), 0.1)


def test_filters_are_read_and_described() -> None:
    filters = filters_of(["a", "b"], ["Institute"], ["Short-term"], "2025-01-01", "", " 2026-03-01 ")
    assert filters == Filters(("a", "b"), ("Institute",), ("short",), (), date(2025, 1, 1), None, date(2026, 3, 1))
    assert describe(filters) == ["2 briefings", "Institute", "short-term", "from 1 January 2025", "as of 1 March 2026"]


def test_no_filter_is_no_words() -> None:
    assert describe(filters_of([], [], [], "", "", "")) == []


def test_what_is_not_a_date_is_refused() -> None:
    with pytest.raises(YardstickError, match="2025-11-10"):
        filters_of([], [], [], "next spring", "", "")


def test_a_question_without_an_answer_says_so() -> None:
    shown = messages((Turn("Will it?"),))
    assert [message["role"] for message in shown] == ["user", "assistant"]
    assert UNFINISHED.split(".")[0] in shown[1]["content"]


def test_only_the_last_answer_suggests_how_to_go_on() -> None:
    turn = Turn("Will it?", ANSWER, "", follow_ups=("And then",))
    assert ["And then" in message["content"] for message in messages((turn, turn))] == [False, False, False, True]


def test_one_answer_is_rated() -> None:
    turns = (Turn("One", ANSWER), Turn("Two", ANSWER))
    assert [turn.rating for turn in rate(turns, 1, "down")] == [None, "down"]


def test_feedback_is_a_line_each_whoever_writes(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "store" / "feedback.jsonl")
    with ThreadPoolExecutor(8) as readers:
        list(readers.map(lambda n: feedback.record(ANSWER, "up", f" n{n}\nmore "), range(50)))
    lines = [json.loads(line) for line in feedback.path.read_text(encoding="utf-8").splitlines()]
    assert sorted(line["comment"] for line in lines) == sorted(f"n{n}\nmore" for n in range(50))
    assert lines[0]["answer"]["question"] == "Will it?"
