"""Builds the text of a briefing block by block, keeping its sections, the horizons they give and its sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ingest.briefing import Block, BlockKind, Horizon, Section, Sentence, Span, Window
from ingest.extract import ExtractBlock
from ingest.horizons import is_forecast, label_window
from ingest.sentences import sentence_spans, skip_mark
from ingest.timeframes import horizon_in

_SPOKEN: frozenset[BlockKind] = frozenset({"paragraph", "bullet", "row", "quote", "caption", "footnote"})
_LISTED: frozenset[BlockKind] = frozenset({"bullet", "row"})
_RUN_IN = re.compile(r"(?P<label>[^.:;]{2,90}?)\s?(?:[:.]|\s[–—-])\s+(?=[\"“‘'(]?[A-Z0-9])")
_TIMELY = re.compile(
    r"term|run|range|horizon|day|week|month|quarter|year|20\d\d|short|medium|long|immediate|mid|near", re.I
)

# On which page each stretch of a block begins: (offset in the block, page).
Pages = tuple[tuple[int, int | None], ...]

# How deep a block stands: headings by their level, then labels that are paragraphs, paragraphs, bullets by their level.
_LABEL, _PARAGRAPH, _BULLET = 49, 50, 100


@dataclass(frozen=True, slots=True)
class _Label:
    """A label in force: how deep it stands, whether blocks beside it end it, whether it is a heading anyway."""

    depth: int
    window: Window
    nests: bool
    is_heading: bool = False


@dataclass(slots=True)
class Outline:
    """The text so far, and where in it everything stands."""

    published: date | None
    length: int = 0
    texts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    _headings: list[tuple[int, str]] = field(default_factory=list)
    _labels: list[_Label] = field(default_factory=list)
    _columns: tuple[Window | None, ...] = ()
    # The block that is being read.
    _block: ExtractBlock = field(default_factory=lambda: ExtractBlock("paragraph", ""))
    _text: str = ""
    _start: int = 0
    _pages: Pages = ()

    def add(self, kind: BlockKind, block: ExtractBlock, text: str, pages: Pages, after: ExtractBlock | None) -> None:
        """Append a block, whose repaired text is `text` and which `after` follows."""
        self._block, self._text, self._pages = block, text, pages
        self._start = start = self._append(kind, text)
        label = self._label(kind, block, text, after)
        if kind == "heading":
            self._open_heading(block.level or 2, text, start)
        elif label:
            self._close(label.depth, start, beside=True)
            self._labels.append(label)
            self.windows.append(label.window)
            self._open_section(start)
            kind = "bullet" if kind == "bullet" else "heading"
        else:
            self._close(_BULLET + block.level if kind == "bullet" else _PARAGRAPH, start)
        if not self.sections:
            self.sections.append(Section((), start, start))
        self.blocks.append(Block(kind, start, self.length, block.level, len(self.sections) - 1, pages[0][1]))
        self.sections[-1] = replace(self.sections[-1], end=self.length)
        if kind != "row":
            self._columns = ()
        if kind in _SPOKEN and label is None:
            self._read_sentences(kind)

    def _append(self, kind: BlockKind, text: str) -> int:
        if self.texts:
            gap = "\n" if kind in _LISTED and self.blocks[-1].kind == kind else "\n\n"
            self.texts.append(gap)
            self.length += len(gap)
        self.texts.append(text)
        self.length += len(text)
        return self.length - len(text)

    def _open_heading(self, level: int, text: str, start: int) -> None:
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self._headings.append((level, text))
        self._labels = [label for label in self._labels if label.depth < level]
        if window := label_window(text, self.published, parent=True, forecast=self._is_forecast()):
            self._labels.append(_Label(level, window, nests=True, is_heading=True))
            self.windows.append(window)
        self._open_section(start)

    def _is_forecast(self) -> bool:
        return any(is_forecast(text) for _, text in self._headings)

    def _label(self, kind: BlockKind, block: ExtractBlock, text: str, after: ExtractBlock | None) -> _Label | None:
        """The label that a bullet or a paragraph is, if it is one and something follows that it can stand over."""
        if (
            kind not in ("bullet", "paragraph")
            or len(text) > 120
            or after is None
            or after.kind == "heading"
            or not _TIMELY.search(text)
        ):
            return None
        nests = kind == "bullet" and after.kind == "bullet" and after.level > block.level
        window = label_window(text, self.published, parent=nests, forecast=self._is_forecast())
        depth = _BULLET + block.level if kind == "bullet" and after.kind == "bullet" else _LABEL
        return _Label(depth, window, nests or depth == _LABEL) if window else None

    def _close(self, depth: int, start: int, beside: bool = False) -> None:
        """End the labels that do not stand over a block of this depth; in a flat list a label holds until the next."""
        kept = [
            label
            for label in self._labels
            if label.depth < depth or (label.depth == depth and not (label.nests or beside))
        ]
        if len(kept) < len(self._labels):
            self._labels = kept
            if not beside:
                self._open_section(start)

    def _open_section(self, start: int) -> None:
        path = [text for _, text in self._headings]
        path += [label.window.label for label in self._labels if not label.is_heading]
        self.sections.append(Section(tuple(path), start, start))

    def _read_sentences(self, kind: BlockKind) -> None:
        window = self._labels[-1].window if self._labels else None
        if kind == "row":
            self._read_row(window)
            return
        own, begins = self._run_in(self._text)
        self._split((begins, len(self._text)), own or window)

    def _run_in(self, text: str) -> tuple[Window | None, int]:
        """A label before a paragraph's first sentence ("Short-term (0-3 months): ..."), and where that begins."""
        found = _RUN_IN.match(text, skip_mark(text, 0, len(text)))
        if found and _TIMELY.search(found["label"]) and (window := label_window(found["label"], self.published)):
            self.windows.append(window)
            return window, found.end()
        return None, 0

    def _split(self, span: Span, window: Window | None) -> None:
        before: Horizon = "none"
        for sentence in sentence_spans(self._text, *span):
            before = self._say(sentence, window, before)

    def _say(self, span: Span, window: Window | None, before: Horizon = "none") -> Horizon:
        """Keep one sentence, under a window or with the time that it names itself; returns its horizon."""
        first, last = span
        horizon: Horizon = window.horizon if window else "none"
        if window is None and self.blocks[-1].kind != "footnote":
            horizon = horizon_in(self._text[first:last], self.published, before)
        place, page = (len(self.blocks) - 1, len(self.sections) - 1), _page_at(self._pages, first)
        self.sentences.append(Sentence(self._start + first, self._start + last, *place, horizon, page))
        return horizon

    def _read_row(self, window: Window | None) -> None:
        """A row is one sentence of all its cells but labels; under columns that are labels each cell is its own."""
        cells = list(_cell_spans(self._block.cells, self._text))
        labels = [self._cell_label(self._text[first:last]) for first, last in cells]
        named = [label for label in labels if label]
        if self._block.header or len(named) > 1:
            self._columns = tuple(labels)
            self.windows += named
            return
        said = [span for span, label in zip(cells, labels, strict=True) if label is None and span[0] < span[1]]
        if named:
            self.windows += named
            window = named[0]
        if any(self._columns) and len(self._columns) == len(cells):
            for span, column in zip(cells, self._columns, strict=True):
                if span in said:
                    self._split(span, named[0] if named else column or window)
        elif len(said) == 1:
            self._split(said[0], window)
        elif said:
            self._say((said[0][0], said[-1][1]), window)

    def _cell_label(self, cell: str) -> Window | None:
        """The label that a cell is; outside a forecast only a word for the horizon makes one, not "2-3 weeks"."""
        label = label_window(cell, self.published, forecast=True) if cell and _TIMELY.search(cell) else None
        return label if label and (self._is_forecast() or re.search(r"term|run|>|beyond", cell, re.I)) else None


def _cell_spans(cells: Sequence[str], text: str) -> Iterator[tuple[int, int]]:
    """Where each cell of a row stands in its text, which leaves empty ones out; one span if the two do not agree."""
    parts = text.split(" | ")
    filled = [bool(cell.strip()) for cell in cells]
    if sum(filled) != len(parts):
        yield 0, len(text)
        return
    place = 0
    for is_filled in filled:
        if not is_filled:
            yield place, place
            continue
        yield place, place + len(parts[0])
        place += len(parts.pop(0)) + 3


def _page_at(pages: Pages, offset: int) -> int | None:
    return next(page for start, page in reversed(pages) if start <= offset)
