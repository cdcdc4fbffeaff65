"""What a draft is: sections of lines, each line a checked claim, and the briefings it was made from."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.briefing import Horizon
from rag.answer import Claim

Form = Literal["summary", "judgements", "digest", "bottom_line"]
Layout = Literal["text", "bullets", "table"]


@dataclass(frozen=True, slots=True)
class Source:
    """A briefing that a draft was made from; `scale` is its probability scale as named, "" if none is."""

    briefing_id: str
    title: str
    published: date | None
    publisher: str
    scale: str
    handling: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A judgement as a row of the key judgements table shows it, in the words of the briefing.

    `term` is the term as written, `condition` the words of the condition or "", `voice` "author" or whoever judges.
    `opens` and `closes` are the time that it is about, both inclusive, None where it cannot be counted.
    """

    judgement: str
    term: str
    band: str
    horizon: Horizon
    condition: str
    voice: str
    opens: date | None = None
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, bullet or table row of a draft: a claim, and what the program says beside it.

    `lead` stands in front and is the program's ("On 3 March 2025:"). `note` stands behind and says that a window has
    ended ("window ended 10 February 2026"). `accepted` is the reason with which an analyst lets open findings stand,
    `original` what stood in a line that was edited.
    """

    claim: Claim
    lead: str = ""
    note: str = ""
    cell: Cell | None = None
    accepted: str = ""
    original: Claim | None = None

    @property
    def text(self) -> str:
        """What stands in the line: of a row its own clause, until it is edited."""
        return self.cell.judgement if self.cell and not self.original else self.claim.text

    @property
    def is_open(self) -> bool:
        """Whether something is wrong with the line that nobody has accepted."""
        return bool(self.claim.findings) and self.claim.origin != "replaced" and not self.accepted


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a draft under one heading."""

    heading: str
    layout: Layout
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft; `missing` are the judgements that its form requires and that it lacks, each as a line of its own.

    `as_of` is the day against which windows were compared. `model` and `prompt` name what wrote it, "" for quotations.
    """

    form: Form
    style: str
    title: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    as_of: date
    missing: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    model: str = ""
    prompt: str = ""
