"""What a format reader hands over: the blocks of a file in reading order, and what the format itself declares."""

from dataclasses import dataclass
from typing import Literal

ExtractKind = Literal["title", "heading", "paragraph", "bullet", "row", "quote", "caption", "footnote"]


@dataclass(frozen=True, slots=True)
class ExtractBlock:
    """One block of a file before structure is read.

    `text` is what the file says, soft hyphens, ligatures and hard line breaks included; for a table row the cells are
    in `cells` and `text` is the cells joined by " | ". `level` is the depth of a heading or of a bullet, from 1.
    `header` marks the row that names the columns.
    """

    kind: ExtractKind
    text: str
    level: int = 0
    page: int | None = None
    cells: tuple[str, ...] = ()
    header: bool = False


@dataclass(frozen=True, slots=True)
class Extract:
    """The blocks of one file and the metadata that the format declares (HTML meta, DOCX core properties, mail headers,
    front matter), as printed; the text of the file wins over it where both speak.
    """

    blocks: tuple[ExtractBlock, ...]
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    publisher: str | None = None
    warnings: tuple[str, ...] = ()
