"""What a briefing is: its text, its structure and its sentences, as read from one file.

Every span is half-open and counts characters of `Briefing.text`; `text[start:end]` is the thing itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Format = Literal["txt", "markdown", "html", "pdf", "docx", "eml"]
BlockKind = Literal["title", "byline", "heading", "paragraph", "bullet", "row", "quote", "caption", "footnote", "scale"]
Horizon = Literal["short", "medium", "long", "none"]
Kind = Literal["term", "hedge", "modal", "comparative", "number", "confidence", "mention"]
Tense = Literal["past", "present", "future"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as found on disk, not yet understood."""

    name: str
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, bullet, table row, caption ... of a briefing.

    `level` is the depth of a heading (1 = title) or of a bullet (1 = outermost), 0 for the rest. `page` is the
    printed-order page number, from 1, where the format has pages.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    section: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text under one heading; `path` is the headings above it, outermost first, its own last."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a forecast heading covers, as printed and, where it can be counted, as dates (both inclusive)."""

    horizon: Horizon
    label: str
    opens: date | None = None
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, bullet or table row: the unit that is retrieved, quoted and cited."""

    start: int
    end: int
    block: int
    section: int
    horizon: Horizon = "none"
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition with its connective ("unless the tranche is released"), as a span."""

    start: int
    end: int
    connective: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """One word of likelihood and all that belongs to it. Spans are half-open and count characters of the text given.

    `kind` "term" is a judgement; the other kinds carry no band, and only their span and form mean anything. `canonical`
    is the base form ("almost certain" for "almost certainly"). `band` orders terms (estimative.toml); it is no range.
    `negated` is the term's own polarity ("not likely"); a "not" in the proposition stays there. `voice` is "author" or
    whoever judges, as named. `superseded`: an earlier judgement that the sentence recalls.
    """

    kind: Kind
    start: int
    end: int
    term: str
    canonical: str
    band: str | None = None
    negated: bool = False
    proposition: Span = (0, 0)
    subject: Span | None = None
    conditions: tuple[Condition, ...] = ()
    horizon: Horizon = "none"
    voice: str = "author"
    quoted: bool = False
    tense: Tense = "future"
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """An estimate of a briefing: `sentence` is its place in `Briefing.sentences`, spans count `Briefing.text`."""

    sentence: int
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Briefing:
    """One briefing as read from one file.

    `sources` are the file names that hold exactly this content. `yardstick` is the probability scale as the briefing
    names it, or None.
    """

    id: str
    title: str
    text: str
    sha256: str
    format: Format
    authors: tuple[str, ...] = ()
    published: date | None = None
    publisher: str | None = None
    yardstick: str | None = None
    handling: str | None = None
    sources: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    windows: tuple[Window, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    warnings: tuple[str, ...] = ()

    def quote(self, start: int, end: int) -> str:
        """The text of a span."""
        return self.text[start:end]
