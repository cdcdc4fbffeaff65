"""From the blocks of a file to a briefing: its text, its sections and the sentences that can be cited."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ingest.briefing import Block, BlockKind, Briefing, Format, Horizon, Section, Sentence, SourceFile, Window
from ingest.dates import is_american
from ingest.extract import Extract, ExtractBlock
from ingest.horizons import label_window
from ingest.masthead import Masthead, read_masthead, rules
from ingest.repair import Vocabulary, repair
from ingest.residue import without_residue
from ingest.sentences import sentence_spans, skip_mark
from ingest.timeframes import horizon_in

_SPOKEN: frozenset[BlockKind] = frozenset({"paragraph", "bullet", "row", "quote", "caption", "footnote"})
_LISTED: frozenset[BlockKind] = frozenset({"bullet", "row"})
_RUN_IN = re.compile(r"(?P<label>[^.:;]{2,90}?)\s?(?:[:.]|\s[–—-])\s+(?=[\"“‘'(]?[A-Z0-9])")
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block that is kept, with the offset of its text in the extracted text."""

    block: ExtractBlock
    offset: int


@dataclass(slots=True)
class _Draft:
    """A briefing while it is put together, block by block."""

    published: date | None
    length: int = 0
    texts: list[str] = field(default_factory=list)
    origins: list[tuple[int, int]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    labels: list[tuple[int, Window]] = field(default_factory=list)
    columns: tuple[Window | None, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        labels = tuple(window.label for _, window in self.labels if window.label not in dict(map(reversed, self.headings)))  # type: ignore[arg-type, call-overload]
        return (*(text for _, text in self.headings), *labels)

    @property
    def window(self) -> Window | None:
        return self.labels[-1][1] if self.labels else None


def build_briefing(source: SourceFile, format: Format, extract: Extract) -> Briefing:
    """The briefing that a file holds, from the blocks that its format's reader found.

    The extracted text that `Briefing.origins` points into is the text of these blocks joined by an empty line.
    """
    pieces = _whole_paragraphs(_pieces(extract.blocks))
    blocks = [piece.block for piece in pieces]
    sample = "\n".join(block.text for block in blocks)
    masthead = read_masthead(blocks, extract, format, source.name, is_american(sample))
    words = Vocabulary(block.text for block in blocks)
    draft = _Draft(masthead.published)
    scale: str | None = None
    for index, piece in enumerate(pieces):
        text, origins = _repaired(piece, words)
        if not text:
            continue
        kind = masthead.roles.get(index) or _kind(piece.block)
        named = _scale_named(text) if kind != "title" else None
        if named and _is_scale_line(text):
            kind = "scale"
        scale = scale or named
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        _add(draft, kind, piece.block, text, origins, after)
    return _finish(draft, source, format, masthead, scale, extract.warnings)


def _pieces(blocks: Sequence[ExtractBlock]) -> list[_Piece]:
    offsets, offset = [], 0
    for block in blocks:
        offsets.append(offset)
        offset += len(block.text) + 2
    return [_Piece(block, offsets[index] + start) for index, start, block in without_residue(blocks)]


def _whole_paragraphs(pieces: list[_Piece]) -> list[_Piece]:
    return pieces


def _repaired(piece: _Piece, words: Vocabulary) -> tuple[str, list[tuple[int, int]]]:
    mended = repair(piece.block.text, words)
    return mended.text, [(start, piece.offset + origin) for start, origin in mended.origins]


def _kind(block: ExtractBlock) -> BlockKind:
    return "heading" if block.kind == "title" else block.kind


def _add(draft: _Draft, kind: BlockKind, block: ExtractBlock, text: str, origins: list[tuple[int, int]], after: ExtractBlock | None) -> None:
    start = _append(draft, kind, text, origins)
    if kind == "heading":
        _open_heading(draft, block, text, start)
    elif kind in ("bullet", "paragraph") and (window := _label_of(draft, block, text, after)):
        _open_label(draft, block, window, start)
        kind = "bullet" if kind == "bullet" else "heading"
        if kind == "heading":
            block = replace(block, level=9)
    elif draft.labels and not draft.labels[-1][0] < _depth(draft, kind, block):
        _close_labels(draft, _depth(draft, kind, block), start)
    if not draft.sections:
        draft.sections.append(Section((), start, start))
    draft.blocks.append(Block(kind, start, draft.length, block.level, len(draft.sections) - 1, block.page))
    draft.sections[-1] = replace(draft.sections[-1], end=draft.length)
    spoken = kind in _SPOKEN and not (draft.labels and draft.labels[-1][1].label == text.rstrip(":"))
    if spoken:
        _add_sentences(draft, kind, block, text, start)
    if kind != "row":
        draft.columns = ()


def _append(draft: _Draft, kind: BlockKind, text: str, origins: list[tuple[int, int]]) -> int:
    if draft.texts:
        gap = "\n" if kind in _LISTED and draft.blocks[-1].kind == kind else "\n\n"
        draft.texts.append(gap)
        draft.origins.append((draft.length, origins[0][1]))
        draft.length += len(gap)
    start = draft.length
    draft.texts.append(text)
    draft.origins += [(start + offset, origin) for offset, origin in origins]
    draft.length += len(text)
    return start


def _depth(draft: _Draft, kind: BlockKind, block: ExtractBlock) -> int:
    return 100 + block.level if kind == "bullet" else 50


def _open_heading(draft: _Draft, block: ExtractBlock, text: str, start: int) -> None:
    level = block.level or 2
    while draft.headings and draft.headings[-1][0] >= level:
        draft.headings.pop()
    draft.headings.append((level, text))
    draft.labels = [label for label in draft.labels if label[0] < level]
    if window := label_window(text, draft.published, parent=True):
        draft.labels.append((level, window))
        draft.windows.append(window)
    _open_section(draft, start)


def _label_of(draft: _Draft, block: ExtractBlock, text: str, after: ExtractBlock | None) -> Window | None:
    if len(text) > 120 or after is None:
        return None
    parent = block.kind == "bullet" and after.kind == "bullet" and after.level > block.level
    return label_window(text, draft.published, parent)


def _open_label(draft: _Draft, block: ExtractBlock, window: Window, start: int) -> None:
    depth = 100 + block.level if block.kind == "bullet" else 49
    draft.labels = [label for label in draft.labels if label[0] < depth]
    draft.labels.append((depth, window))
    draft.windows.append(window)
    _open_section(draft, start)


def _close_labels(draft: _Draft, depth: int, start: int) -> None:
    """Ends labels that a block of this depth stands beside; a flat list's label holds until the next label."""
    kept = [label for label in draft.labels if label[0] < depth or (label[0] == depth and depth > 100)]
    if len(kept) < len(draft.labels):
        draft.labels = kept
        _open_section(draft, start)


def _open_section(draft: _Draft, start: int) -> None:
    draft.sections.append(Section(draft.path, start, start))


def _add_sentences(draft: _Draft, kind: BlockKind, block: ExtractBlock, text: str, start: int) -> None:
    if kind == "row":
        _add_row(draft, block, text, start)
        return
    own, begins = _run_in(draft, text)
    _sentences(draft, text, begins, len(text), start, own or draft.window)


def _run_in(draft: _Draft, text: str) -> tuple[Window | None, int]:
    """A label in front of a paragraph's first sentence ("Short-term (0-3 months): ..."), and where that sentence begins."""
    begins = skip_mark(text, 0, len(text))
    found = _RUN_IN.match(text, begins)
    window = label_window(found["label"], draft.published) if found else None
    if found and window:
        draft.windows.append(window)
        return window, found.end()
    return None, 0


def _sentences(draft: _Draft, text: str, begins: int, ends: int, start: int, window: Window | None) -> None:
    before: Horizon = "none"
    for first, last in sentence_spans(text, begins, ends):
        horizon = before = window.horizon if window else horizon_in(text[first:last], draft.published, before)
        page = draft.blocks[-1].page
        draft.sentences.append(Sentence(start + first, start + last, len(draft.blocks) - 1, len(draft.sections) - 1, horizon, page))


def _add_row(draft: _Draft, block: ExtractBlock, text: str, start: int) -> None:
    """A table row: one sentence of all its cells, or, under columns that name horizons, one for each cell."""
    cells = list(_cell_spans(block, text))
    windows = [label_window(text[first:last], draft.published) for first, last in cells]
    if block.header:
        draft.columns = tuple(windows)
        return
    if sum(window is not None for window in windows) > 1:
        draft.columns = tuple(windows)
        return
    label = next((window for window in windows if window), None)
    if label:
        draft.windows.append(label)
    said = [span for span, window in zip(cells, windows, strict=True) if window is None]
    if any(draft.columns) and len(draft.columns) == len(cells):
        for (first, last), column, window in zip(cells, draft.columns, windows, strict=True):
            if window is None:
                _sentences(draft, text, first, last, start, label or column or draft.window)
    elif len(said) == 1 and len(cells) > 1:
        _sentences(draft, text, said[0][0], said[0][1], start, label or draft.window)
    elif said:
        window = label or draft.window
        first, last = said[0][0], said[-1][1]
        horizon = window.horizon if window else horizon_in(text[first:last], draft.published)
        draft.sentences.append(Sentence(start + first, start + last, len(draft.blocks) - 1, len(draft.sections) - 1, horizon, block.page))


def _cell_spans(block: ExtractBlock, text: str) -> Iterator[tuple[int, int]]:
    """Where the cells of a row stand in its text, empty ones left out."""
    place = 0
    for part in text.split(" | "):
        if part.strip():
            yield place, place + len(part)
        place += len(part) + 3


def _scale_named(text: str) -> str | None:
    """The name of a probability scale that a block declares, as printed."""
    if len(text) > 600 or not (found := rules()["scale"]["name"].search(text)):
        labelled = re.fullmatch(r"(?P<label>[^:]{4,60}):\s*(?P<value>.{2,60})", text)
        known = labelled and rules()["labels"]["scale"].fullmatch(labelled["label"].strip())
        return labelled["value"].strip().rstrip(".") if labelled and known else None
    return found.group() if len(text) <= 80 or rules()["scale"]["sentence"].search(text) else None


def _is_scale_line(text: str) -> bool:
    return len(text) <= 80 and not re.search(r"\b(?:is|was|are|were|has|have|will|would|judge|use[ds]?)\b", text)


def scale_id(name: str | None) -> str | None:
    """The yardstick that a printed name means: "phia", "icd203" or "house"; None for others."""
    patterns = rules()["scale"]
    return next((known for known in ("phia", "icd203", "house") if name and patterns[known].search(name)), None)


def _finish(draft: _Draft, source: SourceFile, format: Format, masthead: Masthead, scale: str | None, warnings: tuple[str, ...]) -> Briefing:
    slug = _SLUG.sub("-", masthead.title.lower())[:48].strip("-") or "briefing"
    return Briefing(
        id=f"{slug}-{source.sha256[:8]}",
        title=masthead.title,
        text="".join(draft.texts),
        sha256=source.sha256,
        format=format,
        authors=masthead.authors,
        published=masthead.published,
        publisher=masthead.publisher,
        yardstick=scale,
        handling=masthead.handling,
        sources=(source.name,),
        blocks=tuple(draft.blocks),
        sections=tuple(draft.sections),
        windows=tuple(draft.windows),
        sentences=tuple(draft.sentences),
        warnings=(*warnings, *masthead.warnings),
        origins=tuple(draft.origins),
    )
