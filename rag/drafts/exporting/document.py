"""What every exported file shows: one document of parts, its text in runs, its citations as numbered notes."""

import re
from dataclasses import dataclass
from typing import Literal

Manner = Literal["said", "aside", "mark"]
Kind = Literal["paragraphs", "bullets", "boxes"]

_SPACE = re.compile(r"[ \t\n\v\f\r\x85\u2028\u2029]+")
# What no XML file can hold, the controls that browsers read as other letters, and halves of pairs.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Run:
    """Words set in one manner: "said" by a line, an "aside" of the program, a "mark" that warns."""

    text: str
    manner: Manner = "said"


@dataclass(frozen=True, slots=True)
class Reference:
    """The mark of a note in the text; `again` where the note was referred to before."""

    number: int
    again: bool = False


Text = tuple[Run | Reference, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A citation: the sentence quoted and where it stands."""

    number: int
    quote: str
    place: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Paragraphs, bullets, or lines with a box to tick."""

    kind: Kind
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; `widths` are shares of the page's width."""

    header: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks under a heading, "" for none."""

    heading: str
    blocks: tuple[Listing | Table, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A draft as it is handed on: handling marks and title, what it is about, the parts, the notes from 1."""

    title: str
    handling: tuple[str, ...]
    about: tuple[str, ...]
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]


def clean(text: str) -> str:
    """The text on one line; a character that some format cannot hold becomes U+FFFD, which shows."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", _SPACE.sub(" ", text)).strip()


def said(text: str) -> Text:
    """Words of a line."""
    return (Run(clean(text)),)
