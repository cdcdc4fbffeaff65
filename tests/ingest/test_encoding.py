"""Bytes to text."""

import pytest

from ingest.encoding import decode_bytes
from ingest.errors import UnreadableFile

TEXT = "Zürich – “Bern” said: it is likely.\nSecond line of the text."


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_unicode_in_all_its_forms(encoding: str) -> None:
    assert decode_bytes(TEXT.encode(encoding), "a.txt").text == TEXT


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Die Männer aßen süße Brötchen für 3 €. “Schön”, sagte der Bürgermeister.\n" * 5, "cp1252"),
        ("Правительство вероятно уйдёт в отставку до конца этого года.\n" * 5, "cp1251"),
        ("政府は年末までに辞任する可能性が高い。野党は選挙を求めている。\n" * 5, "shift_jis"),
    ],
)
def test_old_encodings_are_guessed_with_a_warning(text: str, encoding: str) -> None:
    decoded = decode_bytes(text.encode(encoding), "a.txt")
    assert (decoded.text, decoded.warning is not None) == (text, True)


def test_a_declared_charset_counts_unless_the_bytes_say_otherwise() -> None:
    assert decode_bytes("Αθήνα".encode("iso-8859-7"), "a", "iso-8859-7").text == "Αθήνα"
    assert decode_bytes("Αθήνα".encode(), "a", "iso-8859-7").text == "Αθήνα"
    assert decode_bytes(b"Bern", "a", "no-such-charset").text == "Bern"


def test_one_broken_byte_does_not_change_the_encoding() -> None:
    decoded = decode_bytes("Zürich, Genève, Köln, Malmö, Łódź, Plzeň: ".encode() * 3 + b"\xff end", "a")
    assert decoded.text.endswith("Plzeň: \ufffd end")
    assert decoded.warning


def test_a_few_zero_bytes_are_dropped_and_many_are_binary() -> None:
    assert decode_bytes(b"First para\0graph of the text. " * 10, "a").text == "First paragraph of the text. " * 10
    with pytest.raises(UnreadableFile) as caught:
        decode_bytes(bytes(range(256)) * 8, "a")
    assert caught.value.reason == "binary"
