"""The lines of a PDF's pages to blocks: paragraphs, headings, bullets, notes and tables."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.extract import ExtractBlock, ExtractKind
from ingest.formats.columns import Line, columns, highest, lowest, without_running_heads
from ingest.formats.lists import Levels, numbers_paragraphs, split_mark
from ingest.formats.tables import names_columns, row_block
from ingest.formats.walk import is_heading_like

_CAPTION = re.compile(r"(figure|fig\.|table|map|chart|photo|graph|exhibit|box)\s?[\dIVX]+[.:)\s]|source:", re.I)
_SENTENCE_END = (".", "!", "?", ":", ";", "”", '"', ".)", "’")
_MARK_ALONE = re.compile(r"[^\w\s]|o|\(?(\d{1,3}|[a-z]{1,4}|[A-Z]|[IVXLC]{1,6})[.)]|\d{1,2}(\.\d{1,2}){1,3}\.?")
_NOTE = re.compile(r"((\d{1,3}|[*†‡§])[.)]?\s*|[a-z][.)]?\s+(?=[A-Z]))(?=\S)")


@dataclass(frozen=True, slots=True)
class _Body:
    """What the running text of a document looks like."""

    size: float
    bold: bool
    numbered: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block with the look of its first line, before headings are ranked and broken paragraphs joined."""

    block: ExtractBlock
    size: float
    bold: bool
    full: bool


def blocks_of_pages(pages: list[list[Line]]) -> tuple[ExtractBlock, ...]:
    """The blocks of a document in reading order, each with the page that it begins on."""
    pages = without_running_heads(pages)
    characters = Counter[tuple[float, bool]]()
    for page in pages:
        for line in page:
            characters[(round(line.size * 2) / 2, line.bold)] += len(line.text)
    if not characters:
        return ()
    numbered = numbers_paragraphs(line.text for page in pages for line in page)
    body = _Body(*characters.most_common(1)[0][0], numbered)
    pieces: list[_Piece] = []
    for page in pages:
        for column in columns(page):
            pieces += _column_pieces(column, body)
    pieces = [piece for piece in pieces if any(map(str.isalnum, piece.block.text))]
    return tuple(_ranked(_joined(pieces)))


def _column_pieces(column: list[Line], body: _Body) -> list[_Piece]:
    rows = _rows(column)
    pieces: list[_Piece] = []
    text: list[Line] = []
    place = 0
    while place < len(rows):
        end = _table_end(rows, place)
        if end > place:
            pieces += _paragraphs(text, body)
            pieces += _table(rows[place:end])
            text, place = [], end
        else:
            text.append(_merged(rows[place]))
            place += 1
    return pieces + _paragraphs(text, body)


def _rows(column: list[Line]) -> list[list[Line]]:
    """The pieces that stand on one base line together, from left to right; a mark or number joins what it marks."""
    rows: list[list[Line]] = []
    for line in sorted(column, key=lambda line: (line.bottom, line.x0)):
        if rows and _same_row(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    found: list[list[Line]] = []
    for row in rows:
        row.sort(key=lambda line: line.x0)
        if len(row) > 1 and _MARK_ALONE.fullmatch(row[0].text):
            row = [_merged(row[:2]), *row[2:]]
        found.append(_near(row))
    return found


def _near(row: list[Line]) -> list[Line]:
    merged = row[:1]
    for line in row[1:]:
        if line.x0 - merged[-1].x1 < line.size:
            merged[-1] = _merged([merged[-1], line])
        else:
            merged.append(line)
    return merged


def _same_row(first: Line, line: Line) -> bool:
    overlap = min(first.bottom, line.bottom) - max(first.top, line.top)
    return overlap > 0.45 * min(first.bottom - first.top, line.bottom - line.top)


def _merged(row: list[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    longest = max(row, key=lambda line: len(line.text))
    return replace(
        longest,
        text=" ".join(line.text for line in row),
        x0=row[0].x0,
        x1=max(line.x1 for line in row),
        bold=all(line.bold for line in row),
    )


def _table_end(rows: list[list[Line]], place: int) -> int:
    """The end of the table that begins at this row, or `place` where none does."""
    if len(rows[place]) < 2:
        return place
    end, full = place + 1, 1
    while end < len(rows) and highest(rows[end]) - lowest(rows[end - 1]) <= 2.5 * rows[end][0].size:
        if len(rows[end]) < 2 and not _fits_a_cell(rows[end][0], rows[place:end], rows[end + 1 : end + 4]):
            break
        full += len(rows[end]) > 1
        end += 1
    return end if full >= 2 and _aligned(rows[place:end]) else place


def _aligned(rows: list[list[Line]]) -> bool:
    """Whether most cells after the first stand under each other, which words after a wide gap in a sentence do not."""
    edges = [[(line.x0, line.x1) for line in row[1:]] for row in rows]
    below = [
        any(abs(x0 - left) < 4 or abs(x1 - right) < 4 for other in edges if other is not row for left, right in other)
        for row in edges
        for x0, x1 in row
    ]
    sentences = sum(row[0].text.endswith((".", ":", "?")) for row in rows if len(row) > 1)
    return sum(below) >= 0.5 * len(below) and sentences < 0.5 * len(rows)


def _fits_a_cell(line: Line, above: list[list[Line]], below: list[list[Line]]) -> bool:
    """Whether a line alone can carry on a cell: under a later column, or under the first with rows to follow."""
    starts = sorted(cell.x0 for row in above for cell in row)
    if line.x0 > starts[0] + 6:
        return any(abs(line.x0 - start) < 6 for start in starts)
    second = min(row[1].x0 for row in above if len(row) > 1)
    return line.x1 < second and any(len(row) > 1 for row in below)


def _table(rows: list[list[Line]]) -> list[_Piece]:
    starts: list[float] = []
    for start in sorted(line.x0 for row in rows for line in row):
        if not starts or start - starts[-1] > 12:
            starts.append(start)
    table: list[list[str]] = []
    # The names of the columns may stand off further than any row does.
    wide = max((highest(row) - lowest(above) for above, row in pairwise(rows[1:])), default=0.0)
    for place, row in enumerate(rows):
        cells = [""] * len(starts)
        for line in row:
            column = max(place for place, start in enumerate(starts) if start <= line.x0 + 1)
            cells[column] = f"{cells[column]} {line.text}".strip()
        if place and _wraps(rows[place - 1], row, cells, wide):
            table[-1] = [f"{above}\n{cell}".strip() for above, cell in zip(table[-1], cells, strict=True)]
        else:
            table.append(cells)
    first = rows[0][0]
    named = names_columns(table)
    blocks = [row_block(cells, header=named and place == 0, page=first.page) for place, cells in enumerate(table)]
    return [_Piece(block, first.size, first.bold, False) for block in blocks]


def _wraps(above: list[Line], row: list[Line], cells: list[str], wide: float) -> bool:
    """Whether a line of a table carries on the cells above it: nearer to them than rows are, or in mid-sentence."""
    gap = highest(row) - lowest(above)
    if any(re.fullmatch(r"[\d.,%$€£–-]+", cell) for cell in cells) or all(cells):
        return False
    if gap < 0.6 * wide and wide > 0.4 * row[0].size:
        return True
    return not cells[0] and all(cell[:1].islower() for cell in cells if cell)


def _paragraphs(lines: list[Line], body: _Body) -> list[_Piece]:
    """The running lines of a column as paragraphs, bullets, headings and notes."""
    if not lines:
        return []
    right = sorted(line.x1 for line in lines)[int(0.9 * (len(lines) - 1))]
    gaps = sorted(after.top - before.bottom for before, after in pairwise(lines))
    usual = gaps[len(gaps) // 3] if gaps else 0.0
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _begins(groups[-1], line, usual, right, body):
            groups[-1].append(line)
        else:
            groups.append([line])
    levels = Levels(tolerance=4.0)
    pieces: list[_Piece] = []
    for group in groups:
        piece, marked = _piece(group, body, right, levels)
        if not marked:
            levels = Levels(tolerance=4.0)
        pieces.append(piece)
    return pieces


def _begins(group: list[Line], line: Line, usual: float, right: float, body: _Body) -> bool:
    """Whether a line begins a new paragraph after the lines of `group`."""
    last = group[-1]
    marked = split_mark(group[0].text) is not None
    if abs(line.size - last.size) > 0.7 or line.bold != last.bold:
        return True
    # Headings stand looser than the running text whose usual distance this is.
    if line.top - last.bottom > (0.8 * line.size if line.size > 1.12 * body.size else usual + 0.4 * line.size):
        return True
    ended = last.text.endswith(_SENTENCE_END)
    if split_mark(line.text) and (ended or marked or last.x1 < right - 3 * line.size):
        return True
    if not marked and line.x0 > min(other.x0 for other in group) + 0.8 * line.size and ended and line.x0 > last.x0 + 4:
        return True
    short = last.x1 < right - max(6 * line.size, 0.12 * (right - group[0].x0))
    return ended and short and not line.text[0].islower()


def _piece(group: list[Line], body: _Body, right: float, levels: Levels) -> tuple[_Piece, bool]:
    first, text = group[0], "\n".join(line.text for line in group)
    bold = all(line.bold for line in group)
    kind: ExtractKind = "paragraph"
    level = 0
    marked = split_mark(text)
    if _CAPTION.match(text) and len(text) < 400:
        kind = "caption"
    elif _is_heading(group, text, bold, body):
        kind = "heading"
    elif marked and not (marked[0] == "1" and (body.numbered or len(text.split()) > 40)):
        kind, level = "bullet", levels.level(first.x0, marked[0])
        text = marked[1]
    elif first.size < 0.9 * body.size and (note := _NOTE.match(text)):
        kind, text = "footnote", text[note.end() :]
    block = ExtractBlock(kind, text, level=level, page=first.page)
    return _Piece(block, first.size, bold, group[-1].x1 > right - 4 * first.size), kind == "bullet"


def _is_heading(group: list[Line], text: str, bold: bool, body: _Body) -> bool:
    flat = " ".join(text.split())
    if not any(char.isalpha() for char in flat) or len(group) > 4 or len(flat) > 250:
        return False
    if group[0].size >= 1.12 * body.size:
        return True
    mark = split_mark(flat)
    if group[0].size <= 0.9 * body.size or not is_heading_like(flat) or (mark and mark[0] not in "1a"):
        return False
    capitals = flat.isupper() and sum(map(str.isalpha, flat)) > max(3, len(flat) // 2) and len(group) <= 2
    return capitals or (bold and not body.bold)


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces with paragraphs that a page or column break cut in two put together again."""
    found: list[_Piece] = []
    for piece in pieces:
        place = _last_text(found, piece)
        if place is not None and _goes_on(found[place], piece):
            before = found[place]
            text = f"{before.block.text}\n{piece.block.text}"
            found[place] = replace(before, block=replace(before.block, text=text), full=piece.full)
        else:
            found.append(piece)
    return found


def _last_text(found: list[_Piece], piece: _Piece) -> int | None:
    """The last paragraph before a piece, over notes, captions and, at a page break, a few scraps of the page's foot."""
    for place in range(len(found) - 1, max(-1, len(found) - 8), -1):
        before = found[place].block
        scrap = before.page != piece.block.page and len(before.text) < 60
        if before.kind not in ("footnote", "caption") and not scrap:
            return place
    return None


def _goes_on(before: _Piece, piece: _Piece) -> bool:
    if piece.block.kind != "paragraph" or before.block.kind not in ("paragraph", "bullet"):
        return False
    if before.block.text.endswith(_SENTENCE_END) or abs(before.size - piece.size) > 0.7 or before.bold != piece.bold:
        return False
    return piece.block.text[0].islower() or (before.full and len(before.block.text) > 60)


def _ranked(pieces: list[_Piece]) -> Iterator[ExtractBlock]:
    """The blocks of the pieces, headings with a level by their size, the largest first."""
    sizes = sorted({round(piece.size) for piece in pieces if piece.block.kind == "heading"}, reverse=True)
    for piece in pieces:
        is_heading = piece.block.kind == "heading"
        yield replace(piece.block, level=min(1 + sizes.index(round(piece.size)), 6)) if is_heading else piece.block
