"""From the blocks of a file to a briefing: its text, its sections and the sentences that can be cited."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.briefing import BlockKind, Briefing, Format, SourceFile
from ingest.dates import is_american
from ingest.estimative import judgements
from ingest.extract import Extract, ExtractBlock
from ingest.masthead import Masthead, read_masthead
from ingest.outline import Outline, Pages
from ingest.repair import Origins, Vocabulary, repair
from ingest.residue import without_residue
from ingest.rules import pattern

_UNFINISHED = re.compile(r"[\w,’'\")\]–-]\s*\Z")
_CONTINUED = re.compile(r"\s*[\"“‘'(]?[^\W\d_A-Z]{2,}")
_QUOTED = re.compile(r"[“\"‘'].*[”\"’'.,;]")
_SCALE_HINTS = ("scale", "yardstick", "phia", "icd", "lexicon", "language", "terms", "standard")
# So much of a document shows how it writes its dates.
_SAMPLE = 40_000
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block that is kept. `parts`: (offset in its text, offset in the extracted text, page) of what it is made of."""

    block: ExtractBlock
    parts: tuple[tuple[int, int, int | None], ...]


def build_briefing(source: SourceFile, format: Format, extract: Extract) -> Briefing:
    """The briefing that a file holds, from the blocks that its format's reader found.

    The extracted text that `Briefing.origins` points into is the text of these blocks joined by an empty line.
    """
    pieces = _whole_paragraphs(_pieces(extract.blocks))
    blocks = [piece.block for piece in pieces]
    sample = "\n".join(block.text for block in blocks)
    masthead = read_masthead(blocks, extract, format, source.name, is_american(sample[:_SAMPLE]))
    words = Vocabulary(block.text for block in blocks)
    outline = Outline(masthead.published)
    origins: list[tuple[int, int]] = []
    scales: list[str] = []
    for index, piece in enumerate(pieces):
        mended = repair(piece.block.text, words)
        if not mended.text:
            continue
        kind = masthead.roles.get(index) or _kind(piece.block, mended.text)
        named = _scale_named(mended.text) if kind != "title" else None
        if named:
            scales.append(named)
            kind = "scale" if _is_scale_line(mended.text) else kind
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        start = outline.add(kind, piece.block, mended.text, _pages(piece, mended.origins), after)
        origins += [(start + offset, _origin(piece, origin)) for offset, origin in mended.origins]
    return _finish(outline, source, format, masthead, scales, extract.warnings, origins)


def _pieces(blocks: Sequence[ExtractBlock]) -> list[_Piece]:
    offsets, offset = [], 0
    for block in blocks:
        offsets.append(offset)
        offset += len(block.text) + 2
    return [
        _Piece(block, ((0, offsets[index] + start, block.page),)) for index, start, block in without_residue(blocks)
    ]


def _whole_paragraphs(pieces: list[_Piece]) -> list[_Piece]:
    """Paragraphs that a page or a stray empty line cut in two, put together again."""
    whole: list[_Piece] = []
    for piece in pieces:
        before = whole[-1] if whole else None
        if before and piece.block.kind == "paragraph" and _goes_on(before.block, piece.block.text):
            shift = len(before.block.text) + 1
            parts = (*before.parts, *((start + shift, origin, page) for start, origin, page in piece.parts))
            whole[-1] = _Piece(replace(before.block, text=f"{before.block.text}\n{piece.block.text}"), parts)
        else:
            whole.append(piece)
    return whole


def _goes_on(before: ExtractBlock, text: str) -> bool:
    return (
        before.kind in ("paragraph", "bullet", "quote", "footnote")
        and len(before.text) > 40
        and _UNFINISHED.search(before.text) is not None
        and _CONTINUED.match(text) is not None
    )


def _pages(piece: _Piece, origins: Origins) -> Pages:
    """On which page each stretch of a repaired block begins."""
    if len(piece.parts) == 1:
        return Pages(((0, piece.block.page),))
    places = [(bisect_left(origins, start, key=lambda pair: pair[1]), page) for start, _, page in piece.parts]
    return Pages(
        ((0, piece.block.page), *((origins[place][0], page) for place, page in places[1:] if place < len(origins)))
    )


def _origin(piece: _Piece, offset: int) -> int:
    start, origin, _ = next(part for part in reversed(piece.parts) if part[0] <= offset)
    return origin + offset - start


def _kind(block: ExtractBlock, text: str) -> BlockKind:
    """What a block is at a second look: handling marks, quotations and lines that lead in a list are no headings."""
    if len(text) <= 120 and pattern("masthead", "handling", "line").fullmatch(text):
        return "byline"
    if block.kind not in ("heading", "title"):
        return block.kind
    leads_in = text.endswith(":") and (len(text.split()) > 5 or text[0].isdigit())
    return "paragraph" if leads_in or _QUOTED.fullmatch(text) else "heading"


def _scale_named(text: str) -> str | None:
    """The name of a probability scale that a block declares, as printed."""
    if len(text) > 600 or not any(map(text.lower().__contains__, _SCALE_HINTS)):
        return None
    if not (found := pattern("masthead", "scale", "name").search(text)):
        labelled = re.fullmatch(r"(?P<label>[^:]{4,60}):\s*(?P<value>.{2,60})", text)
        known = labelled and pattern("masthead", "labels", "scale").fullmatch(labelled["label"].strip())
        return labelled["value"].strip().rstrip(".") if labelled and known else None
    return found.group() if len(text) <= 80 or pattern("masthead", "scale", "sentence").search(text) else None


def _is_scale_line(text: str) -> bool:
    return len(text) <= 80 and not re.search(r"\b(?:is|was|are|were|has|have|will|would|judge|use[ds]?)\b", text)


def scale_id(name: str | None) -> str | None:
    """The yardstick that a printed name means: "phia", "icd203" or "house"; None for others."""
    known = ("phia", "icd203", "house")
    return next((one for one in known if name and pattern("masthead", "scale", one).search(name)), None)


def _finish(
    outline: Outline,
    source: SourceFile,
    format: Format,
    masthead: Masthead,
    scales: list[str],
    warnings: tuple[str, ...],
    origins: list[tuple[int, int]],
) -> Briefing:
    slug = _SLUG.sub("-", masthead.title.lower())[:48].strip("-") or "briefing"
    briefing = Briefing(
        id=f"{slug}-{source.sha256[:8]}",
        title=masthead.title,
        text="".join(outline.texts),
        sha256=source.sha256,
        format=format,
        authors=masthead.authors,
        published=masthead.published,
        publisher=masthead.publisher,
        yardstick=scales[0] if scales else None,
        handling=masthead.handling,
        sources=(source.name,),
        blocks=tuple(outline.blocks),
        sections=tuple(outline.sections),
        windows=tuple(dict.fromkeys(outline.windows)),
        sentences=tuple(outline.sentences),
        warnings=(*warnings, *masthead.warnings),
        origins=tuple(origins),
    )
    return replace(briefing, judgements=judgements(briefing))
