"""HTML tables to rows, and the telling of tables that hold data from those that only lay out a page."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from ingest.extract import ExtractBlock

_ITEM = ("p", "li", "div")


def is_data_table(table: Any) -> bool:
    """Whether a table has rows and columns of its own, rather than laying out a page or a mail."""
    if table.get("role") in ("presentation", "none") or table.find(".//table") is not None:
        return False
    widths = [len(row.findall("td")) + len(row.findall("th")) for row in table.iter("tr")]
    if max(widths, default=0) < 2 or sum(width > 1 for width in widths) < 2:
        return False
    return table.find(".//h1") is None and table.find(".//article") is None


def rows_of(table: Any) -> Iterator[ExtractBlock]:
    """The caption and the rows of a data table; a cell that spans rows is repeated in each of them."""
    caption = table.find("caption")
    if caption is not None and (text := _words(caption)):
        yield ExtractBlock("caption", text)
    rows = [row for row in _grid(table) if any(any(cell) for cell in row[1])]
    named = bool(rows) and (rows[0][0] or names_columns([[" ".join(cell) for cell in row] for _, row in rows]))
    for place, (header, cells) in enumerate(rows):
        for expanded in _expand(cells):
            yield row_block(expanded, header=header or (named and place == 0))


def row_block(cells: list[str], header: bool = False, page: int | None = None) -> ExtractBlock:
    """One table row as a block."""
    return ExtractBlock("row", " | ".join(cell for cell in cells if cell), cells=tuple(cells), header=header, page=page)


def names_columns(rows: list[list[str]]) -> bool:
    """Whether the first row reads like the names of the columns: short, all different, and unlike what follows."""
    first, rest = rows[0], rows[1:]
    if not rest or not all(first[1:]) or len(set(first)) < len(first):
        return False
    if any(
        len(cell.split()) > 6 or cell.endswith(".") or (re.match(r"[\d$€£%+-]", cell) and len(cell) > 4)
        for cell in first
    ):
        return False
    longest = max(len(cell) for row in rest for cell in row)
    figures = any(re.match(r"\W?\d", cell) for row in rest for cell in row[1:])
    return figures or longest > 2 * max(len(cell) for cell in first)


def _grid(table: Any) -> Iterator[tuple[bool, list[list[str]]]]:
    """Each row's cells, each as its paragraphs, spans filled in, and whether the row is marked as a header."""
    spanning: dict[int, tuple[int, list[str]]] = {}
    for row in table.iter("tr"):
        cells: list[list[str]] = []
        marked = [cell for cell in row if cell.tag in ("td", "th")]
        header = bool(marked) and (row.getparent().tag == "thead" or all(cell.tag == "th" for cell in marked))
        for cell in [*marked, None]:
            while len(cells) in spanning:
                left, text = spanning.pop(len(cells))
                if left > 1:
                    spanning[len(cells)] = (left - 1, text)
                cells.append(text)
            if cell is not None:
                down, across = _span(cell, "rowspan"), _span(cell, "colspan")
                if down > 1:
                    spanning[len(cells)] = (down - 1, _items(cell))
                cells += [_items(cell), *([[""]] * (across - 1))]
        yield header, cells


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1")
    return min(int(value), 50) if value.isdecimal() and value.isascii() and int(value) else 1


def _items(cell: Any) -> list[str]:
    items = [
        _words(item)
        for item in cell.iter(*_ITEM)
        if item is not cell and not any(True for _ in item.iter(*_ITEM) if _ is not item)
    ]
    text = _words(cell)
    items = [item for item in items if item]
    return items if len(items) > 1 and len("".join(items)) >= 0.9 * len(text) else [text]


def _expand(cells: list[list[str]]) -> Iterator[list[str]]:
    """One row for each item of a cell that lists several beside short labels, so that each can be cited by itself."""
    many = [cell for cell in cells if len(cell) > 1]
    labels = [" ".join(cell) for cell in cells if len(cell) == 1]
    if len(many) != 1 or any(len(label) > 60 for label in labels) or not any(labels):
        yield [" ".join(cell) for cell in cells]
        return
    for row in zip_longest(*[cell if len(cell) > 1 else cell * len(many[0]) for cell in cells], fillvalue=""):
        yield list(row)


def _words(element: Any) -> str:
    return " ".join("".join(f"{text} " if text.isspace() else text for text in element.itertext()).split())
