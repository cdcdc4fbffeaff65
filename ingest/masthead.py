"""What the head of a briefing says about it: title, authors, date, publisher, handling mark."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath
from typing import Literal
from urllib.parse import urlsplit

from ingest.briefing import BlockKind, Format
from ingest.dates import first_date
from ingest.extract import Extract, ExtractBlock
from ingest.horizons import label_window
from ingest.rules import pattern, rules

Line = Literal[
    "byline", "author", "published", "updated", "publisher", "title", "scale", "handling", "furniture", "label", "text"
]

_KNOWN: frozenset[Line] = frozenset({"author", "published", "updated", "title", "publisher", "scale"})
_HEAD = 60
_PROSE_WORDS = 30
_LABEL = re.compile(r"[|\s]*(?P<label>[A-Za-z][\w ().'’/&-]{1,36}?)\s*(?::|\|)[\s|—–-]*(?P<value>\S.*?)?[|\s]*")
_FILE_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_NAME = re.compile(
    r"(?:(?:Dr|Prof|Professor|Sir|Dame|Lord|Lady|Gen|Col|Maj|Capt|Lt|Mr|Mrs|Ms)\.? )*"
    r"((?:[^\W\d_][\w’'.-]*)(?: [^\W\d_][\w’'.-]*){1,5})"
)


@dataclass(frozen=True, slots=True)
class Masthead:
    """The head of a briefing; `roles` says which of its blocks are title, byline or scale instead of text, by index."""

    title: str
    authors: tuple[str, ...] = ()
    published: date | None = None
    publisher: str | None = None
    handling: str | None = None
    roles: dict[int, BlockKind] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A line of the head: what it is, what it says, and the block it stands in."""

    kind: Line
    value: str
    block: int
    label: str = ""


def read_masthead(
    blocks: Sequence[ExtractBlock], extract: Extract, kind: Format, name: str, american: bool
) -> Masthead:
    """What the first blocks, the format's own declarations and, failing those, the file's name say about a briefing."""
    lines = _head_lines(blocks, american)
    title, title_blocks, warnings = _title(blocks, lines, extract, kind, name)
    roles: dict[int, BlockKind] = {}
    for index in {line.block for line in lines}:
        kinds = {line.kind for line in lines if line.block == index}
        if "text" not in kinds and blocks[index].kind != "title":
            roles[index] = "title" if index in title_blocks else "scale" if kinds == {"scale"} else "byline"
    authors = next((names for line in lines if (names := _authors(line))), ())
    return Masthead(
        title=title,
        authors=authors
        or tuple(author for declared in extract.authors for author in _names(declared, may_invert=True)),
        published=_published(lines, extract, title, name, american),
        publisher=_publisher(lines, extract),
        handling=next((line.value for line in lines if line.kind == "handling"), None),
        roles=roles | dict.fromkeys(title_blocks, "title"),
        warnings=warnings,
    )


def _head_lines(blocks: Sequence[ExtractBlock], american: bool) -> list[_Found]:
    """The lines of the head, which ends where prose begins, and of a byline at the very end, each with its kind."""
    lines: list[_Found] = []
    prose = 0
    for index, block in enumerate(blocks[:_HEAD]):
        found = _read_lines(block, index, american)
        prose += (
            block.kind in ("paragraph", "bullet")
            and any(line.kind == "text" for line in found)
            and len(block.text.split()) >= _PROSE_WORDS
        )
        if prose:
            break
        lines += found
    for index in range(max(len(blocks) - 6, 1 + max((line.block for line in lines), default=-1)), len(blocks)):
        found = _read_lines(blocks[index], index, american)
        if all(line.kind in ("byline", "author", "published", "updated") for line in found):
            lines += found
    return _settled(lines)


def _read_lines(block: ExtractBlock, index: int, american: bool) -> list[_Found]:
    cells = [cell.strip() for cell in block.cells if cell.strip()]
    pair = len(cells) == 2 and len(cells[0]) < 40
    texts = (
        [f"{cells[0].rstrip(': ')}: {cells[1]}"]
        if pair
        else re.sub(r",\s*\n", ", ", "\n".join(cells or [block.text])).split("\n")
    )
    found = [_line(text.strip(), index, american) for text in texts if text.strip()]
    # "The Fifth Package: A Closer Look" is a heading.
    labelled = _KNOWN if block.kind in ("title", "heading") else _KNOWN | {"label"}
    plain = [text.strip() for text in texts if text.strip()]
    return [
        line if not line.label or line.kind in labelled else _Found("text", text, index)
        for line, text in zip(found, plain, strict=True)
    ]


def _settled(lines: list[_Found]) -> list[_Found]:
    """The lines, with labels that mean nothing to us as text unless they stand among some that do."""
    known = [line.block for line in lines if line.label and line.kind != "label"]
    first, last = min(known, default=0) - 1, max(known, default=-2) + 1
    return [
        replace(line, kind="text", value=f"{line.label}: {line.value}", label="")
        if line.kind == "label" and not first <= line.block <= last
        else line
        for line in lines
    ]


def _line(text: str, block: int, american: bool) -> _Found:
    """One line of the head with its kind."""
    if pattern("masthead", "handling", "line").fullmatch(text):
        return _Found("handling", text, block)
    if pattern("masthead", "furniture", "line").fullmatch(text):
        return _Found("furniture", text, block)
    if (by := pattern("masthead", "byline", "by").match(text)) and _by_names(text[by.end() :], american):
        return _Found("byline", text[by.end() :], block)
    if _is_date_line(text, american):
        return _Found(
            "updated" if pattern("masthead", "date_line", "updated").match(text) else "published", text, block
        )
    if pattern("masthead", "publisher", "line").fullmatch(text):
        return _Found("publisher", text, block)
    return _labelled(text, block) or _Found("text", text, block)


def _labelled(text: str, block: int) -> _Found | None:
    found = _LABEL.fullmatch(text)
    if not found:
        return None
    label, value = found["label"].strip(), (found["value"] or "").strip()
    for kind in rules("masthead")["labels"]:
        if pattern("masthead", "labels", kind).fullmatch(label):
            return _Found(kind, value, block, label)
    # Other labels (report numbers, topics, versions) are no text either, unless the value is prose.
    prose = len(value.split()) > 14 or value.endswith((".", "?", "!")) or not label[0].isupper()
    return None if prose or ":" not in text else _Found("label", value, block, label)


def _is_date_line(text: str, american: bool) -> bool:
    """Whether a line is a date, with no more than "Published", a weekday, a time or a number in brackets."""
    found = first_date(text, american) if len(text) <= 90 else None
    if found is None:
        return False
    before = pattern("masthead", "date_line", "weekday").sub("", text[: found.start])
    after = re.sub(r"\(.{1,40}\)|[T\s]*\d{1,2}[:.h]\d\d(?::\d\d)?\s*\S*|\bat\b|\b[A-Z]{2,4}\b", "", text[found.end :])
    before = re.sub(r"\b\d{1,4}(?::\d\d)? ?(?:[AP]M )?[A-Z]{1,4}\b|\b[AP]M\b", "", before, flags=re.I)
    return bool(pattern("masthead", "date_line", "lead").fullmatch(before.strip())) and not re.search(r"\w", after)


def _by_names(text: str, american: bool) -> tuple[str, ...]:
    """The names of a byline without its "By"; none if what stands there are no names."""
    return _names(_without_date(text, american), may_invert=False) if len(text) <= 300 else ()


def _without_date(text: str, american: bool) -> str:
    if found := first_date(text, american):
        lead = re.compile(r"[\s,;|·•–—(-]*(?:published|updated|on|dated|posted)?[\s:]*\Z", re.I)
        text = lead.sub("", pattern("masthead", "date_line", "weekday").sub("", text[: found.start]))
    return re.split(pattern("masthead", "byline", "separators"), text)[0]


def _names(text: str, may_invert: bool) -> tuple[str, ...]:
    """The names in a list of authors, in reading order ("Fink, Anya L." becomes "Anya L. Fink")."""
    text = re.sub(r"\(.*?\)|<.*?>|\S+@\S+", "", text).strip(" ,;|")
    if may_invert and (inverted := _inverted(text)):
        return inverted
    parts = [part.strip() for part in re.split(r"\s*(?:;|,|&|\band\b|\bwith\b|\n)\s*", text) if part.strip()]
    kept = [part for part in parts if not pattern("masthead", "byline", "roles").search(part)]
    names = [
        match.group(1).rstrip(",") for part in kept if (match := _NAME.fullmatch(part)) and _is_name(match.group(1))
    ]
    return tuple(names) if len(names) * 2 >= len(kept) else ()


def _inverted(text: str) -> tuple[str, ...]:
    people = [person.strip() for person in text.split(";") if person.strip()]
    halves = [[half.strip() for half in person.split(",")] for person in people]
    if not all(len(half) in (2, 3) for half in halves) or (len(people) == 1 and re.search(r"\band\b|&", text)):
        return ()
    # One comma may also part two people: "Anna Berg, Jon Dahl".
    if len(people) == 1 and (
        len(halves[0][0].split()) > 2
        or len(halves[0][1].split()) > 2
        or len(halves[0][0].split()) == 2 == len(halves[0][1].split())
    ):
        return ()
    return tuple(" ".join([half[1], half[0], *half[2:]]) for half in halves)


def _is_name(text: str) -> bool:
    words = text.split()
    if pattern("masthead", "byline", "nobody").fullmatch(text):
        return False
    particle = pattern("masthead", "byline", "particles")
    return (
        len(words) <= 6
        and all(word[0].isupper() or particle.fullmatch(word) for word in words)
        and words[0][0].isupper()
    )


def _authors(line: _Found) -> tuple[str, ...]:
    if line.kind == "byline":
        return _by_names(line.value, False)
    return _names(_without_date(line.value, False), may_invert=True) if line.kind == "author" else ()


def _published(lines: Sequence[_Found], extract: Extract, title: str, name: str, american: bool) -> date | None:
    """The byline's date, else one that is labelled or stands alone, the format's, the title's, the file name's."""
    ranked = (
        [line.value for line in lines if line.kind == "byline"],
        [line.value for line in lines if line.kind == "published"],
        [line.value for line in lines if line.kind == "updated"],
        [extract.published or ""],
    )
    found = (first_date(text, american) for group in ranked for text in group)
    # A title or a file name dates its briefing only by a day: "Outlook for January 2027" is not when it was written.
    named = (
        dated
        for text in (title, _FILE_DATE.sub(r" \1-\2-\3 ", PurePath(name).stem))
        if (dated := first_date(text, american))
    )
    sure = (dated.date for dated in named if dated.precision == "day")
    return next((dated.date for dated in found if dated), None) or next(sure, None)


def _publisher(lines: Sequence[_Found], extract: Extract) -> str | None:
    """The publisher as a line of the head, a byline or the format names it."""
    for line in lines:
        if line.kind == "publisher" and line.value and not re.match(r"https?:|www\.", line.value):
            return re.sub(r"\s{2,}.*", "", line.value)
    for line in lines:
        if line.kind == "byline":
            parts = re.split(pattern("masthead", "byline", "separators"), line.value)[1:]
            if named := [part for part in parts if not re.search(r"\d", part)]:
                return named[0]
    if extract.publisher:
        return extract.publisher
    host = next(
        (urlsplit(line.value).hostname for line in lines if line.kind == "publisher" and line.value.startswith("http")),
        None,
    )
    return host.removeprefix("www.") if host else None


def _title(
    blocks: Sequence[ExtractBlock], lines: Sequence[_Found], extract: Extract, kind: Format, name: str
) -> tuple[str, frozenset[int], tuple[str, ...]]:
    """The title, the blocks that print it, and a warning if there is none."""
    declared = _one_line(extract.title or "") if kind == "markdown" else ""
    labelled = next((line.value for line in lines if line.kind == "title"), "")
    printed, index = _printed_title(blocks, lines)
    title = declared or labelled or printed or _one_line(extract.title or "")
    if not title:
        stem = PurePath(name).stem.replace("_", " ").replace("-", " ").strip()
        return stem or name, frozenset(), ("No title found: named after the file.",)
    same = {
        line.block
        for line in lines
        if line.kind == "text" and _one_line(blocks[line.block].text).lower() == title.lower()
    }
    return title, frozenset(same | ({index} if title == printed and index >= 0 else set())), ()


def _printed_title(blocks: Sequence[ExtractBlock], lines: Sequence[_Found]) -> tuple[str, int]:
    """The title as the head prints it: what the format calls so, else the first line that is nothing else."""
    texts: dict[int, str] = {}
    for line in lines:
        if line.kind == "text":
            texts[line.block] = f"{texts.get(line.block, '')} {_one_line(line.value)}".strip()
    possible = [index for index, text in texts.items() if _may_be_title(text)]
    # One word in capitals over the title is a series or a logo, a numbered heading is no title.
    telling = [index for index in possible if not re.fullmatch(r"[A-Z]+|(?:[IVX]+|\d+)\.\s.*", texts[index])]
    begun = next((index for index, text in texts.items() if text.endswith(".") and len(text.split()) > 3), len(blocks))
    early = [index for index in telling or possible if index < begun and blocks[index].kind in ("heading", "paragraph")]
    ranked = (
        *(index for index in telling or possible if blocks[index].kind == "title"),
        *(index for index in telling or possible if blocks[index].kind == "heading" and blocks[index].level == 1),
        *(index for index in early if len(texts[index].split()) > 2),
        *early,
    )
    return (texts[ranked[0]], ranked[0]) if ranked else ("", -1)


def _may_be_title(text: str) -> bool:
    words = re.search(r"[^\W\d_]{3}", text)
    return (
        3 < len(text) <= 250
        and text[-1] not in ".;,:"
        and bool(words)
        and label_window(text, None, parent=True) is None
    )


def _one_line(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())
