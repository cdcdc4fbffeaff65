"""Tells the text of a briefing from what its web page or its print left around it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ingest.extract import ExtractBlock
from ingest.rules import pattern

_LONGEST = 240
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b", re.I)
_PROSE = re.compile(r"[a-z]{2,}[.!?][\"”’)\]]*\s*$|[.!?][\"”’)]* [A-Z\"“]")


def without_residue(blocks: Sequence[ExtractBlock]) -> list[ExtractBlock]:
    """The blocks that are text of the briefing."""
    dropped = _running_heads(blocks) | _contents(blocks) | _teasers(blocks)
    kept = (
        (block, _kept_lines(block.text))
        for index, block in enumerate(blocks[: _closing(blocks)])
        if index not in dropped
    )
    return [replace(block, text=text) if text != block.text else block for block, text in kept if text]


def _teasers(blocks: Sequence[ExtractBlock]) -> frozenset[int]:
    """Links to the articles before and after, each with the title that follows it."""
    found: set[int] = set()
    for index, block in enumerate(blocks):
        if pattern("residue", "teaser").fullmatch(block.text.strip()) or (
            index - 1 in found
            and _is_title(block)
            and pattern("residue", "teaser").fullmatch(blocks[index - 1].text.strip())
        ):
            found.add(index)
    return frozenset(found)


def _contents(blocks: Sequence[ExtractBlock]) -> frozenset[int]:
    """A table of contents: its heading and the list or the short lines under it."""
    found: set[int] = set()
    for index, block in enumerate(blocks):
        if pattern("residue", "contents").fullmatch(block.text.strip(" :\n")) or (
            index - 1 in found and block.kind in ("bullet", "row", "paragraph") and _is_title(block)
        ):
            found.add(index)
    return frozenset(found)


def _kept_lines(text: str) -> str:
    """What is left of a block when lines of residue are taken off both its ends."""
    if len(text) > _LONGEST and "\n" not in text:
        return text
    lines = text.split("\n")
    kept = [place for place, line in enumerate(lines) if line.strip() and not _is_residue(line)]
    return "\n".join(lines[kept[0] : kept[-1] + 1]) if kept else ""


def _is_residue(line: str) -> bool:
    return len(line) <= _LONGEST and bool(pattern("residue", "line").fullmatch(line.strip()))


def _is_title(block: ExtractBlock) -> bool:
    """Whether a block can be the title of another article: a line, not a sentence."""
    text = block.text.strip()
    return block.kind != "row" and "\n" not in text and len(text.split()) <= 25 and not text.endswith((".", ";", ":"))


def _closing(blocks: Sequence[ExtractBlock]) -> int:
    """Where a list of other articles, tags or comments begins that runs to the end; their number without one."""
    for index in range(len(blocks) - 1, max(1, len(blocks) // 3), -1):
        text = blocks[index].text.strip()
        if len(text) <= 60 and pattern("residue", "closing").fullmatch(text):
            return index
        if len(text) > 160 or (blocks[index].kind in ("bullet", "row", "footnote") and _PROSE.search(text)):
            break
    return len(blocks)


def _running_heads(blocks: Sequence[ExtractBlock]) -> frozenset[int]:
    """The lines that come back, numbers aside: on page after page, or often where pages are unknown."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        is_line = block.kind == "paragraph" and len(block.text) <= 120
        if is_line and not block.text.rstrip().endswith((".", "?", "!", ":", ";", ",")):
            places[_shape(block.text)].append(index)
    pages = len({block.page for block in blocks})
    needed = 5 if pages == 1 else max(3, pages // 4)
    return frozenset(index for where in places.values() if len(where) >= needed for index in where)


def _shape(text: str) -> str:
    return " ".join(_NUMBER.sub("#", text).split()).lower()
