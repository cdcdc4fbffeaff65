"""Repairs of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.repair import Vocabulary, repair

LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
NASTY = st.text(st.sampled_from("ab Cd-\n\t\u00ad\u00a0\u200b\ufeffﬁﬃ\u2009.–5\u2010\x07"), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  plain text  ", "plain text"),
        ("a hard\nwrap", "a hard wrap"),
        ("two  spaces,\u00a0one odd\u2009one", "two spaces, one odd one"),
        ("co\u00adoperate and co\u00ad\n operate", "cooperate and cooperate"),
        ("the oﬃce is diﬀerent", "the office is different"),
        ("zero\u200bwidth \u200b mark\ufeff", "zerowidth mark"),
        ("a govern-\nment falls", "a government falls"),
        ("it is high-\nly unlikely", "it is highly unlikely"),
        ("it is like-\n   ly", "it is likely"),
        ("the long-\nterm view", "the long-term view"),
        ("a self-\ngoverning port", "a self-governing port"),
        ("an Anglo-\nAmerican plan", "an Anglo-American plan"),
        ("PROBABIL-\nITY IS LOW", "PROBABILITY IS LOW"),
        ("from 1990–\n1995", "from 1990–1995"),
        ("the port - \nor what is left", "the port - or what is left"),
        ("\u00ad", ""),
        ("", ""),
    ],
)
def test_a_text_is_repaired(text: str, expected: str) -> None:
    assert repair(text, Vocabulary([text])) == expected


@pytest.mark.parametrize(
    ("elsewhere", "expected"),
    [
        ("They re-elect him.", "to re-elect her"),
        ("They reelect him.", "to reelect her"),
    ],
)
def test_the_document_decides_about_a_hyphen(elsewhere: str, expected: str) -> None:
    broken = "to re-\nelect her"
    assert repair(broken, Vocabulary([elsewhere, broken])) == expected


@given(NASTY)
def test_nothing_that_can_be_read_is_lost(text: str) -> None:
    def letters(part: str) -> str:
        return "".join(LIGATURES.get(char, char) for char in part if char.isalnum())

    assert letters(repair(text, Vocabulary([text]))) == letters(text)


@given(NASTY)
def test_a_repaired_text_needs_no_repair(text: str) -> None:
    once = repair(text, Vocabulary([text]))
    assert repair(once, Vocabulary([once])) == once
