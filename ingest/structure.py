"""From the blocks of a file to a briefing: its text, its sections and the sentences that can be cited."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.briefing import BlockKind, Briefing, Format, SourceFile
from ingest.dates import is_american
from ingest.estimative import judgements
from ingest.extract import Extract, ExtractBlock
from ingest.masthead import Masthead, read_masthead
from ingest.outline import Outline, Pages
from ingest.repair import Vocabulary, repair
from ingest.residue import without_residue
from ingest.rules import pattern

_UNFINISHED = re.compile(r"[\w,’'\")\]–-]\s*\Z")
_CONTINUED = re.compile(r"\s*[\"“‘'(]?[^\W\d_A-Z]{2,}")
_QUOTED = re.compile(r"[“\"‘'].*[”\"’'.,;]")
_SCALE_HINTS = ("scale", "yardstick", "phia", "icd", "lexicon", "language", "terms", "standard")
# So much of a document shows how it writes its dates.
_SAMPLE = 40_000
_SLUG = re.compile(r"[^a-z0-9]+")


def build_briefing(source: SourceFile, format: Format, extract: Extract) -> Briefing:
    """The briefing that a file holds, from the blocks that its format's reader found."""
    pieces = _whole_paragraphs(without_residue(extract.blocks))
    blocks = [replace(piece[0], text="\n".join(part.text for part in piece)) for piece in pieces]
    sample = "\n".join(block.text for block in blocks)
    masthead = read_masthead(blocks, extract, format, source.name, is_american(sample[:_SAMPLE]))
    words = Vocabulary(block.text for block in blocks)
    outline = Outline(masthead.published)
    scales: list[str] = []
    for index, (piece, block) in enumerate(zip(pieces, blocks, strict=True)):
        text = repair(block.text, words)
        if not text:
            continue
        kind = masthead.roles.get(index) or _kind(block, text)
        if kind != "title" and (named := _scale_named(text)):
            scales.append(named)
            kind = "scale" if _is_scale_line(text) else kind
        outline.add(kind, block, text, _pages(piece, words), blocks[index + 1] if index + 1 < len(blocks) else None)
    return _finish(outline, source, format, masthead, scales, extract.warnings)


def _whole_paragraphs(blocks: Sequence[ExtractBlock]) -> list[list[ExtractBlock]]:
    """The blocks, those together that are one paragraph which a page or a stray empty line cut in two."""
    whole: list[list[ExtractBlock]] = []
    for block in blocks:
        if whole and block.kind == "paragraph" and _goes_on(whole[-1], block.text):
            whole[-1].append(block)
        else:
            whole.append([block])
    return whole


def _goes_on(before: Sequence[ExtractBlock], text: str) -> bool:
    return (
        before[0].kind in ("paragraph", "bullet", "quote", "footnote")
        and sum(len(part.text) + 1 for part in before) > 41
        and _UNFINISHED.search(before[-1].text) is not None
        and _CONTINUED.match(text) is not None
    )


def _pages(piece: Sequence[ExtractBlock], words: Vocabulary) -> Pages:
    """On which page each part of a repaired block begins."""
    places = [len(repair("\n".join(part.text for part in piece[:count]), words)) + 1 for count in range(1, len(piece))]
    return tuple(zip([0, *places], [part.page for part in piece], strict=True))


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
    )
    return replace(briefing, judgements=judgements(briefing))
