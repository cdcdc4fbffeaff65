"""What a question asks for, as read from its words alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question import content_words, is_specific, leans_on_previous, read_question, rules, shows


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("How many tugs does Vello have?", {"number"}),
        ("How much does Orsk offer for the ferries?", {"money", "number"}),
        ("What price did Orsk offer?", {"money", "number", "which"}),
        ("What share of the blossom was killed?", {"number", "which"}),
        ("How long was the lock shut?", {"duration", "number"}),
        ("When does the lease end?", {"time"}),
        ("By when must Orsk pay?", {"time"}),
        ("What is the deadline for bids?", {"time"}),
        ("Who runs the straits authority?", {"person"}),
        ("Whose bid was cheaper?", {"person"}),
        ("Where did the ferry sink?", {"place"}),
        ("Where does this stand?", set()),
        ("Which firm built the quay?", {"which"}),
        ("Why did Orsk withdraw?", {"reason"}),
        ("What makes the bid weak?", {"reason"}),
        ("Will Tavia win?", {"judgement"}),
        ("What are the odds of a strike?", {"judgement"}),
        ("How likely is a strike?", {"judgement"}),
        ("Tell me about the ferries", set()),
        ("", set()),
    ],
)
def test_the_kinds_of_answer_that_a_question_asks_for(text: str, kinds: set[str]) -> None:
    assert read_question(text).kinds == kinds


@pytest.mark.parametrize(
    ("text", "specific"),
    [
        ("How many tugs are there?", True),
        ("Who runs the authority?", True),
        ("Which of the towns will vote?", True),
        ("Why did 14 towns vote?", False),
        ("What happens if both bidders withdraw?", False),
        ("Will Tavia win?", False),
    ],
)
def test_only_a_question_for_one_fact_is_specific(text: str, specific: bool) -> None:
    assert read_question(text).specific is specific


def test_a_reason_is_never_one_fact_however_it_is_asked() -> None:
    assert not read_question("Why, and by how many votes, did the council fall?").specific


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        ("How many tugs does Vello have?", "tugs"),
        ("How many grey harbour tugs are for sale?", "tugs"),
        ("What kind of ferries will Tavia buy?", "ferries"),
        ("Which of the towns will vote?", "towns"),
        ("What share of the blossom was killed?", "blossom"),
        ("How long was the lock shut?", None),
        ("Will Tavia win?", None),
        ("How many 14 are there?", None),
    ],
)
def test_the_noun_that_a_question_wants(text: str, focus: str | None) -> None:
    assert read_question(text).focus == focus


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Will Tavia beat Orsk’s bid?", ("tavia", "orsk")),
        ("Tavia: will it win?", ()),
        ("What changed in 2026?", ("2026",)),
        ("Is The Straits Authority solvent?", ("straits", "authority")),
    ],
)
def test_the_names_that_an_answer_has_to_be_about(text: str, names: tuple[str, ...]) -> None:
    assert read_question(text).names == names


@pytest.mark.parametrize(
    ("text", "horizon"),
    [
        ("What is the main risk in the longer-term?", "long"),
        ("In the long run, who wins?", "long"),
        ("Will the authority fall in the medium term?", "medium"),
        ("What is the near-term outlook?", "short"),
        ("Will it fall in the coming weeks?", "short"),
        ("Is the long bridge safe?", None),
        ("Who set the term of the lease?", None),
    ],
)
def test_the_horizon_that_a_question_names(text: str, horizon: str | None) -> None:
    assert read_question(text).horizon == horizon


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Was it safe in March 2026?", (date(2026, 3, 1), date(2026, 3, 31))),
        ("Was it safe in the summer of 2026?", (date(2026, 6, 1), date(2026, 8, 31))),
        ("Was it safe in winter 2027?", (date(2027, 12, 1), date(2028, 2, 29))),
        ("Was it safe in 2024?", (date(2024, 1, 1), date(2024, 12, 31))),
        ("Was it safe for 2026 sailors?", (date(2026, 1, 1), date(2026, 12, 31))),
        ("Was it safe for 12026 sailors?", None),
        ("Was it safe?", None),
    ],
)
def test_the_time_that_a_question_names(text: str, period: tuple[date, date] | None) -> None:
    assert read_question(text).period == period


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("What is the bottom line on the ferries?", True),
        ("What are the key judgements on the ferries?", True),
        ("Summarise the orchard briefing", True),
        ("In short, who wins?", True),
        ("Who wins, in brief?", True),
        ("Is bread in short supply?", False),
        ("What happens in the short term?", False),
        ("Were there summary executions in Orsk?", False),
        ("Which line does the ferry take to the bottom quay?", False),
    ],
)
def test_a_question_for_the_gist(text: str, asks: bool) -> None:
    assert read_question(text).bottom_line is asks


@pytest.mark.parametrize(
    ("kind", "sentence", "has"),
    [
        ("number", "The authority owns nine ferries.", True),
        ("number", "The authority owns ferries.", False),
        ("money", "Orsk paid 48 million marks.", True),
        ("duration", "The lock was shut for a fortnight and two days.", True),
        ("time", "The lease ends in October.", True),
        ("time", "The lease ends soon.", False),
        ("reason", "The council fell because the tolls did.", True),
        ("judgement", "A strike is highly unlikely.", True),
        ("judgement", "A strike took place.", False),
    ],
)
def test_a_sentence_shows_what_was_asked_for(kind: str, sentence: str, has: bool) -> None:
    assert shows(kind, sentence) is has


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("It has since withdrawn.", True),
        ("“They may return,” she said.", True),
        ("However, the board kept its seat.", True),
        ("Even so, a strike is likely.", True),
        ("The former is likely.", True),
        ("It is unlikely that the board will fall.", False),
        ("It remains highly likely that the board will fall.", False),
        ("Both Tavia and Orsk will bid.", False),
        ("Item prices rose.", False),
        ("The board fell.", False),
        ("", False),
    ],
)
def test_a_sentence_that_leans_on_the_one_before(sentence: str, leans: bool) -> None:
    assert leans_on_previous(sentence) is leans


def test_words_without_a_matter_of_their_own_are_left_out() -> None:
    assert content_words("What will the Ferries’ owners do about Orsk's 1,240 dockers?") == (
        *("ferries'", "owners", "orsk", "1,240", "dockers"),
    )


def test_every_kind_says_whether_it_wants_one_fact() -> None:
    assert {kind for kind in rules()["kinds"] if is_specific(kind)} == {
        *("number", "money", "duration", "time", "person", "place", "which")
    }


@given(st.text(st.characters(), max_size=300))
def test_no_text_makes_reading_fail(text: str) -> None:
    read = read_question(text)
    assert read.text == text
    assert read.focus is None or read.focus in content_words(text)
    assert read.period is None or read.period[0] <= read.period[1]


@given(st.text(alphabet=" whicowmnyt?.-019é’", max_size=400))
def test_reading_a_question_of_question_words_ends(text: str) -> None:
    assert read_question(text).text == text
