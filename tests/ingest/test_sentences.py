"""Sentences found in running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["The port reopened.", "Ships returned."],
        ["Is the peg safe?", "No!", "It is not."],
        ["Gen. Ilse Marn met Lt. Col. Otto Brandt.", "They agreed."],
        ["Dr. A. B. Lowe and J.R. Hale wrote it.", "Nobody read it."],
        ["The U.S. Navy left the U.S.", "The rest stayed."],
        ["It arrived at 5 p.m. on Friday.", "It left at 6 p.m.", "The quay was empty."],
        ["Inflation was 3.4 per cent.", "It will be 5.0 per cent in May."],
        ["See p. 12 and Fig. 3.", "The rest is noise."],
        ["They signed resolution No. 7.", "He said no.", "She said yes."],
        ["The bank (est. 1820) failed.", "Others did not."],
        ["Copper, e.g. from Dun, is dear; i.e. scarce.", "Tin is not."],
        ["He called it \"almost certain\".", "She disagreed."],
        ["\"It is over.\"", "He left."],
        ["“We will pay.”", "Nobody believed it."],
        ["\"Stop!\" she said.", "They did not."],
        ["The convoy … turned back.", "It was late."],
        ["The truce is over...", "War is back."],
        ["It failed.[3]", "Then it worked.12", "Now it runs."],
        ["(The figures are provisional.)", "They may change."],
        ["He spoke (see Annex B. It is long.) for hours.", "Nobody slept."],
        ["Clashes on 3 Sept. killed two.", "In Oct. nobody died.", "Calm returned."],
        ["Acme Ltd. and Bolt Inc. merged.", "The shares rose."],
        ["St. Arn lies north of Mt. Kell.", "It is small."],
        ["In 2010 it closed.", "2,000 people left.", "They never came back."],
        ["Smith v. Jones was cited.", "It did not help."],
        ["WINDS WILL EASE...SEAS WILL FALL.", "CONFIDENCE IS LOW."],
        ["The WHO, the U.N. and others (Reuters et al.) agree.", "We do not."],
        ["We met Uber Technologies, Inc. (Uber) in May.", "It declined to comment."],
    ],
)  # fmt: skip
def test_sentences_are_found(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("12. The Council met. It agreed.", ["The Council met.", "It agreed."]),
        ("(a) The first point.", ["The first point."]),
        ("3.2 The army is loyal.", ["The army is loyal."]),
        ("KJ1: A coup is unlikely. It would fail.", ["A coup is unlikely.", "It would fail."]),
        ("Key Judgement 2. A strike is likely.", ["A strike is likely."]),
        ("• A bullet.", ["A bullet."]),
        ("2025", ["2025"]),
        ("...", []),
        ("  ", []),
    ],
)
def test_numbers_and_marks_are_left_out(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


WORDS = [
    "The",
    "army",
    "U.S.",
    "3.4",
    "left.",
    "No.",
    "“Why?”",
    "(see",
    "p.",
    "5)",
    "Gen.",
    "...",
    "…",
    "1.",
    "a)",
    "[2]",
]
TEXT = st.lists(st.sampled_from([*WORDS, "Is", "it?", "\n", "  "]), max_size=25).map(" ".join)


@given(TEXT | st.text(max_size=80))
def test_sentences_are_in_order_and_cover_the_text(text: str) -> None:
    spans = list(sentence_spans(text))
    places = [place for span in spans for place in span]
    assert places == sorted(places)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    inside = {place for start, end in spans for place in range(start, end)}
    first = spans[0][0] if spans else len(text)
    missed = [char for place, char in enumerate(text) if place >= first and place not in inside]
    assert not any(char.isalnum() for char in missed)


@given(st.text(max_size=40), st.integers(0, 20), st.integers(0, 40))
def test_a_stretch_of_a_text_is_split_alone(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    assert all(start <= first < last <= end for first, last in sentence_spans(text, start, end))
