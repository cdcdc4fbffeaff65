"""Follow-ups: read against the turns before them, and suggested after an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer, Filters
from rag.conversation import resolve, suggest
from rag.service import Yardstick
from tests.rag.made import quotes

PACT = "Will Tavia join the ferry pact?"


def turn(question: str, read_as: str = "") -> Answer:
    return Answer(question, "answered", read_as or question, None, (), (), 0.0)


@pytest.mark.parametrize(
    ("question", "read_as"),
    [
        ("And in the longer term?", "Will Tavia join the ferry pact, in the longer term?"),
        ("In the long run?", "Will Tavia join the ferry pact, in the long run?"),
        ("And next year?", "Will Tavia join the ferry pact, next year?"),
        ("What about Orsk?", "Will Orsk join the ferry pact?"),
        ("And Orsk?", "Will Orsk join the ferry pact?"),
        ("And what of the dockers?", "Will the dockers join the ferry pact?"),
        ("Same for Sund’s council?", "Will Sund’s council join the ferry pact?"),
        ("Why?", "Why: Will Tavia join the ferry pact?"),
        ("Why not?", "Why not: Will Tavia join the ferry pact?"),
        ("By when?", "By when: Will Tavia join the ferry pact?"),
        ("Are you sure?", "Are you sure (Will Tavia join the ferry pact)?"),
        ("Will it hold?", "Will it hold (Will Tavia join the ferry pact)?"),
        ("What if the bid fails?", "What if the bid fails (Will Tavia join the ferry pact)?"),
        ("And if the bid fails?", "if the bid fails (Will Tavia join the ferry pact)?"),
        ("And the bottom line?", "the bottom line (Will Tavia join the ferry pact)?"),
        ("What is the bottom line?", "What is the bottom line (Will Tavia join the ferry pact)?"),
        ("And?", PACT),
    ],
)
def test_a_follow_up_is_read_against_the_turn_before(question: str, read_as: str) -> None:
    assert resolve(question, [turn("Is anything else wrong?"), turn(PACT)]) == read_as


@pytest.mark.parametrize("name", ["Arendal", "Canada", "Dominica", "Israel", "Howth", "Whereford", "Wisby"])
def test_a_name_may_begin_like_a_question_word(name: str) -> None:
    assert resolve(f"What about {name}?", [turn(PACT)]) == f"Will {name} join the ferry pact?"


@pytest.mark.parametrize(
    "question",
    [
        "How many tugs does Sund have?",
        "Is the mine at Grannoch flooded?",
        "Orrin: which towns has the army left?",
        "Butter in Halm: is the price rising?",
        "More ferries are late; who pays the fines?",
        "In the short term, will the mine reopen?",
        "Will there be a general strike?",
        "Is there a risk of famine?",
        "How likely is it that the growers abandon apples?",
        "Is a strike likely this year?",
        "What is the bottom line on the Halm orchards?",
        "?",
        "",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert resolve(question, [turn(PACT)]) == question


@pytest.mark.parametrize("question", ["And in the longer term?", "What about Orsk?", "Why?", ""])
def test_the_first_question_stands_alone(question: str) -> None:
    assert resolve(question, []) == question


@pytest.mark.parametrize(
    ("previous", "question", "read_as"),
    [
        ("Will Tavia win in the short term?", "And in the longer term?", "Will Tavia win, in the longer term?"),
        ("In the short term, will Tavia win?", "And in the longer term?", "will Tavia win, in the longer term?"),
        ("Who runs Orsk's council?", "What about Tavia?", "Who runs Tavia's council?"),
        ("What of the Port Board of Orsk?", "And Tavia?", "What of Tavia?"),
        ("What is the outlook?", "What about Tavia?", "What is the outlook (Tavia)?"),
    ],
)
def test_a_turn_gives_way_to_what_the_follow_up_names(previous: str, question: str, read_as: str) -> None:
    assert resolve(question, [turn(previous)]) == read_as


def test_a_long_conversation_keeps_the_last_question_and_the_first() -> None:
    history = [turn(PACT)]
    for question in ["Will it hold?", "Does she agree?", "Who told them?", "Why?", "Why?", "What did they pay?"] * 4:
        history.append(turn(question, resolve(question, history)))
    assert history[2].read_as == "Does she agree (Will it hold; Will Tavia join the ferry pact)?"
    assert all("ferry pact" in each.read_as and len(each.read_as) < 120 for each in history)
    assert resolve("And in the longer term?", history[:3]).endswith(", in the longer term?")


@given(st.lists(st.text(max_size=60), max_size=4), st.text(max_size=120))
def test_no_conversation_makes_resolving_fail(before: list[str], question: str) -> None:
    history: list[Answer] = []
    for asked in before:
        history.append(turn(asked, resolve(asked, history)))
    assert isinstance(resolve(question, history), str)


def test_the_other_horizon_answers_in_a_conversation(service: Yardstick) -> None:
    first = service.ask("Will a bridge replace the ferries in the medium term?")
    second = service.ask("And in the longer term?", history=[first])
    assert second.question == "And in the longer term?"
    assert second.read_as == "Will a bridge replace the ferries, in the longer term?"
    assert {citation.horizon for claim in second.claims for citation in claim.citations} == {"long"}


def test_another_subject_answers_in_a_conversation(service: Yardstick) -> None:
    first = service.ask("Will Tavia ask the province for relief?")
    second = service.ask("And the growers?", history=[first])
    assert quotes(second)[0] == "It is likely that the growers will ask the province for relief."


def test_the_bottom_line_asked_for_next_is_that_of_the_briefing_talked_about(service: Yardstick) -> None:
    first = service.ask("Will the growers abandon apples?")
    assert quotes(service.ask("What is the bottom line?", history=[first]))[0] == (
        "A cider shortage is likely by Christmas."
    )


def test_what_is_suggested_next_is_understood_and_answered(service: Yardstick) -> None:
    answer = service.ask("Will Tavia win the ferry concession in October?")
    suggested = service.follow_ups(answer)
    assert suggested[0].startswith("And in the ")
    assert "Why?" in suggested
    assert len(suggested) == len(set(suggested)) <= 3
    for question in suggested:
        assert service.ask(question, history=[answer]).status == "answered", question


def test_a_question_that_went_unanswered_is_followed_by_the_gist_of_the_nearest(service: Yardstick) -> None:
    answer = service.ask("How do I bake rye bread?")
    assert service.follow_ups(answer) == (f"What is the bottom line of “{answer.nearest[0].title}”?",)


def test_nothing_is_suggested_where_there_is_nothing() -> None:
    assert suggest(turn("Will Tavia win?"), ()) == ()


def test_filters_hold_for_follow_ups_too(service: Yardstick, ids: dict[str, str]) -> None:
    only = Filters(briefing_ids=(ids["spring"],))
    first = service.ask("Will Tavia win the ferry concession?", only)
    second = service.ask("Why?", only, [first])
    assert {citation.briefing_id for claim in second.claims for citation in claim.citations} <= {ids["spring"]}
