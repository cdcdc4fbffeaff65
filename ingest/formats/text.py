"""Plain text to blocks: paragraphs, nested bullets, headings that are only set apart, quotes, simple tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.briefing import SourceFile
from ingest.dates import first_date
from ingest.encoding import decode
from ingest.extract import Extract, ExtractBlock, ExtractKind
from ingest.formats.lists import Levels, numbers_paragraphs, split_mark

_NEW_LINE = re.compile(r"\r*\n|[\r\v\x85\u2028\u2029]")
_RULE = re.compile(r"\s*([=\-~_*#+.])\1{2,}\s*|\s*(\$\$|&&|\* \* \*)\s*")
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,}|~{3,}|\*{3,}|_{3,})\s*")
_DOTTED = re.compile(r"\.([A-Z][^.\n]{1,60})\.\.\.\s*")
_BANNER = re.compile(r"\.\.\.(?=[A-Z0-9])(.{3,300}?)\.\.\.\s*\Z", re.S)
_CAPTION = re.compile(r"(figure|fig\.|table|map|chart|photo|image|graph|exhibit|source)\s?(\d+\b|of\b|:)", re.I)
_CREDIT = re.compile(
    r"\b(wikimedia|getty|reuters|shutterstock|CC BY|photo(graph)? by|courtesy of|unsplash|flickr)\b|©"
    r"|^(photo|image|source|credit):",
    re.I,
)
_WRAPPED = 120


@dataclass(slots=True)
class _Page:
    """The lines of a text with what holds for all of it."""

    wrapped: bool
    numbered: bool
    page: int | None
    levels: Levels = field(default_factory=Levels)
    blocks: list[ExtractBlock] = field(default_factory=list)

    def add(self, kind: ExtractKind, text: str, level: int = 0) -> None:
        if kind != "bullet":
            self.levels = Levels()
        if any(char.isalnum() for char in text):
            self.blocks.append(ExtractBlock(kind, text, level=level, page=self.page))


def read_text(source: SourceFile) -> Extract:
    """The blocks of a plain text; a form feed begins a page."""
    decoded = decode(source)
    return Extract(blocks=tuple(text_blocks(decoded.text)), warnings=(decoded.warning,) if decoded.warning else ())


def text_blocks(text: str) -> list[ExtractBlock]:
    """The blocks of plain text, hard line ends kept as they are inside a block."""
    text = _NEW_LINE.sub("\n", text).replace("\t", "    ")
    lines = [line for line in text.split("\n") if line.strip()]
    lengths = sorted(len(line.rstrip()) for line in lines)
    wrapped = not lengths or lengths[int(0.95 * (len(lengths) - 1))] <= _WRAPPED
    pages = text.split("\f")
    blocks: list[ExtractBlock] = []
    for number, page in enumerate(pages, 1):
        state = _Page(wrapped, numbers_paragraphs(lines), number if len(pages) > 1 else None)
        for chunk in re.split(r"\n(?:[ ]*\n)+", page):
            _read_chunk(state, [line.rstrip() for line in chunk.split("\n") if line.strip()])
        blocks += state.blocks
    return with_headings(blocks)


def _read_chunk(state: _Page, lines: list[str]) -> None:
    lines = _underlined(state, lines)
    if not lines:
        return
    if all(line.lstrip().startswith(">") for line in lines):
        state.add("quote", "\n".join(line.lstrip()[1:].strip() for line in lines))
    elif len(lines) > 1 and all(line.count("|") == lines[0].count("|") > 0 for line in lines):
        _read_rows(state, lines)
    else:
        for part in _parts(state, lines):
            _read_part(state, part)


def _underlined(state: _Page, lines: list[str]) -> list[str]:
    """The lines without rules; a line over a rule becomes a heading."""
    for place in range(1, len(lines)):
        if _UNDERLINE.fullmatch(lines[place]) and len(lines[place - 1].strip()) < 100:
            before = [line for line in lines[: place - 1] if not _RULE.fullmatch(line)]
            if before:
                _read_chunk(state, before)
            state.add("heading", lines[place - 1].strip(), level=1 if "=" in lines[place] else 2)
            return _underlined(state, lines[place + 1 :])
    return [line for line in lines if not _RULE.fullmatch(line)]


def _read_rows(state: _Page, lines: list[str]) -> None:
    lines = [line for line in lines if line.strip(" |+-=:")]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    for cells in rows:
        state.blocks.append(ExtractBlock("row", " | ".join(filter(None, cells)), cells=tuple(cells), page=state.page))


def _parts(state: _Page, lines: list[str]) -> Iterator[list[str]]:
    """The lines of one chunk, cut where a bullet, an indented paragraph or, in unwrapped text, any line begins."""
    part: list[str] = []
    for line in lines:
        begins = split_mark(line.lstrip()) and part and _begins(part[-1])
        if part and (begins or not state.wrapped or _indented(part, line)):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def _begins(before: str) -> bool:
    """Whether a list mark after this line can begin a bullet; a wrapped dash or '5.' in mid-sentence cannot."""
    return (
        bool(split_mark(before.lstrip()))
        or before.rstrip().endswith((".", ":", ";", "!", "?", ",", "and", "or"))
        or len(before) < 60
    )


def _indented(part: list[str], line: str) -> bool:
    deeper = _indent(line) >= _indent(part[-1]) + 2
    return deeper and part[-1].rstrip().endswith((".", "?", "!", ":", "”", '"')) and not split_mark(part[0].lstrip())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _read_part(state: _Page, lines: list[str]) -> None:
    text = "\n".join(line.strip() for line in lines)
    marked = split_mark(lines[0].lstrip())
    if found := _BANNER.match(text) or _DOTTED.match(text):
        for line in re.split(r"\.\.\.\s*\n\s*\.\.\.", found.group(1)):
            state.add("heading" if len(line.split()) < 7 else "paragraph", " ".join(line.split()), level=2)
        text = text[found.end() :]
        if text:
            state.add("paragraph", text)
    elif marked and not (marked[0] == "1" and state.numbered):
        rest = "\n".join([marked[1], *(line.strip() for line in lines[1:])])
        state.add("bullet", rest, level=state.levels.level(_indent(lines[0]), marked[0]))
    elif _CAPTION.match(text):
        state.add("caption", text)
    elif len(lines) > 1 and min(map(_indent, lines)) >= 4 and not state.levels.open:
        state.add("quote", text)
    else:
        state.add("paragraph", text)


def with_headings(blocks: list[ExtractBlock]) -> list[ExtractBlock]:
    """The blocks with short lines that stand alone as headings, and credits as captions."""
    alone = [block.kind == "paragraph" and _stands_alone(block.text) for block in blocks] + [False]
    found: list[ExtractBlock] = []
    level = 2
    for place, block in enumerate(blocks):
        after = blocks[place + 1] if place + 1 < len(blocks) else None
        level = min(block.level + 1, 6) if block.kind in ("heading", "title") else level
        if not alone[place] or after is None:
            found.append(block)
        elif _CREDIT.search(block.text) or (len(after.text) < 120 and _CREDIT.search(after.text)):
            found.append(replace(block, kind="caption"))
        elif place == 0 or _heads(alone, place, blocks):
            found.append(replace(block, kind="heading", level=level if place else 1))
        else:
            found.append(block)
    return found


def _heads(alone: list[bool], place: int, blocks: list[ExtractBlock]) -> bool:
    """Whether text follows a line that stands alone: a list of such lines is a menu, a table or an address."""
    end = alone.index(False, place)
    start = place
    while start and alone[start - 1]:
        start -= 1
    if end == len(blocks) or blocks[end].kind in ("row", "footnote"):
        return False
    return end - start <= 3 or place == end - 1


def _stands_alone(text: str) -> bool:
    if "\n" in text or len(text) > 110 or len(text.split()) > 16 or text[-1] in ".;,!…" or "|" in text or "@" in text:
        return False
    found = first_date(text)
    if found and len((text[: found.start] + text[found.end :]).split()) < 4:
        return False
    if re.match(r"(by|dear|hi|hello)\s|https?:|www\.|\[", text, re.I):
        return False
    if not re.search(r"[^\W\d_]{3}", text):
        return False
    return text[0].isupper() or text[0].isdigit() or text[0] in "\"'“‘("
