"""The walk over an HTML tree that turns elements into blocks: the common end of HTML, Markdown, DOCX and mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import defs

from ingest.extract import ExtractBlock, ExtractKind
from ingest.formats.tables import is_data_table, rows_of
from ingest.formats.text import text_blocks, with_headings

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PARTS = frozenset(["html", "body", "main", "article", "section", "header", "footer", "figure", "details"])
_BLOCKS = (defs.block_tags - {"del", "ins"}) | _PARTS | {"figcaption", "summary"}
_IGNORED = frozenset(["script", "style", "noscript", "template", "head", "title", "svg", "math", "iframe", "object"])
_BOLD, _ITALIC = frozenset(("b", "strong")), frozenset(("i", "em"))
_CAPTIONS = ("figcaption", "caption")
_TITLE = "h1 title"
_LINE_END = "\u2028"
_CAPTION_START = re.compile(r"(figure|fig\.|table|chart|map|photo|image|graph|exhibit|box|source)\b", re.I)
_NOTE_START = re.compile(r"\s*\[\d{1,3}\]\s*\S")
_NOTE_MARK = re.compile(r"[\[(]?(\d{1,3}|[*†‡§]+|[a-z])[\])]?")


@dataclass(slots=True)
class _Walk:
    """Where the walk stands: the elements open around it and the text since the last block."""

    blocks: list[ExtractBlock] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    letters: int = 0
    bold: int = 0
    italic: int = 0
    heading: int = 1

    def add(self, text: str | None) -> None:
        if not text or _IGNORED.intersection(self.open):
            return
        self.pieces.append(text)
        count = sum(not char.isspace() for char in text)
        self.letters += count
        self.bold += count * bool(_BOLD.intersection(self.open))
        self.italic += count * bool(_ITALIC.intersection(self.open))

    def flush(self) -> None:
        """Makes a block of the text since the last one, or several where it was broken by empty lines."""
        raw = re.sub(r"[ \t\r\n\f\v]+", " ", "".join(self.pieces))
        kind, level = self._kind()
        for part in re.split(f"{_LINE_END}\\s*{_LINE_END}[{_LINE_END}\\s]*", raw):
            text = "\n".join(line.strip() for line in part.split(_LINE_END)).strip()
            if text:
                self.blocks.append(ExtractBlock(kind, text, level=level))
        self.pieces.clear()
        self.letters = self.bold = self.italic = 0

    def _kind(self) -> tuple[ExtractKind, int]:
        if _TITLE in self.open:
            return "title", 1
        level = next((_HEADINGS[tag] for tag in reversed(self.open) if tag in _HEADINGS), 0)
        if level:
            self.heading = level
            return "heading", level
        if "footnote" in self.open:
            return "footnote", 0
        if any(tag in _CAPTIONS for tag in self.open):
            return "caption", 0
        if "li" in self.open:
            return "bullet", sum(tag in ("ul", "ol") for tag in self.open) or 1
        if "blockquote" in self.open:
            return "quote", 0
        return ("footnote", 0) if _NOTE_START.match("".join(self.pieces)) else self._emphasised()

    def _emphasised(self) -> tuple[ExtractKind, int]:
        text = "".join(self.pieces).strip()
        if self.letters and self.bold == self.letters and is_heading_like(text):
            return "heading", min(self.heading + 1, 6)
        if self.letters and self.italic == self.letters and _CAPTION_START.match(text):
            return "caption", 0
        return "paragraph", 0


def is_heading_like(text: str) -> bool:
    """Whether a line set apart (in bold, say) reads as a heading: short, no sentence, no byline."""
    if len(text) > 120 or len(text.split()) > 16 or text.endswith((".", ";", ",", "…")):
        return False
    return not re.match(r"by\s|\W*$", text, re.I) and "|" not in text and not re.search(r"\b(19|20)\d\d\s*$", text)


def blocks_of(root: Any) -> list[ExtractBlock]:
    """The blocks of an HTML tree in document order; scripts, styles and footnote marks are left out."""
    walk = _Walk()
    iterator = etree.iterwalk(root, events=("start", "end"))
    for event, element in iterator:
        tag = _name(element)
        if event == "start":
            if (tag == "table" and is_data_table(element)) or tag == "pre" or _is_note_mark(element):
                walk.flush() if tag in ("table", "pre") else None
                walk.blocks += _whole(element, tag)
                iterator.skip_subtree()
                walk.open.append(f"whole {tag}")
                continue
            _start(walk, tag, element)
        else:
            _end(walk, tag)
            walk.add(element.tail if element is not root else None)
    walk.flush()
    return with_headings(walk.blocks)


def _start(walk: _Walk, tag: str, element: Any) -> None:
    if tag in _BLOCKS:
        walk.flush()
    titled = tag == "h1" and element.get("class") == "title"
    walk.open.append("footnote" if _is_footnote(element) else _TITLE if titled else tag)
    walk.add(_LINE_END if tag == "br" else element.text)


def _end(walk: _Walk, tag: str) -> None:
    if tag in _BLOCKS and not walk.open[-1].startswith("whole "):
        walk.flush()
    walk.open.pop()


def _name(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _is_footnote(element: Any) -> bool:
    named = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
    return _name(element) in ("li", "section", "div", "p", "aside") and bool(
        re.search(r"\b(foot|end)notes?\b|\bfn\d", named)
    )


def _is_note_mark(element: Any) -> bool:
    """A footnote's mark in the running text, or the arrow back from the note: neither is a word of the text."""
    text = "".join(element.itertext()).strip()
    if _name(element) == "sup":
        return bool(_NOTE_MARK.fullmatch(text)) and (
            element.find(".//a") is not None or (text.isdigit() and bool(_before(element)))
        )
    if _name(element) == "a" and re.fullmatch(r"\[\d{1,3}\]", text) and "#" in element.get("href", ""):
        return bool(_before(element))
    return _name(element) == "a" and (text in ("↑", "↩", "↩︎", "^") or "noteref" in (element.get("role") or ""))


def _before(element: Any) -> bool:
    """Whether the text before ends like a word of three letters or a sentence, which a unit (m², km³) does not."""
    previous = element.getprevious()
    text = (previous.tail if previous is not None else element.getparent().text) or ""
    return bool(re.search(r"[^\W\d_]{3}$|[.,;:!?”\"'’)]$", text.rstrip()))


def _whole(element: Any, tag: str) -> Iterator[ExtractBlock]:
    if tag == "table":
        yield from rows_of(element)
    elif tag == "pre":
        yield from text_blocks("".join(element.itertext()))
